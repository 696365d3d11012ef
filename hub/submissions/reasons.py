"""The same reason given again and again: an agency that explains one query in the same words period after period.

For the data team: either the rule should be waived for that agency, or something should be put right.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub import periods
from hub.definitions.models import PeriodRow
from hub.facts.models import Explanation, Revision, Words
from hub.partners.models import Agency
from hub.periods import Period

RUNNING = 4


@dataclass(frozen=True)
class Reason:
    """One reason, and the run of periods that it was given for, the last of them the latest."""

    agency: str
    agency_name: str
    return_code: str
    rule: str
    figure: str | None
    words: str
    periods: tuple[Period, ...]


def repeated_reasons(session: Session, partnership_id: int, *, since: date) -> list[Reason]:
    """Reasons given for four periods running or more, in returns of periods that start on or after `since`, newest first."""
    query = (
        select(
            Agency.code,
            Agency.name,
            Revision.return_code,
            Explanation.code,
            Explanation.field,
            PeriodRow.code,
            Words.body,
        )
        .join(
            Revision,
            and_(
                Revision.partnership_id == Explanation.partnership_id, Revision.id == Explanation.revision_id
            ),
        )
        .join(
            Words,
            and_(Words.partnership_id == Explanation.partnership_id, Words.id == Explanation.words_id),
        )
        .join(Agency, Agency.id == Revision.agency_id)
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .where(
            Explanation.partnership_id == partnership_id,
            PeriodRow.starts_on >= since,
            Words.body.is_not(None),
            Revision.published.is_(False),
        )
    )
    given: dict[tuple[str, str, str, str, str | None, str], dict[Period, str]] = defaultdict(dict)
    for agency, name, code, rule, figure, period, words in session.execute(query):
        given[agency, name, code, rule, figure, as_said(words or "")][periods.parse(period)] = words or ""
    found = [
        Reason(agency, name, code, rule, figure, by_period[run[-1]], tuple(run))
        for (agency, name, code, rule, figure, _), by_period in given.items()
        if len(run := _last_run(list(by_period))) >= RUNNING
    ]
    return sorted(found, key=lambda each: (-each.periods[-1].ends_on.toordinal(), each.agency, each.rule))


def as_said(words: str) -> str:
    """Words in the form in which they are compared: capitals, spaces and the last full stop say nothing."""
    return " ".join(words.casefold().split()).rstrip(".! ")


def _last_run(given: list[Period]) -> list[Period]:
    """The longest run without a gap that ends with the latest period."""
    given = sorted(given)
    run = [given[-1]]
    for period in reversed(given[:-1]):
        if periods.following(period) != run[0]:
            break
        run.insert(0, period)
    return run

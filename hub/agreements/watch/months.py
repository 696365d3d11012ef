"""What an agreement's verdicts said as at the end of each month of its time: worked out once, then read.

The worker keeps them in a table; where one is not there yet, or rests on something else by now, it is worked out on the
spot. A look back is never older than the agreement, and goes on for a quarter after its end: figures come late.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import cast

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from hub import db
from hub.agreements.evaluate import verdicts_of
from hub.agreements.model import Agreement
from hub.agreements.models import AgreementVersion
from hub.agreements.papers import Papers
from hub.agreements.verdict import Verdict, Word
from hub.agreements.versions import agreement_from, held_at, texts_of
from hub.agreements.watch.models import MonthEnd
from hub.agreements.watch.stamps import Stamps, stamps_of
from hub.audit.canonical import canonical
from hub.clock import end_of_day, today_for
from hub.facts.moments import as_at
from hub.partners.models import Partnership
from hub.periods import between, containing

FIGURES_COME_LATE = timedelta(days=92)


@dataclass(frozen=True)
class Past:
    """A verdict as it was on a day that is over, without its evidence."""

    commitment: str
    party: str
    word: Word
    reason: str
    value: float | None
    target: float | None
    expected: float | None
    is_final: bool
    is_shadow: bool
    version: int
    unit: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.commitment, self.party


@dataclass(frozen=True)
class Wanted:
    """A month's end that belongs to an agreement: the text that held then, and the stamp of what was known."""

    code: str
    day: date
    text: AgreementVersion
    stamp: str


Months = dict[str, dict[date, tuple[Past, ...]]]  # agreement → day → what was said


def last_day(agreement: Agreement) -> date:
    """Until when an agreement is followed."""
    return agreement.ends_on if agreement.stands else agreement.ends_on + FIGURES_COME_LATE


def month_ends(agreement: Agreement, today: date) -> list[date]:
    """The ends of the months of an agreement that are over."""
    last = min(today - timedelta(days=1), last_day(agreement))
    if agreement.begins_on > last:
        return []
    months = between(containing(agreement.begins_on, "month"), containing(last, "month"))
    return [month.ends_on for month in months if month.ends_on <= last]


def months_of(
    session: Session,
    partnership: Partnership,
    stamps: Stamps,
    *,
    only: str | None = None,
    before: date | None = None,
) -> Months:
    """The months of every agreement, or of one, that were over before a day: those that are kept and those that are not."""
    wanted = [
        each
        for each in _wanted(session, partnership, stamps)
        if only in (None, each.code) and (before is None or each.day < before)
    ]
    kept = _kept(session, partnership.id)
    found: Months = {}
    missing = []
    for each in wanted:
        stamp, document = kept.get((each.code, each.day), ("", ""))
        if stamp == each.stamp:
            found.setdefault(each.code, {})[each.day] = _read(document)
        else:
            missing.append(each)
    for each, verdicts in _worked_out(session, partnership, missing):
        found.setdefault(each.code, {})[each.day] = tuple(_past(one) for one in verdicts)
    return found


def keep_months(engine: Engine) -> int:
    """Keep what is not kept yet, and what is void anew; returns how many. Worked out outside the transaction that keeps it."""
    with db.open_session(engine) as session:
        ids = session.scalars(select(AgreementVersion.partnership_id).distinct()).all()
    return sum(_keep_of(engine, partnership_id) for partnership_id in ids)


def _keep_of(engine: Engine, partnership_id: int) -> int:
    with db.open_session(engine) as session:
        partnership = session.get_one(Partnership, partnership_id)
        stand = {place: stamp for place, (stamp, _) in _kept(session, partnership_id).items()}
        wanted = _wanted(session, partnership, stamps_of(session, [partnership]))
        missing = [each for each in wanted if stand.get((each.code, each.day)) != each.stamp]
        found = _worked_out(session, partnership, missing)
    if found:
        with db.transaction(engine) as session:
            for each, verdicts in found:
                _put(session, partnership_id, each, verdicts)
    return len(found)


def _put(session: Session, partnership_id: int, month: Wanted, verdicts: Sequence[Verdict]) -> None:
    session.execute(
        delete(MonthEnd).where(
            MonthEnd.partnership_id == partnership_id,
            MonthEnd.agreement_code == month.code,
            MonthEnd.day == month.day,
        )
    )
    session.add(
        MonthEnd(
            partnership_id=partnership_id,
            agreement_code=month.code,
            day=month.day,
            stamp=month.stamp,
            document=canonical([asdict(_past(verdict)) for verdict in verdicts]),
        )
    )


def _wanted(session: Session, partnership: Partnership, stamps: Stamps) -> list[Wanted]:
    found = []
    today = today_for(partnership)
    for code, rows in texts_of(session, partnership.id).items():
        for day in month_ends(agreement_from(rows[-1]), today):
            text = held_at(rows, end_of_day(day))
            if text is not None and agreement_from(text).commitments:
                found.append(Wanted(code, day, text, stamps.then(text, end_of_day(day))))
    return found


def _kept(session: Session, partnership_id: int) -> Mapping[tuple[str, date], tuple[str, str]]:
    query = select(MonthEnd.agreement_code, MonthEnd.day, MonthEnd.stamp, MonthEnd.document).where(
        MonthEnd.partnership_id == partnership_id
    )
    return {(code, day): (stamp, document) for code, day, stamp, document in session.execute(query)}


def _worked_out(
    session: Session, partnership: Partnership, missing: Sequence[Wanted]
) -> list[tuple[Wanted, list[Verdict]]]:
    """Day by day, so that the agreements of a day share what they read."""
    found = []
    for day in sorted({each.day for each in missing}):
        papers = Papers(session, partnership, as_at(session, partnership, end_of_day(day)))
        found += [
            (each, verdicts_of(papers, agreement_from(each.text))) for each in missing if each.day == day
        ]
    return found


def _past(verdict: Verdict) -> Past:
    return Past(
        commitment=verdict.commitment,
        party=verdict.party,
        word=verdict.word,
        reason=verdict.reason,
        value=verdict.value,
        target=verdict.target,
        expected=verdict.expected_to_date,
        is_final=verdict.is_final,
        is_shadow=verdict.is_shadow,
        version=verdict.version,
        unit=verdict.unit,
    )


def _read(document: str) -> tuple[Past, ...]:
    return tuple(Past(**cast("dict[str, object]", each)) for each in json.loads(document))  # type: ignore[arg-type]

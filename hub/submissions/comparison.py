"""What changed: a draft beside the revision that stands, the period before and the same period of the year before.

Everything is compared as text, as it was typed: what is on the screen is what was read and what will be signed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.models import DueItem
from hub.definitions.model import KEY_COLUMNS
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision, SignedDocument

Key = tuple[
    int, str, str, str
]  # (place of the row's period among the rows' periods, breakdown, code, figure)


@dataclass(frozen=True)
class Line:
    """One figure of one line. Empty text where it was not given; None where there is nothing to compare with."""

    period: str
    breakdown: str
    code: str
    figure: str
    now: str
    signed: str | None  # in the revision that stands
    before: str | None  # in the period before
    year_before: str | None

    @property
    def changed(self) -> bool:
        return self.signed is not None and self.signed != self.now


@dataclass(frozen=True)
class Comparison:
    lines: tuple[Line, ...]
    period_before: str | None  # codes of the periods that there was something of
    year_before: str | None


def compare(
    session: Session, partnership_id: int, due_item_id: int, rows: Sequence[dict[str, str]]
) -> Comparison:
    """The lines of a draft, in its order, then those that the revision has and the draft has not."""
    item = session.get_one(DueItem, (partnership_id, due_item_id))
    period = periods.parse(session.get_one(PeriodRow, item.period_id).code)
    earlier = {"before": _preceding(period), "year_before": periods.a_year_before(period)}
    signed = _signed_rows(session, item, [period, *earlier.values()])
    now, standing = _figures(rows), signed.get(period.code)
    beside = {name: signed.get(other.code) for name, other in earlier.items()}
    spans = _spans(rows) or _spans(standing or ())
    tables = {name: None if found is None else _figures(found) for name, found in beside.items()}
    before_now = None if standing is None else _figures(standing)
    keys = dict.fromkeys([*now, *(before_now or {})])
    lines = tuple(
        Line(
            spans[key[0]] if key[0] < len(spans) else "",
            *key[1:],
            now=now.get(key, ""),
            signed=None if before_now is None else before_now.get(key, ""),
            before=_text(tables["before"], key),
            year_before=_text(tables["year_before"], key),
        )
        for key in keys
    )
    named = {name: earlier[name].code if beside[name] is not None else None for name in earlier}
    return Comparison(lines, named["before"], named["year_before"])


def _text(table: dict[Key, str] | None, key: Key) -> str | None:
    return None if table is None else table.get(key, "")


def _preceding(period: periods.Period) -> periods.Period:
    day = type(period.starts_on).fromordinal(period.starts_on.toordinal() - 1)
    if period.kind == "mid_year":
        return periods.a_year_before(period)
    return periods.containing(day, period.kind)


def _spans(rows: Sequence[dict[str, str]]) -> list[str]:
    return sorted({row.get("period", "") for row in rows})


def _figures(rows: Sequence[dict[str, str]]) -> dict[Key, str]:
    """Every cell of the rows by its place; the months of a term count first, second, third."""
    places = {code: number for number, code in enumerate(_spans(rows))}
    return {
        (places[row.get("period", "")], row.get("breakdown", ""), row.get("code", ""), name): text
        for row in rows
        for name, text in row.items()
        if name not in KEY_COLUMNS and name != "row_no"
    }


def _signed_rows(
    session: Session, item: DueItem, wanted: Sequence[periods.Period]
) -> dict[str, list[dict[str, str]]]:
    """The rows of the revisions that stand, of the same agency and return, by period."""
    query = (
        select(PeriodRow.code, SignedDocument.body)
        .join(Revision, Revision.period_id == PeriodRow.id)
        .join(
            SignedDocument,
            and_(
                SignedDocument.partnership_id == Revision.partnership_id,
                SignedDocument.revision_id == Revision.id,
            ),
        )
        .where(
            Revision.partnership_id == item.partnership_id,
            Revision.agency_id == item.agency_id,
            Revision.return_code == item.return_code,
            PeriodRow.code.in_([period.code for period in wanted]),
        )
        .order_by(Revision.number)
    )
    return {code: json.loads(body)["rows"] for code, body in session.execute(query)}

"""What an agency signed of a return for earlier periods, as text: shown beside what it types now, and carried forward.

Only its own people read it this way; what leaves for others goes through `measures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods
from hub.definitions.as_template import Cells, Sender
from hub.definitions.layout import Lists, owed_by, periods_in
from hub.definitions.model import KEY_COLUMNS, Definition
from hub.definitions.models import PeriodRow
from hub.facts.models import Revision, SignedDocument
from hub.facts.registers import REMOVED, rows_of_document
from hub.intake.table import ROW_NO
from hub.partners.models import Agency, Partnership
from hub.periods import Period

TextRow = Mapping[str, str]
_NO_FIGURES = {*KEY_COLUMNS, ROW_NO}


class Owner(NamedTuple):
    """Whose answers to which return."""

    partnership_id: int
    agency_id: int
    return_code: str


def signed_rows(
    session: Session, owner: Owner, period: Period
) -> tuple[Revision, tuple[TextRow, ...]] | None:
    """What was last signed for a period of collection."""
    found = session.execute(
        select(Revision, SignedDocument.body)
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .join(
            SignedDocument,
            (SignedDocument.partnership_id == Revision.partnership_id)
            & (SignedDocument.revision_id == Revision.id),
        )
        .where(
            Revision.partnership_id == owner.partnership_id,
            Revision.agency_id == owner.agency_id,
            Revision.return_code == owner.return_code,
            PeriodRow.code == period.code,
        )
        .order_by(Revision.number.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    revision, body = found
    return revision, rows_of_document(session, owner.partnership_id, revision.id, body)


def cells_of(rows: Iterable[TextRow]) -> Cells:
    """The cells that hold something, but for words that were removed when their time to be kept was over."""
    return {
        (row["period"], row["breakdown"], row["code"], name): text
        for row in rows
        for name, text in row.items()
        if text and text != REMOVED and name not in _NO_FIGURES
    }


def last_signed(
    session: Session, owner: Owner, definition: Definition, kind: str, whole: Period
) -> tuple[Period, Cells]:
    """The period of rows just before a return, and what was signed for it: of a term, the month before its first."""
    owes = owed_by(definition, kind)
    before = periods.preceding(periods_in(owes, whole)[0])
    found = signed_rows(session, owner, periods.containing(before.starts_on, owes.frequency))
    cells = cells_of(found[1]) if found else {}
    return before, {cell: text for cell, text in cells.items() if cell[0] == before.code}


def sender(
    session: Session,
    definition: Definition,
    partnership: Partnership,
    agency: Agency,
    period: Period,
    *,
    lists: Lists,
    typed: Iterable[TextRow] = (),
) -> Sender:
    """For whom a template is made: with the rows that it typed already, and what it signed for the period before."""
    owner = Owner(partnership.id, agency.id, definition.code)
    before, signed = last_signed(session, owner, definition, agency.kind, period)
    return Sender(
        partnership_code=partnership.code,
        agency_code=agency.code,
        agency_kind=agency.kind,
        lists=lists,
        typed=cells_of(typed),
        before=before if signed else None,
        signed=signed,
    )

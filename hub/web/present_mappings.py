"""Mappings as people read them: a line of a list, and what one says of columns, texts and rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.definitions import agency_mappings, catalogue, mappings
from hub.definitions.mapping_model import ColumnMapping, from_json
from hub.definitions.mapping_models import AgencyMapping
from hub.definitions.model import AREAS_LIST, MEMBERS_LIST, TOTAL, Definition
from hub.partners.models import Agency, Membership, Person
from hub.submissions import mapping_uses
from hub.web import reach
from hub.web.present_mapping import GRAINS, STATES


@dataclass(frozen=True)
class Row:
    code: str
    title: str
    return_title: str
    version: int
    kind: str  # what was last done with it
    by: str
    at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Said:
    """`columns` pairs a column with what it holds; `texts` a column, a text and what it stands for."""

    columns: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str, str], ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


def row(session: Session, last: AgencyMapping, titles: Mapping[str, str], used_at: datetime | None) -> Row:
    return Row(
        last.code,
        from_json(last.document).title,
        titles.get(last.return_code, last.return_code),
        last.version,
        last.kind,
        session.get_one(Person, last.person_id).name,
        last.at,
        used_at,
    )


@dataclass(frozen=True)
class Offered:
    """A mapping on the data team's page. `agency` is None where it is everybody's."""

    code: str
    title: str
    agency: Agency | None
    return_title: str
    version: int
    retired: bool
    used_at: datetime | None
    used_version: int


def in_partnership(session: Session, partnership_id: int) -> list[Offered]:
    """The mappings of its members, then those for everybody, with when each last read anything here."""
    members = select(Membership.agency_id).where(Membership.partnership_id == partnership_id).distinct()
    agencies = {each.id: each for each in session.scalars(select(Agency).where(Agency.id.in_(members)))}
    titles = {each.code: each.title for each in catalogue.definitions(session)}
    used = {each.code: each for each in reversed(mapping_uses.used(session, partnership_id=partnership_id))}
    retired = agency_mappings.retired_shared(session, partnership_id)

    def offered(mapping: ColumnMapping, agency: Agency | None, *, is_retired: bool) -> Offered:
        last = used.get(mapping.code)
        return Offered(
            mapping.code,
            mapping.title,
            agency,
            titles.get(mapping.return_code, mapping.return_code),
            mapping.version,
            is_retired,
            last.last_at if last else None,
            last.version if last else 0,
        )

    own = [
        offered(from_json(each.document), agencies[each.agency_id], is_retired=each.kind == "retired")
        for each in agency_mappings.standing(session, agencies)
    ]
    shared = mappings.shared(session, catalogue.shipped()).values()
    return own + [offered(each, None, is_retired=each.code in retired) for each in shared]


def owed(session: Session, agency: Agency) -> list[Definition]:
    """The returns that the agency owes and that its partnerships ask."""
    illustrative = any(each.illustrative for each in reach.partnerships_of_agencies({agency.id}))
    return [
        each
        for each in catalogue.definitions(session)
        if not each.published
        and each.owes_for(agency.kind)
        and catalogue.serves(each, illustrative=illustrative)
    ]


def said(session: Session, mapping: ColumnMapping) -> Said:
    """What the mapping does, in words of the return."""
    definition = catalogue.definition(session, mapping.return_code)
    columns: list[tuple[str, str]] = []
    for what, placed in (("agency", mapping.agency), ("partnership", mapping.partnership)):
        columns += [(each.column, f"the {what}") for each in placed if each.column]
    period = mapping.period
    if period.column:
        columns.append((period.column, f"the {GRAINS[period.kind]}"))
    for line in mapping.rows:
        table = definition.breakdown(line.breakdown)
        when = " and ".join(f"{name}: {' or '.join(texts)}" for name, texts in line.where.items())
        condition = f", in rows of {when}" if when else ""
        if line.code_column:
            columns.append((line.code_column, f"the line of “{table.title}”{condition}"))
        where = "" if line.breakdown == TOTAL else f", {table.title}"
        at = _title(session, table.list, line.code)
        for figure, column in line.figures.items():
            words = f"{definition.figure(figure).title}{where}{f': {at}' if at else ''}{condition}"
            columns.append((column, words))
    notes = []
    if period.across:
        notes.append(f"Every column headed by a {GRAINS[period.kind]} is read.")
    if period.asked:
        notes.append(f"The file does not say which {GRAINS[period.kind]} it is for: whoever sends it does.")
    notes += [f"Always for the agency {each.code}." for each in mapping.agency if each.code]
    notes += [f"Always for the partnership {each.code}." for each in mapping.partnership if each.code]
    if mapping.add_up:
        notes.append("Rows and columns that come to the same line are added up.")
    texts = [(column, text, code) for column, each in mapping.values.items() for text, code in each.items()]
    texts += [
        ("any figure", text or "a blank", STATES.get(state, state)) for text, state in mapping.symbols.items()
    ]
    return Said(tuple(columns), tuple(texts), tuple(rule.reason for rule in mapping.leave_out), tuple(notes))


def _title(session: Session, name: str, code: str) -> str:
    """A code in words, where a file's list has it."""
    if not code or name in ("", AREAS_LIST, MEMBERS_LIST):
        return code
    return next((item.title for item in catalogue.codelist(session, name).items if item.code == code), code)

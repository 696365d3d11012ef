"""Signed history in bulk: `hub import`. All or nothing, checked like any return, signed by two named persons.

A file in the return's own columns, or in somebody else's through a mapping, becomes one signed revision for each
submission in it. What the ledger holds already is left out and counted; a figure that changed becomes a superseding
revision with its reason. Bad data are findings, carried by `NotImported`; then nothing at all was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.canonical import digest_of
from hub.audit.chain import OPERATOR, record
from hub.definitions.model import Definition
from hub.errors import NotAllowed, NotFound
from hub.findings import Finding, Where, errors
from hub.intake.mapping import read_mapped
from hub.intake.read import read
from hub.intake.table import ROW_NO, Refused, Table
from hub.partners.models import Agency, Partnership, Person
from hub.partners.policy import Permission, actor_for, may
from hub.partners.queries import ENGLAND
from hub.partners.queries import partnership as partnership_of
from hub.submissions.held import held
from hub.submissions.history import sign_history
from hub.submissions.import_order import Hands, Imported, NotImported, Order
from hub.submissions.import_places import Home, due_items_for, homes
from hub.submissions.import_signings import Maker, news
from hub.submissions.scope import scope_for
from hub.validation import run
from hub.validation.outcome import Outcome

ALREADY_HELD = "already held with the same figures"
ELSEWHERE = "of another partnership than the one named"


def import_history(session: Session, order: Order) -> Imported:
    """Import a file. Errors: NotImported with findings, NotAllowed, NotFound; the caller then rolls back."""
    hands = _hands(session, order)
    read = _understood(session, order)
    _refuse_unless_allowed(session, order, hands, read.places.values())
    outcome = _checked(session, order.definition, read)
    if errors(outcome.findings) or outcome.refused:
        raise NotImported(outcome.findings)
    standing = held(session, order.definition.code, {place.id for place in read.partnerships.values()})
    fresh, known = news(outcome, standing)
    maker = Maker(session, order, outcome, hands=hands, partnerships=read.partnerships)
    signings = [maker.signing(part, corrects=part.due_item_id in standing) for part in fresh]
    revisions = sign_history(session, signings)
    _record(session, order, len(revisions), read.partnerships)
    return Imported(
        revisions=len(revisions),
        facts=sum(len(part.cells) for part in fresh),
        periods=len({cell[1] for part in fresh for cell in part.cells}),
        agencies=len({part.key.split("/")[1] for part in fresh}),
        left_out=dict(read.left_out + Counter({ALREADY_HELD: known} if known else {})),
    )


def check_history(session: Session, order: Order) -> Outcome:
    """What an import of the file would find. It makes due items on the way, so the caller rolls back.

    Errors: NotImported where rows cannot be placed or the file cannot be read.
    """
    return _checked(session, order.definition, _understood(session, order))


@dataclass(frozen=True)
class _Understood:
    """A table whose rows are all at home, and the rows of the file that were left out, by reason."""

    table: Table
    places: Mapping[str, Home]
    left_out: Counter[str]

    @property
    def partnerships(self) -> dict[str, Partnership]:
        return {home.partnership.code: home.partnership for home in self.places.values() if home.partnership}


def _understood(session: Session, order: Order) -> _Understood:
    named = partnership_of(session, order.partnership) if order.partnership else None
    table = _read(order)
    left_out = Counter({ignored.what: ignored.count for ignored in table.ignored})
    places = homes(session, order.definition, set(table.frame["agency"]), partnership=named)
    if any(home.why for home in places.values()):
        raise NotImported([*table.findings, *_unplaced(table, places)])
    table = _at_home(table, places)
    if named is not None and order.definition.published:
        table, elsewhere = _only(table, named)
        left_out += Counter({ELSEWHERE: elsewhere} if elsewhere else {})
    return _Understood(table, places, left_out)


def _hands(session: Session, order: Order) -> Hands:
    ids = [_person(session, email) for email in (order.prepared_by, order.signed_by)]
    if ids[0] == ids[1]:
        raise NotAllowed("Two persons import history: whoever signs has not prepared it. Name two.")
    return Hands(*ids)


def _person(session: Session, email: str) -> int:
    found = session.scalar(select(Person.id).where(Person.email == email.strip().lower()))
    if found is None:
        raise NotFound(f"There is nobody with the address {email}.")
    return found


def _read(order: Order) -> Table:
    try:
        if order.mapping is not None:
            return read_mapped(order.received, order.mapping, order.definition)
        return read(order.received, order.definition)
    except Refused as refused:
        raise NotImported(refused.findings) from refused


def _unplaced(table: Table, places: Mapping[str, Home]) -> list[Finding]:
    """A finding at every row whose agency is not known, unless the row was complained of already."""
    told = {finding.where.row for finding in table.findings if finding.where.field == "agency"}
    rows = table.frame[["agency", ROW_NO]].drop_duplicates()
    return [
        Finding(
            "row-not-placed",
            "error",
            places[code].why or "",
            Where(table.sheet, int(row), table.headings.get("agency", "agency"), "agency"),
            code,
        )
        for code, row in zip(rows["agency"], rows[ROW_NO], strict=True)
        if places[code].why and int(row) not in told
    ]


def _at_home(table: Table, places: Mapping[str, Home]) -> Table:
    codes = {code: (home.partnership, home.agency) for code, home in places.items()}
    agency = table.frame["agency"]
    frame = table.frame.assign(
        partnership=pd.array([_code(codes[code][0]) for code in agency], dtype="str"),
        agency=pd.array([_code(codes[code][1]) for code in agency], dtype="str"),
    )
    return replace(table, frame=frame)


def _code(thing: Any) -> str:
    return str(thing.code)


def _only(table: Table, named: Partnership) -> tuple[Table, int]:
    here = table.frame["partnership"] == named.code
    elsewhere = int(table.frame.loc[~here, ROW_NO].nunique())
    return replace(table, frame=table.frame.loc[here].reset_index(drop=True)), elsewhere


def _refuse_unless_allowed(session: Session, order: Order, hands: Hands, places: Iterable[Home]) -> None:
    """Over `england` for published returns, which then covers every partnership; else for every agency, where it sends."""
    asked: list[tuple[Partnership, Agency | None, str]]
    if order.definition.published:
        asked = [(partnership_of(session, ENGLAND), None, "published")]
    else:
        asked = [
            (home.partnership, home.agency, "illustrative" if home.partnership.illustrative else "own")
            for home in places
            if home.partnership and home.agency
        ]
    for person_id, permission, what in (
        (hands.prepared_by, Permission.HISTORY_PREPARE, "prepare"),
        (hands.signed_by, Permission.HISTORY_SIGN, "sign"),
    ):
        actor = actor_for(session, person_id)
        for place, body, only in asked:
            agency_id = body.id if body is not None else None
            if not may(session, actor, permission, partnership_id=place.id, agency_id=agency_id, only=only):
                email = session.get_one(Person, person_id).email
                whose = f"{body.name} in {place.name}" if body is not None else place.name
                raise NotAllowed(f"{email} may not {what} an import of history for {whose}.")


def _checked(session: Session, definition: Definition, read: _Understood) -> Outcome:
    by_code = {
        (home.partnership.code, home.agency.code): (home.partnership, home.agency)
        for home in read.places.values()
        if home.partnership and home.agency
    }
    keys = read.table.frame[["partnership", "agency", "period"]].drop_duplicates()
    rows = [
        (*by_code[place, body], str(period))
        for place, body, period in keys.itertuples(index=False, name=None)
    ]
    items = due_items_for(session, definition, rows)
    return run.check_table(read.table, definition, scope_for(session, definition, due_item_ids=items))


def _record(session: Session, order: Order, revisions: int, partnerships: Mapping[str, Partnership]) -> None:
    content = order.received.content
    place = partnerships.get(order.partnership or ENGLAND)
    record(
        session,
        actor=OPERATOR,
        action="history:import",
        subject=f"return:{order.definition.code}",
        partnership_id=place.id if place is not None else None,
        detail={
            "file": digest_of(content.decode("latin-1")),
            "mapping": order.mapping.code if order.mapping else None,
            "revisions": revisions,
        },
    )

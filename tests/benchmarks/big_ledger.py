"""A partnership with five years of signed returns: a council's front door and child protection, and the referrals of hundreds of agencies.

Signed through the ledger month by month, a tenth of it corrected two months later, so that reading the past, reading
now and the current cells all have what they would have after five real years.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Engine, create_engine, func, make_url, select, text
from sqlalchemy.orm import Session

from hub import db, periods
from hub.audit.chain import record
from hub.calendar import due
from hub.config import shipped
from hub.definitions import catalogue
from hub.definitions.catalogue import definition_version_id
from hub.definitions.layout import rows_of
from hub.definitions.model import Definition
from hub.facts import ledger
from hub.facts.document import Cell
from hub.facts.models import Fact
from hub.measures.load import publish_measures
from hub.partners.models import Agency, Area, Membership
from tests.factories import KNOWN_FROM, World, make_world

FIRST, LAST = date(2010, 5, 1), date(2015, 4, 30)
MONTHS = 60
CORRECTED = 0.1
AREAS = 10
OF_THE_COUNCIL = ("front-door", "child-protection")  # what the Board's panels read beside referrals


@dataclass(frozen=True)
class Big:
    world: World
    agencies: list[str]
    areas: list[str]
    facts: int
    newest: list[ledger.Signing]  # of the last month


def fill(engine: Engine, facts: int) -> Big:
    """About that many facts."""
    dice = random.Random(11)
    with db.transaction(engine) as session:
        world = make_world(session)
        publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
        for code in OF_THE_COUNCIL:
            world.definitions[code] = catalogue.definition(session, code)
        areas = [f"n{number}" for number in range(AREAS)]
        lines = {code: list(_lines(definition, areas)) for code, definition in world.definitions.items()}
        of_one_agency = MONTHS * len(lines["referrals"]) * (1 + CORRECTED)
        of_the_council = MONTHS * sum(len(lines[code]) for code in OF_THE_COUNCIL) * (1 + CORRECTED)
        agencies = _join(session, world, round((facts - of_the_council) / of_one_agency), areas)
        versions = {code: definition_version_id(session, one) for code, one in world.definitions.items()}
        items = {
            code: due.due_items(session, world.partnership.id, return_code=code, first=FIRST, last=LAST)
            for code in world.definitions
        }
    people = world.people["sub.rxt"].id, world.people["sgn.rxt"].id
    by_month: dict[str, list[due.Owed]] = {}
    for owed in sorted((o for each in items.values() for o in each), key=lambda o: o.period.starts_on):
        by_month.setdefault(owed.period.code, []).append(owed)
    before: list[ledger.Signing] = []
    for month in by_month.values():
        signings = [
            ledger.Signing(
                partnership_id=world.partnership.id,
                due_item_id=owed.id,
                definition_version_id=versions[owed.return_code],
                rows=[{"row_no": "2", "agency": owed.agency.code, "period": owed.period.code}],
                cells=_cells(dice, owed, lines[owed.return_code]),
                signed_by=people[1],
                prepared_by=people[0],
                at=datetime.combine(owed.period.ends_on, time(9), UTC)
                + timedelta(days=dice.randrange(5, 14)),
                channel="csv",
            )
            for owed in month
        ]
        corrections = [_corrected(dice, one) for one in before if dice.random() < CORRECTED]
        with db.transaction(engine) as session:
            ledger.sign(session, [*signings, *corrections])
        before = signings
    with db.transaction(
        engine
    ) as session:  # a chain begins, as with every act of a person: answers are remembered by it
        record(session, actor="operator", action="bench:fill", subject=world.partnership.code)
    with db.open_session(engine) as session:
        count = session.scalar(select(func.count()).select_from(Fact)) or 0
    return Big(world, agencies, areas, count, before)


_AGAIN = random.Random(5)  # never begun anew: what is signed twice alike is signed once


def correct_one(engine: Engine, big: Big) -> None:
    """One body signs a return of the last month once more."""
    with db.transaction(engine) as session:
        ledger.sign(session, [_corrected(_AGAIN, _AGAIN.choice(big.newest))])
        place = big.world.partnership.id
        record(
            session,
            actor="operator",
            action="submission:sign",
            subject="bench",
            partnership_id=place,
            told_by_position=True,
        )


def _join(session: Session, world: World, count: int, areas: list[str]) -> list[str]:
    """Agencies and areas that are there from the beginning, and everything that is due."""
    here = world.partnership
    codes = [f"T{number:03d}" for number in range(count)]
    made = [Agency(code=code, kind="nhs_trust", name=f"Trust {code}", invented=True) for code in codes]
    session.add_all(made)
    session.add_all(
        Area(partnership_id=here.id, code=code, name=f"Area {code}", from_on=FIRST) for code in areas
    )
    session.flush()
    session.add_all(Membership(partnership_id=here.id, agency_id=one.id, from_on=FIRST) for one in made)
    for membership in session.scalars(select(Membership).where(Membership.partnership_id == here.id)):
        membership.from_on = FIRST
    session.flush()
    for definition in world.definitions.values():
        due.make_due_items(session, here, definition, FIRST, LAST)
    return codes


def _lines(definition: Definition, areas: list[str]) -> Iterator[tuple[str, str, str]]:
    """(breakdown, code, figure) of the first kind of agency that owes the return."""
    shipped = catalogue.shipped().codelists
    lists = {code: {item.code: item.title for item in one.items} for code, one in shipped.items()}
    lists |= {"areas": {code: code for code in areas}, "members": {"RXT": "RXT"}}
    for _, breakdown, line in rows_of(definition, definition.owes[0], periods.parse("2014-09"), lists):
        yield from ((breakdown.name, line.code, name) for name in breakdown.figures)


def _cells(dice: random.Random, owed: due.Owed, lines: list[tuple[str, str, str]]) -> list[Cell]:
    return [
        (number, owed.period.code, *line, dice.randrange(5, 400), "value")
        for number, line in enumerate(lines, start=2)
    ]


def _corrected(dice: random.Random, signing: ledger.Signing) -> ledger.Signing:
    return replace(
        signing,
        rows=[{**signing.rows[0], "corrected": str(dice.random())}],
        cells=[(*cell[:5], dice.randrange(5, 400), "value") for cell in signing.cells],
        at=signing.at + timedelta(days=31),
        reason="Some came late.",
    )


def beside(url: str, big: Big, copies: range) -> int:
    """The same ledger in further partnerships, one for each number; returns how many facts the database then has.

    PostgreSQL's superuser writes them, so that ten million rows are not checked one by one against others.
    """
    address = make_url(url)
    superuser = address.set(username="postgres") if address.get_backend_name() == "postgresql" else address
    engine = create_engine(superuser)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for number in copies:
            for table in COPIED:
                connection.execute(text(_copied(table)), {"own": big.world.partnership.id, "other": number})
        count = connection.scalar(select(func.count()).select_from(Fact)) or 0
    engine.dispose()
    return count


COPIED = ("partnerships", "words", "ledger_heads", "due_items", "revisions", "facts", "area_now")


def _copied(table: str) -> str:
    """A statement that copies one partnership's rows of a table to another."""
    columns = [column.name for column in db.Base.metadata.tables[table].columns]
    key = "id" if table == "partnerships" else "partnership_id"
    others = {key: ":other", **({"code": "code || :other"} if table == "partnerships" else {})}
    taken = ", ".join(others.get(name, name) for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table} WHERE {key} = :own"

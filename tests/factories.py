"""A small world for tests: one illustrative partnership, five agencies, a person for each role, items due.

`make_world(session)` makes it and gives its parts. Another partnership, `elsewhere`, has one council with a submitter
of its own, so that a test can be a stranger. Everything is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar import due
from hub.clock import real_now
from hub.config import shipped
from hub.definitions import catalogue
from hub.definitions.model import Definition
from hub.measures.load import publish_measures
from hub.partners.models import (
    Account,
    Agency,
    Area,
    Grant,
    Membership,
    Partnership,
    PartnershipRegion,
    Person,
    Region,
)
from hub.partners.sharing_models import SharingAcceptance

NOW = datetime(2015, 5, 18, 8, 0, tzinfo=UTC)
KNOWN_FROM = datetime(2012, 4, 1, tzinfo=UTC)
MEMBER_SINCE = date(2012, 4, 1)

# code, kind, name
AGENCIES = (
    ("330", "council", "Testshire Council"),
    ("RXT", "nhs_trust", "Testshire Mental Health Trust"),
    ("RR1", "nhs_trust", "Testshire Hospitals Trust"),
    ("20", "police", "Testshire Police"),
    ("990001", "school", "Elm Road School (invented)"),
    ("331", "council", "Elsewhere Council"),
    ("REL", "nhs_trust", "Elsewhere Trust"),
)
ELSEWHERE = {"331", "REL"}

# role, agency, part of the address: sub.rxt@example.org
AGENCY_ROLES = (
    ("SUB", "RXT"),
    ("SGN", "RXT"),
    ("RDR", "RXT"),
    ("SUB", "RR1"),
    ("SGN", "RR1"),
    ("SUB", "330"),
    ("SGN", "330"),
    ("SUB", "20"),
    ("SGN", "20"),
    ("SGN", "990001"),
    ("LED", "RXT"),
)
PARTNERSHIP_ROLES = ("STW", "MGR", "BRD", "INS")


@dataclass
class World:
    partnership: Partnership
    elsewhere: Partnership
    definitions: dict[str, Definition]  # as shipped, by code
    agencies: dict[str, Agency] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)  # by the part of the address before the @
    areas: dict[str, Area] = field(default_factory=dict)

    def item(self, session: Session, agency: str, period: str) -> int:
        """The number of the only due item of an agency for a period of collection."""
        home = self.elsewhere if agency in ELSEWHERE else self.partnership
        items = due.due_items(session, home.id, agency_ids=[self.agencies[agency].id])
        return next(item.id for item in items if item.period.code == period)


def make_world(session: Session) -> World:
    """Everything, flushed; the caller commits."""
    here = Partnership(
        code="testshire",
        name="Testshire (example)",
        illustrative=True,
        clock_at=NOW,
        clock_set_at=real_now(),
        contact_name="the Testshire data team",
        contact_email="data@testshire.example.org",
        shares="referrals",
    )
    elsewhere = Partnership(
        code="elsewhere",
        name="Elsewhere",
        illustrative=True,
        clock_at=NOW,
        clock_set_at=real_now(),
        contact_email="data@elsewhere.example.org",
    )
    session.add_all((here, elsewhere))
    session.flush()
    catalogue.publish(session, catalogue.shipped(), now=KNOWN_FROM)
    world = World(here, elsewhere, _definitions(session))
    for code, kind, name in AGENCIES:
        world.agencies[code] = Agency(code=code, kind=kind, name=name, invented=True)
        session.add(world.agencies[code])
    session.flush()
    here.council_agency_id = world.agencies["330"].id
    elsewhere.council_agency_id = world.agencies["331"].id
    for code, agency in world.agencies.items():
        home = elsewhere if code in ELSEWHERE else here
        session.add(Membership(partnership_id=home.id, agency_id=agency.id, from_on=MEMBER_SINCE))
    for code, name in (("south", "South"), ("east", "East")):
        world.areas[code] = Area(partnership_id=here.id, code=code, name=name, from_on=date(2014, 10, 1))
        session.add(world.areas[code])
    region = Region(code="midlands", name="Midlands", oversight_body="NHS England Midlands")
    session.add(region)
    session.flush()
    session.add(PartnershipRegion(partnership_id=here.id, region_id=region.id, from_on=MEMBER_SINCE))
    for role, code in AGENCY_ROLES:
        person(session, world, role, code.lower(), agency_id=world.agencies[code].id)
    for role in PARTNERSHIP_ROLES:
        person(session, world, role, "testshire", partnership_id=here.id)
    person(session, world, "REG", "midlands", region_id=region.id)
    person(session, world, "ADM", "hub")
    person(session, world, "SUB", "rel", agency_id=world.agencies["REL"].id)
    person(session, world, "SGN", "rel", agency_id=world.agencies["REL"].id)
    person(session, world, "STW", "elsewhere", partnership_id=elsewhere.id)
    accept_for_all(session, world)
    for partnership in (here, elsewhere):
        for definition in world.definitions.values():
            due.make_due_items(session, partnership, definition, date(2014, 4, 1), date(2015, 4, 30))
    session.flush()
    return world


def make_measured(session: Session) -> World:
    """The small world with the measures that came with the hub in force."""
    publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
    return make_world(session)


def read_world(session: Session) -> World:
    """The parts of a world that stands in the database already: tests get a copy, which is faster than making one."""
    partnerships = {each.code: each for each in session.scalars(select(Partnership))}
    return World(
        partnerships["testshire"],
        partnerships["elsewhere"],
        _definitions(session),
        agencies={each.code: each for each in session.scalars(select(Agency))},
        people={each.email.split("@")[0]: each for each in session.scalars(select(Person))},
        areas={each.code: each for each in session.scalars(select(Area))},
    )


def _definitions(session: Session) -> dict[str, Definition]:
    return {code: catalogue.definition(session, code) for code in ("referrals", "front-door")}


def accept_for_all(session: Session, world: World) -> None:
    """Every agency has accepted an information-sharing agreement, as most tests need."""
    for code, agency in world.agencies.items():
        home = world.elsewhere if code in ELSEWHERE else world.partnership
        session.add(
            SharingAcceptance(
                partnership_id=home.id,
                agency_id=agency.id,
                agreement="sharing",
                version=1,
                digest="0" * 64,
                officer="An officer",
                guardian="A guardian",
                guardian_post="caldicott-guardian",
                person_id=world.people["adm.hub"].id,
                at=KNOWN_FROM,
            )
        )


def person(
    session: Session,
    world: World,
    role: str,
    where: str,
    *,
    agency_id: int | None = None,
    partnership_id: int | None = None,
    region_id: int | None = None,
) -> Person:
    """A person with one role and a local account that no password opens: `world.people["sub.rxt"]`."""
    name = f"{role.lower()}.{where}"
    made = Person(email=f"{name}@example.org", name=f"{role} of {where}")
    session.add(made)
    session.flush()
    session.add(Account(person_id=made.id, kind="local", created_at=real_now()))
    session.add(
        Grant(
            person_id=made.id,
            role=role,
            agency_id=agency_id,
            partnership_id=partnership_id,
            region_id=region_id,
            from_at=real_now() - timedelta(days=1),
            until_at=real_now() + timedelta(days=180),
        )
    )
    world.people[name] = made
    return made

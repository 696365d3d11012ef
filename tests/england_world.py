"""England's councils, two persons who may import published tables, and the tables that the tests import."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.definitions import catalogue
from hub.intake.table import Received
from hub.partners import queries
from hub.partners.models import Grant, Person
from hub.seed.england import seed_england
from hub.submissions.import_history import import_history
from hub.submissions.import_mapping import mapping_for
from hub.submissions.import_order import Imported, Order

ANN, BOB = "ann@example.org", "bob@example.org"

TABLES = {
    "dfe-referrals": "referrals_rereferrals_nfa_2013_2025.csv",
    "dfe-section47": "section47_icpc_2013_2025.csv",
    "ons-population": "population_0_17_2012_2024.csv",
    "dfe-referrals-by-source": "referrals_by_source_la_2018.csv",
}


@dataclass(frozen=True)
class England:
    """A database with the councils and the tables, and what each import said."""

    url: str
    engine: Engine
    said: dict[str, Any]


def two_persons(session: Session) -> None:
    """Ann and Bob, data team over `england`, who may import published tables together."""
    england = queries.partnership(session, "england")
    for email in (ANN, BOB):
        person = Person(email=email, name=email.split("@")[0].title())
        session.add(person)
        session.flush()
        now = real_now()
        session.add(
            Grant(
                person_id=person.id,
                role="STW",
                partnership_id=england.id,
                from_at=now - timedelta(days=1),
                until_at=now + timedelta(days=30),
            )
        )
    session.flush()


def make_councils(session: Session) -> None:
    """England's councils as partnerships, and the two persons."""
    seed_england(session)
    two_persons(session)


def import_content(
    session: Session,
    return_code: str,
    content: bytes,
    *,
    mapping: str | None = None,
    name: str = "table.csv",
    signed_by: str = BOB,
    partnership: str | None = None,
) -> Imported:
    """Import bytes as `hub import` would."""
    received = Received(channel="import", filename=name, content=content)
    definition = catalogue.definition(session, return_code)
    order = Order(
        received=received,
        definition=definition,
        prepared_by=ANN,
        signed_by=signed_by,
        mapping=mapping_for(session, received, definition, mapping),
        partnership=partnership,
    )
    return import_history(session, order)

"""`hub seed example`: the illustrative partnership from an empty database to its own today.

Definitions, partnership, people, due list, then every return in one table per return: checked in one run, signed in
the order in which the story signs, with a stop wherever the story freezes a pack. Run again with a later `until`, it
walks on from where the ledger stands.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.due import make_due_items
from hub.calendar.local import store_calendar
from hub.clock import london_date, real_now, start_of_day
from hub.comparison.terms import store_terms
from hub.config import shipped
from hub.definitions import catalogue
from hub.errors import NotReady
from hub.facts.ledger import Signing
from hub.measures.load import publish_measures
from hub.partners import deployment, passwords, people
from hub.partners.load import load_partnership, read_partnership, set_clock
from hub.partners.models import Account, Agency, Partnership, PartnershipRegion
from hub.periods import parse
from hub.seed.example import packs, story
from hub.seed.example.agreements import seed_agreements
from hub.seed.example.contacts import name_contacts
from hub.seed.example.disputes import tell_disputes
from hub.seed.example.drafting import draft_and_watch
from hub.seed.example.judgements import judge_rows
from hub.seed.example.meetings import seed_meetings
from hub.seed.example.notes import note_what_happened
from hub.seed.example.questions import ask_questions
from hub.seed.example.returns import told_returns
from hub.seed.example.sharing import accept_for_all
from hub.seed.example.signings import all_checked, signings, unsigned
from hub.seed.example.told import BEGINS, Row
from hub.submissions.history import sign_history

PASSWORD = "correct-partners-2015"  # noqa: S105  (of demo accounts alone, which only a demo database holds)
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Seeded:
    partnership: str
    today: str
    signed: int
    facts: int


def seed_example(
    session: Session, *, until: str = "2015-03", demo: bool = False, secret_key: str = ""
) -> Seeded:
    """Make or continue the example. `demo` also gives its people their accounts and the one demo password.

    Packs are sealed with the deployment's secret key; without one none is frozen.
    """
    if until not in story.CLOCKS:
        raise NotReady(f"The example is told until {' or '.join(story.CLOCKS)}.")
    clock_at = story.CLOCKS[until]
    began_at = start_of_day(BEGINS.starts_on)
    catalogue.publish_shipped(session, now=began_at)
    publish_measures(session, shipped("schemas") / "measures.yaml", now=began_at)
    partnership = load_partnership(session, read_partnership(FOLDER / "partnership.yaml"))
    store_calendar(session, FOLDER / "calendar.yaml", now=began_at)
    if partnership.clock_at is None or partnership.clock_at <= clock_at:
        set_clock(partnership, clock_at)
    store_terms(session, FOLDER / "comparison.yaml", now=began_at)
    if demo:
        deployment.mark_as_demo(session)
    cast = _cast(session, partnership, demo=demo)
    session.flush()
    name_contacts(session, partnership, cast, began_at)
    _population(session, partnership, cast, began_at)
    waiting = [
        signing
        for code, told in told_returns().items()
        for signing in signings(session, partnership, code, told, cast=cast, clock_at=clock_at)
    ]
    facts = sum(len(signing.cells) for signing in waiting)
    seed_agreements(session, partnership, cast, clock_at)
    accept_for_all(session, partnership, recorded_by=cast["steward@example.org"])
    revisions = 0
    for moment, freeze in packs.to_freeze(session, partnership, clock_at) if secret_key else ():
        due = [signing for signing in waiting if signing.at <= moment]
        waiting = [signing for signing in waiting if signing.at > moment]
        revisions += _tell(session, partnership, cast, due, moment)
        session.commit()  # a seal names where the audit chain stands, which is what was committed
        on = packs.Freezing(session, partnership, cast, secret_key)
        packs.at_its_moment(on, moment, freeze)
    revisions += _tell(session, partnership, cast, waiting, clock_at)
    draft_and_watch(session, partnership, cast, clock_at)
    return Seeded(partnership.code, london_date(clock_at).isoformat(), revisions, facts)


def _tell(
    session: Session, partnership: Partnership, cast: dict[str, int], signed: list[Signing], until: datetime
) -> int:
    """What is signed, and all that the story tells of the time until then; returns how many revisions it made."""
    revisions = sign_history(session, sorted(signed, key=lambda signing: signing.at))
    judge_rows(session, partnership, cast, until)
    ask_questions(session, partnership, cast, until)
    tell_disputes(session, partnership, cast, until)
    seed_meetings(session, partnership, cast, until)
    note_what_happened(session, partnership, cast, until)
    return len(revisions)


def _cast(session: Session, partnership: Partnership, *, demo: bool) -> dict[str, int]:
    """E-mail → person id. Grants are held in real time, as sign-in is."""
    now = real_now()
    region = session.scalars(
        select(PartnershipRegion.region_id).where(PartnershipRegion.partnership_id == partnership.id)
    ).first()
    agencies = {agency.code: agency.id for agency in session.scalars(select(Agency))}
    password_hash = passwords.hashed(PASSWORD) if demo else None
    cast: dict[str, int] = {}
    for character in story.characters():
        person = people.make(session, character.email, name=character.name)
        if password_hash is not None and people.local_account(session, person.id) is None:
            session.add(
                Account(person_id=person.id, kind="local", password_hash=password_hash, created_at=now)
            )
        people.grant(
            session,
            person,
            character.role,
            now=now,
            agency_id=agencies[character.agency] if character.agency else None,
            partnership_id=partnership.id if character.over == "partnership" else None,
            region_id=region if character.over == "region" else None,
        )
        cast[character.email] = person.id
    return cast


def _population(session: Session, partnership: Partnership, cast: dict[str, int], at: datetime) -> None:
    """Birmingham's mid-year estimates (Office for National Statistics), so that the example's rates have a denominator."""
    definition = catalogue.definition(session, "ons-population")
    rows: list[Row] = []
    with (FOLDER / "population.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            rows.append(
                {
                    "agency": line["old_la_code"],
                    "period": f"MY{line['time_period']}",
                    "breakdown": "total",
                    "code": "",
                    "children_0_17": line["population_estimate"],
                }
            )
    first, last = parse(rows[0]["period"]), parse(rows[-1]["period"])
    make_due_items(session, partnership, definition, first.starts_on, last.ends_on)
    items = unsigned(session, partnership, definition)
    wanted = [row for row in rows if (row["agency"], row["period"]) in items]
    sign_history(
        session,
        [
            Signing(
                partnership_id=partnership.id,
                due_item_id=checked.item.id,
                definition_version_id=catalogue.definition_version_id(session, definition),
                rows=checked.part.rows,
                cells=checked.part.cells,
                signed_by=cast["steward.deputy@example.org"],
                prepared_by=cast["steward@example.org"],
                at=at,
                channel="import",
                source=definition.publisher,
                published=True,
            )
            for checked in all_checked(session, partnership, definition, wanted, items.values())
        ],
    )

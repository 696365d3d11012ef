"""`hub seed example`: the illustrative partnership from an empty database to its own today.

Definitions, partnership, people, due list, then every return in one table per return: checked in one run, signed in
the order in which the story signs. Run again with a later `until`, it walks on from where the ledger stands.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.load import read_agreement, store_agreement
from hub.agreements.models import MilestoneReport
from hub.calendar.due import Owed, due_items, make_due_items
from hub.clock import london_date, real_now, start_of_day, today_for
from hub.config import shipped
from hub.definitions import catalogue
from hub.definitions.model import AREAS_LIST, MEMBERS_LIST, NOT_KNOWN, Definition
from hub.errors import NotReady
from hub.facts.document import Explained
from hub.facts.ledger import Signing
from hub.facts.models import Revision
from hub.findings import errors
from hub.intake.table import Received
from hub.measures.load import publish_measures
from hub.partners import deployment, passwords, people, queries
from hub.partners.load import load_partnership, read_partnership, set_clock
from hub.partners.models import Account, Agency, Area, Partnership, PartnershipRegion
from hub.periods import parse, within
from hub.seed.example import invention, story
from hub.seed.example.invention import Row
from hub.submissions.history import sign_history
from hub.validation import run
from hub.validation.outcome import Expected, Part, Scope

PASSWORD = "correct-partners-2015"  # noqa: S105  (of demo accounts alone, which only a demo database holds)
RETURNS = ("referrals", "front-door")
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Seeded:
    partnership: str
    today: str
    signed: int
    facts: int


def seed_example(session: Session, *, until: str = "2015-03", demo: bool = False) -> Seeded:
    """Make or continue the example. `demo` also gives its people their accounts and the one demo password."""
    if until not in story.CLOCKS:
        raise NotReady(f"The example is told until {' or '.join(story.CLOCKS)}.")
    clock_at = story.CLOCKS[until]
    began_at = start_of_day(story.BEGINS.starts_on)
    catalogue.publish_shipped(session, now=began_at)
    publish_measures(session, shipped("schemas") / "measures.yaml", now=began_at)
    partnership = load_partnership(session, read_partnership(FOLDER / "partnership.yaml"))
    if partnership.clock_at is None or partnership.clock_at <= clock_at:
        set_clock(partnership, clock_at)
    if demo:
        deployment.mark_as_demo(session)
    cast = _cast(session, partnership, demo=demo)
    session.flush()
    _population(session, partnership, cast, began_at)
    signed = [
        signing for code in RETURNS for signing in _signings(session, partnership, code, cast, clock_at)
    ]
    _agreements(session, partnership, cast, clock_at)
    revisions = sign_history(session, sorted(signed, key=lambda signing: signing.at))
    return Seeded(
        partnership.code, london_date(clock_at).isoformat(), len(revisions), sum(len(s.cells) for s in signed)
    )


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


def _agreements(session: Session, partnership: Partnership, cast: dict[str, int], clock_at: datetime) -> None:
    """The example's agreements, and the milestones that the story has reported by the clock's moment."""
    known = set(
        session.execute(
            select(MilestoneReport.commitment, MilestoneReport.agency_id).where(
                MilestoneReport.partnership_id == partnership.id
            )
        )
    )
    for path in sorted(shipped("agreements").glob("*/v*.yaml")):
        agreement = read_agreement(path)
        if agreement.partnership != partnership.code:
            continue
        store_agreement(session, path, now=start_of_day(agreement.signed_on or agreement.begins_on))
        for said in agreement.milestones:
            agency = queries.agency(session, said.agency)
            if said.written_at > clock_at or (said.commitment, agency.id) in known:
                continue
            session.add(
                MilestoneReport(
                    partnership_id=partnership.id,
                    agreement_code=agreement.code,
                    commitment=said.commitment,
                    agency_id=agency.id,
                    done_on=said.done_on,
                    evidence=said.evidence,
                    written_by=cast[story.reporter(said.agency)],
                    written_at=said.written_at,
                    confirmed_by=cast["steward@example.org"] if said.confirmed_at else None,
                    confirmed_at=said.confirmed_at,
                )
            )


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
    items = _unsigned(session, partnership, definition)
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
            for checked in _checked(session, partnership, definition, wanted, items.values())
        ],
    )


def _unsigned(
    session: Session, partnership: Partnership, definition: Definition
) -> dict[tuple[str, str], Owed]:
    """(agency, period of collection) → due item, of those that the ledger has nothing for."""
    signed = set(
        session.scalars(
            select(Revision.due_item_id).where(
                Revision.partnership_id == partnership.id, Revision.return_code == definition.code
            )
        )
    )
    items = due_items(session, partnership.id, return_code=definition.code)
    return {_key(item): item for item in items if item.id not in signed}


def _signings(
    session: Session, partnership: Partnership, code: str, cast: dict[str, int], clock_at: datetime
) -> Iterator[Signing]:
    """Every signature of one return that the story has made by the clock's moment."""
    definition = catalogue.definition(session, code)
    make_due_items(session, partnership, definition, story.BEGINS.starts_on, _horizon(clock_at))
    due = _unsigned(session, partnership, definition)
    moments = {
        key: story.signed_at(code, key[0], item.period, item.due_on)
        for key, item in due.items()
        if item.due_on is not None
    }
    signed = {key: due[key] for key, at in moments.items() if at is not None and at <= clock_at}
    final = {key: list(_rows(definition, item)) for key, item in signed.items()}
    put_right = {key: correction for key in signed if (correction := story.correction_of(code, *key))}
    first = final | {
        key: story.as_first_signed(final[key], correction) for key, correction in put_right.items()
    }
    make = _Maker(partnership.id, catalogue.definition_version_id(session, definition), definition, cast)
    for checked in _checked(session, partnership, definition, _all(first.values()), signed.values()):
        at = moments[_key(checked.item)]
        if at is not None:
            yield make.signing(checked, at)
    later = {key: signed[key] for key, correction in put_right.items() if correction.at <= clock_at}
    for checked in _checked(
        session, partnership, definition, _all(final[key] for key in later), later.values()
    ):
        correction = put_right[_key(checked.item)]
        yield replace(make.signing(checked, correction.at), reason=correction.reason)


def _key(item: Owed) -> tuple[str, str]:
    return item.agency.code, item.period.code


def _all(groups: Iterable[list[Row]]) -> list[Row]:
    return [row for rows in groups for row in rows]


def _horizon(clock_at: datetime) -> date:
    """The due list reaches to the end of the term and quarter that the clock stands in."""
    return (clock_at + timedelta(days=120)).date()


def _rows(definition: Definition, item: Owed) -> Iterator[Row]:
    agency = item.agency.code
    months = list(within(item.period, "month"))
    if definition.code == "front-door":
        return (row for month in months for row in invention.front_door_rows(month))
    if agency in invention.SCHOOLS:
        return invention.school_rows(agency, months)
    return (row for month in months for row in invention.referrals_rows(agency, month))


@dataclass(frozen=True)
class _Maker:
    """Turns checked parts into signings by the agency's own people."""

    partnership_id: int
    version_id: int
    definition: Definition
    cast: dict[str, int]

    def signing(self, checked: _Checked, at: datetime) -> Signing:
        part, item = checked.part, checked.item
        agency = item.agency.code
        owes = self.definition.owes_for(item.agency.kind)
        prepared_by = self.cast[story.preparer(agency)]
        return Signing(
            partnership_id=self.partnership_id,
            due_item_id=item.id,
            definition_version_id=self.version_id,
            rows=part.rows,
            cells=part.cells,
            signed_by=self.cast[story.signatory(agency)],
            prepared_by=prepared_by,
            hands=frozenset({prepared_by}),
            single_signature=owes is not None and owes.signatures == 1,
            at=at,
            channel="form" if agency in invention.SCHOOLS else "xlsx",
            explanations=checked.explanations,
        )


@dataclass(frozen=True)
class _Checked:
    """A submission that passed its check, with the words that answer its queries."""

    part: Part
    item: Owed
    explanations: tuple[Explained, ...]


def _checked(
    session: Session, partnership: Partnership, definition: Definition, rows: list[Row], items: Iterable[Owed]
) -> list[_Checked]:
    """Check all rows in one run. The invention makes no errors; a query is answered in the agency's words."""
    expected = {item.id: item for item in items}
    if not expected:
        return []
    scope = Scope(
        expected=tuple(
            Expected(item.id, partnership.code, item.agency.code, item.agency.kind, item.period.code)
            for item in expected.values()
        ),
        lists=_lists(session, partnership),
        today=today_for(partnership).isoformat(),
        default_partnership=partnership.code,
    )
    outcome = run.check(Received(channel="json", rows=tuple(rows)), definition, scope)
    wrong = errors(outcome.findings)
    if wrong:
        raise NotReady(
            f"The example’s {definition.code} does not pass its own check: {wrong[0].message} ({wrong[0].where})"
        )
    explained: dict[str | None, list[Explained]] = defaultdict(list)
    for finding in outcome.findings:
        words = story.EXPLANATIONS.get(finding.code, story.EXPLANATION)
        explained[finding.where.submission].append(
            Explained(finding.code, finding.where.row, finding.where.field, finding.message, words)
        )
    return [_Checked(part, expected[part.due_item_id], tuple(explained[part.key])) for part in outcome.parts]


def _lists(session: Session, partnership: Partnership) -> dict[str, dict[str, dict[str, str]]]:
    areas = session.scalars(select(Area).where(Area.partnership_id == partnership.id))
    members = queries.members_on(session, partnership.id, today_for(partnership))
    return {
        "": {
            code: {item.code: item.title for item in codelist.items}
            for code, codelist in catalogue.shipped().codelists.items()
        },
        partnership.code: {
            AREAS_LIST: {area.code: area.name for area in areas} | {NOT_KNOWN: "Area not known"},
            MEMBERS_LIST: {agency.code: agency.name for agency in members},
        },
    }

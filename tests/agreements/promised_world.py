"""A partnership whose year of returns is told in small round numbers, so that every verdict can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from hub.agreements.evaluate import evaluate
from hub.agreements.models import MilestoneReport
from hub.agreements.verdict import Verdict
from hub.agreements.versions import agreement_as_at, store_agreement
from hub.calendar.due import due_items, make_due_items
from hub.clock import parse_moment
from hub.config import shipped
from hub.definitions import catalogue
from hub.facts.ledger import Signing, sign
from hub.facts.models import Revision
from hub.facts.moments import as_at
from hub.measures.load import publish_measures
from hub.meetings.told import Told, tell_meeting
from hub.partners.models import Agency, Membership, Partnership, Person, Succession

KNOWN_FROM = datetime(2014, 4, 1, tzinfo=UTC)
PROMISES = Path(__file__).with_name("promises.yaml")
RETURNS = ("front-door", "referrals", "workforce", "contributions", "joint-services")
ACADEMY_FROM = date(2015, 9, 1)
AGENCIES = {
    "330": "council",
    "RYW": "nhs_trust",
    "RXT": "nhs_trust",
    "13P": "nhs_commissioner",
    "990001": "school",
    "990002": "school",
}
Lines = Mapping[tuple[str, str], Mapping[str, int]]


@dataclass
class Promised:
    session: Session
    partnership: Partnership
    people: dict[str, int] = field(default_factory=dict)
    agencies: dict[str, int] = field(default_factory=dict)
    items: dict[tuple[str, str, str], int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    read: dict[str, dict[tuple[str, str], Verdict]] = field(
        default_factory=dict
    )  # what was worked out already

    def signs(
        self, agency: str, what: str, period: str, at: str, *, again: str | None = None, **figures: int
    ) -> Revision:
        """A return of one line, the total; `again` is the reason of a correction."""
        return self.signs_lines(agency, what, period, at, {("total", ""): figures}, again=again)

    def signs_lines(
        self, agency: str, what: str, period: str, at: str, lines: Lines, *, again: str | None = None
    ) -> Revision:
        cells = [
            (row_no, period_of_figures(figures, period), *place, name, value, "value")
            for row_no, (place, figures) in enumerate(lines.items(), start=2)
            for name, value in figures.items()
        ]
        signing = Signing(
            partnership_id=self.partnership.id,
            due_item_id=self.items[agency, what, period],
            definition_version_id=self.versions[what],
            rows=[{"row_no": "2", "agency": agency, "period": period, "at": at}],
            cells=cells,
            signed_by=self.people["bob"],
            prepared_by=self.people["ann"],
            at=parse_moment(f"{at}T10:00:00+00:00"),
            channel="csv",
            reason=again,
        )
        return sign(self.session, [signing])[0]

    def reports(
        self, commitment: str, agency: str, done: str, *, written: str, confirmed: str | None = None
    ) -> None:
        self.session.add(
            MilestoneReport(
                partnership_id=self.partnership.id,
                agreement_code="kept",
                commitment=commitment,
                agency_id=self.agencies[agency],
                done_on=date.fromisoformat(done),
                evidence="A letter",
                written_by=self.people["ann"],
                written_at=parse_moment(f"{written}T10:00:00+00:00"),
                confirmed_by=self.people["bob"] if confirmed else None,
                confirmed_at=parse_moment(f"{confirmed}T10:00:00+00:00") if confirmed else None,
            )
        )

    def meets(self, day: str, *present: str) -> None:
        """Written and confirmed on the day after; a quorum is two of three."""
        at = parse_moment(f"{day}T18:00:00+00:00")
        told = Told(
            "leads",
            date.fromisoformat(day),
            quorum=2,
            invited=["330", "RYW", "13P"],
            present=present,
            written_by=self.people["ann"],
            written_at=at,
            confirmed_by=self.people["bob"],
            confirmed_at=at,
        )
        tell_meeting(self.session, self.partnership.id, told)

    def verdicts(self, day: str) -> dict[tuple[str, str], Verdict]:
        """Worked out once for each day."""
        if day not in self.read:
            self.read[day] = self.verdicts_anew(day)
        return self.read[day]

    def verdicts_anew(self, day: str, code: str = "kept") -> dict[tuple[str, str], Verdict]:
        at = as_at(self.session, self.partnership, parse_moment(day))
        agreement = agreement_as_at(self.session, self.partnership.id, code, at.moment)
        found = evaluate(self.session, self.partnership, agreement, at)
        return {(verdict.commitment, verdict.party): verdict for verdict in found}


def period_of_figures(figures: Mapping[str, int], period: str) -> str:
    """A school's term holds the figures of its first month here."""
    starts = {"AY2014-15T3": "2015-04", "AY2015-16T1": "2015-09", "AY2015-16T2": "2016-01"}
    return starts.get(period, period)


def make_promised(session: Session) -> Promised:
    """Partnership, bodies, due list and the agreement; nothing is signed yet."""
    partnership = Partnership(code="testshire", name="Testshire", illustrative=True)
    agencies = {code: Agency(code=code, kind=kind, name=f"Body {code}") for code, kind in AGENCIES.items()}
    people = {name: Person(email=f"{name}@example.org", name=name.title()) for name in ("ann", "bob")}
    session.add_all([partnership, *agencies.values(), *people.values()])
    session.flush()
    partnership.council_agency_id = agencies["330"].id
    for code, agency in agencies.items():
        session.add(
            Membership(
                partnership_id=partnership.id,
                agency_id=agency.id,
                from_on=ACADEMY_FROM if code == "990002" else date(2014, 4, 1),
                until_on=date(2015, 8, 31) if code == "990001" else None,
            )
        )
    session.add(
        Succession(
            from_agency_id=agencies["990001"].id,
            to_agency_id=agencies["990002"].id,
            on_date=ACADEMY_FROM,
            kind="replaced",
        )
    )
    catalogue.publish(session, catalogue.shipped(), now=KNOWN_FROM)
    publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
    made = Promised(session, partnership, {name: person.id for name, person in people.items()})
    made.agencies = {code: agency.id for code, agency in agencies.items()}
    for code in RETURNS:
        definition = catalogue.definition(session, code)
        make_due_items(session, partnership, definition, date(2015, 4, 1), date(2016, 3, 31))
        made.versions[code] = catalogue.definition_version_id(session, definition)
    for item in due_items(session, partnership.id):
        made.items[item.agency.code, item.return_code, item.period.code] = item.id
    store_agreement(session, PROMISES, now=parse_moment("2015-03-20"))
    return made

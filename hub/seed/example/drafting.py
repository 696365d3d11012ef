"""What is done about the example's agreements in its last weeks: a draft between parties, words beside a verdict, a letter, a statement.

Done by the acts that people do them by, each at its own moment of the partnership's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from hub import periods
from hub.agreements.negotiation import acts, opening
from hub.agreements.negotiation.acting import Doer
from hub.agreements.negotiation.read import negotiation
from hub.agreements.versions import agreements_of
from hub.agreements.watch import remarks
from hub.agreements.watch.watched import watched_as_at
from hub.board.region import office
from hub.clock import today_for
from hub.facts.moments import as_at
from hub.partners.load import set_clock
from hub.partners.models import Partnership
from hub.partners.policy import actor_for

PROMISE = {
    "id": "EH1",
    "clause": "4",
    "text": "The council signs its quarterly return of early help by the due day, at least 3 times in 4.",
    "promisor": ["330"],
    "promisee": ["RYW"],
    "kind": "submission",
    "return": "early-help",
    "target": 75,
}
PROPOSED = "Each party pays quarterly in arrears. Overspend is agreed before it is shared."


@dataclass(frozen=True)
class Stage:
    """Where the acts are done, and who is who."""

    session: Session
    partnership: Partnership
    cast: dict[str, int]
    clock_at: datetime

    @contextmanager
    def ago(self, days: int) -> Iterator[None]:
        """The partnership's clock so many days before the end of the story."""
        set_clock(self.partnership, self.clock_at - timedelta(days=days))
        try:
            yield
        finally:
            set_clock(self.partnership, self.clock_at)

    def doer(self, code: str, who: str, party: str | None = None) -> Doer:
        actor = actor_for(self.session, self.cast[f"{who}@example.org"])
        return Doer(self.session, self.partnership, actor, code, party)


def draft_and_watch(
    session: Session, partnership: Partnership, cast: dict[str, int], clock_at: datetime
) -> None:
    """Told once for each end of the story: a second run finds its draft, and one that has gone on is not told back."""
    if partnership.clock_at != clock_at:
        return
    stage, year = Stage(session, partnership, cast, clock_at), clock_at.year
    code = f"birmingham-early-help-{year}-{(year + 1) % 100}"
    if code in agreements_of(session, partnership.id, even_dropped=True):
        return
    _draft(stage, code, date(year, 9, 1), date(year + 1, 8, 31))
    _watch(stage, f"birmingham-nhs-{year - 1}-{year % 100}")


def _draft(stage: Stage, code: str, begins_on: date, ends_on: date) -> None:
    """Opened by the data team, agreed to by the council, proposed upon by a trust; the commissioner is silent."""
    span = f"{begins_on.year}-{ends_on.year % 100}"
    said = opening.Opening(
        f"Early help in Birmingham, {span} (illustration)", "mou", begins_on, ends_on, "all",
        ("330", "RYW", "04X"), {"name": "The partnership’s data team"},
    )  # fmt: skip
    team = stage.doer(code, "steward")
    with stage.ago(13):
        opening.open_new(team, said)
        acts.word(team, "commitment:EH1", acts.NEW, dict(PROMISE), words="")
    drafted = negotiation(stage.session, stage.partnership.id, code).text
    with stage.ago(12):
        acts.agree(stage.doer(code, "manager.330", "330"), drafted.digests)
    with stage.ago(7):
        acts.propose(
            stage.doer(code, "finance.ryw", "RYW"),
            "clause:6",
            drafted.digests["clause:6"],
            {**drafted.parts["clause:6"], "text": PROPOSED},
            words="Our board cannot agree to a share of what it has not seen.",
        )
    with stage.ago(5):
        acts.dispute(
            team,
            "clause:6",
            owner="04X",
            on_date=today_for(stage.partnership) + timedelta(days=20),
            words="Who carries an overspend of the family centres is not agreed.",
        )


def _watch(stage: Stage, memorandum: str) -> None:
    """Beside last year's memorandum: an assurance about a promise that slips, a letter's draft, its last statement."""
    session, place = stage.session, stage.partnership
    region = stage.doer(memorandum, "region").actor
    with stage.ago(6):
        found = watched_as_at(session, place, as_at(session, place), memorandum)
        slipping = next(line for line in found.lines if line.verdict.word in ("missed", "at risk"))
        remarks.say(
            session,
            place,
            remarks.Beside(found.agreement, slipping.verdict),
            actor=stage.doer(memorandum, "finance.rq3").actor,
            kind="assurance",
            words="Our teams have read the figures and expect to keep this promise in the new year.",
        )
        office.draft_letter(session, place, found, slipping, actor=region)
        quarter = periods.containing(found.agreement.ends_on, "quarter").code
        number = office.draft_statement(session, place, found, actor=region, quarter=quarter)
        drafted = office.paper(session, place.id, memorandum, number).last
        writing = office.Writing(region, memorandum, number, drafted.sequence)
        office.issue(session, place, writing, words=drafted.words or "")

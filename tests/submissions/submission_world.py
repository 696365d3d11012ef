"""A submission to move about: tables as a check would give them, of the world in tests/factories.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.findings import Finding, Where
from hub.partners.policy import Actor, actor_for
from hub.submissions import requests
from hub.submissions.requests import Wish
from hub.submissions.sign_off import Recheck
from hub.validation.outcome import Outcome, Part
from tests import factories

AGENCY, PERIOD = "RXT", "2015-04"


@dataclass
class Desk:
    world: factories.World
    due_item_id: int

    def actor(self, session: Session, name: str) -> Actor:
        return actor_for(session, self.world.people[name].id)

    @property
    def key(self) -> str:
        return f"testshire/{AGENCY}/{PERIOD}"


def make_desk(session: Session) -> Desk:
    return _desk_in(session, factories.make_world(session))


def read_desk(session: Session) -> Desk:
    """The same in a database that holds the small world already; its clock shows the same minute as when it was made."""
    world = factories.read_world(session)
    world.partnership.clock_set_at = real_now()
    session.flush()
    return _desk_in(session, world)


def _desk_in(session: Session, world: factories.World) -> Desk:
    return Desk(world, world.item(session, AGENCY, PERIOD))


def outcome(desk: Desk, total: str, *findings: Finding, first_row: int = 2) -> Outcome:
    """A checked table with a total and two settings, the emergency department taking the rest of the total over two."""
    number = int(total) if total.isdigit() else None
    lines = [("total", "", total)]
    if number is not None:
        lines += [("setting", "emergency-department", str(number - 2)), ("setting", "maternity", "2")]
    rows = tuple(
        {
            "row_no": str(row_no),
            "partnership": "testshire",
            "agency": AGENCY,
            "period": PERIOD,
            "breakdown": breakdown,
            "code": code,
            "referrals_made": text,
        }
        for row_no, (breakdown, code, text) in enumerate(lines, start=first_row)
    )
    cells = tuple(
        (
            int(row["row_no"]),
            PERIOD,
            row["breakdown"],
            row["code"],
            "referrals_made",
            int(row["referrals_made"]) if row["referrals_made"].isdigit() else None,
            "value" if row["referrals_made"].isdigit() else "missing",
        )
        for row in rows
    )
    part = Part(desk.due_item_id, desk.key, rows, cells, digest="rows")
    return Outcome("referrals", 1, len(rows), (part,), tuple(findings))


def reopen(session: Session, desk: Desk, reason: str) -> None:
    """The submitter asks for a signed return to be reopened, and the signatory agrees."""
    wish = Wish(kind="reopening", reason=reason, until_on=date(2015, 12, 31), due_item_id=desk.due_item_id)
    asked = requests.ask(session, desk.actor(session, "sub.rxt"), desk.world.partnership, wish)
    requests.answer(session, desk.actor(session, "sgn.rxt"), asked.id, "granted")


def error(desk: Desk) -> Finding:
    where = Where(row=2, column="Referrals made", field="referrals_made", submission=desk.key)
    return Finding("not-a-number", "error", "“twelve” is not a number. Write 12.", where, "twelve")


def query(desk: Desk, *, row: int = 2) -> Finding:
    where = Where(row=row, column="Referrals made", field="referrals_made", submission=desk.key)
    return Finding(
        "jump", "query", "This is three times last month’s. Correct it or explain it.", where, "30"
    )


def rechecks(desk: Desk, *findings: Finding) -> Recheck:
    """The same check again: rows are numbered from 1, as a form's are."""

    def recheck(rows: Sequence[dict[str, str]]) -> Outcome:
        return outcome(desk, rows[0]["referrals_made"], *findings, first_row=1)

    return recheck

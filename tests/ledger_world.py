"""A small partnership to sign in: a council, two trusts and a force, three people, one return with an area table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.due import period_id
from hub.calendar.models import DueItem
from hub.definitions.canonical import as_json
from hub.definitions.catalogue import shipped
from hub.definitions.models import DefinitionVersion, FigureRow
from hub.facts.document import Cell
from hub.facts.ledger import Signing
from hub.partners.models import Agency, Area, Membership, Partnership, Person

RETURN = "referrals"
FIGURE = "referrals_made"


@dataclass
class World:
    partnership: Partnership
    agencies: dict[str, Agency]
    areas: dict[str, Area]
    people: dict[str, Person]
    definition_version_id: int
    figures: dict[tuple[str, str], int]
    due_items: dict[tuple[str, str], int] = field(default_factory=dict)  # (agency, period)


def make_world(
    session: Session, *, number: int = 1, agencies: tuple[str, ...] = ("RYW", "RQ3", "ENN")
) -> World:
    """Everything that a sign-off points to; `number` keeps a second partnership apart from the first."""
    partnership = Partnership(id=number, code=f"place-{number}", name=f"Place {number}")
    bodies = {
        code: Agency(code=f"{code}{number}", kind="nhs_trust", name=f"Trust {code}") for code in agencies
    }
    people = {
        name: Person(email=f"{name}{number}@example.org", name=name.title()) for name in ("ann", "bob", "cat")
    }
    session.add_all([partnership, *bodies.values(), *people.values()])
    session.flush()
    areas = {
        code: Area(partnership_id=number, code=code, name=code.title(), from_on=date(2012, 4, 1))
        for code in ("south", "east")
    }
    members = [
        Membership(partnership_id=number, agency_id=agency.id, from_on=date(2012, 4, 1))
        for agency in bodies.values()
    ]
    session.add_all([*areas.values(), *members])
    version = session.query(DefinitionVersion).filter_by(code=RETURN).first()
    if version is None:
        version = DefinitionVersion(
            kind="return",
            code=RETURN,
            version=1,
            status="draft",
            digest=shipped().latest(RETURN).digest,
            document=as_json(shipped().latest(RETURN)),
            known_from=datetime(2012, 4, 1, tzinfo=UTC),
        )
        session.add(version)
        session.add_all(
            FigureRow(return_code=RETURN, breakdown=breakdown, name=FIGURE, unit="count")
            for breakdown in ("total", "area", "setting")
        )
    session.flush()
    figures = {(row.breakdown, row.name): row.id for row in session.query(FigureRow)}
    return World(partnership, bodies, areas, people, version.id, figures)


def due_item(session: Session, world: World, agency: str, period: str) -> int:
    """The due item of an agency and a period, made when first asked for; due a fortnight after the period."""
    if (agency, period) not in world.due_items:
        span = periods.parse(period)
        item = DueItem(
            partnership_id=world.partnership.id,
            agency_id=world.agencies[agency].id,
            return_code=RETURN,
            period_id=period_id(session, span),
            due_on=date.fromordinal(span.ends_on.toordinal() + 14),
        )
        session.add(item)
        session.flush()
        world.due_items[agency, period] = item.id
    return world.due_items[agency, period]


def cells_of(period: str, lines: Mapping[tuple[str, str], int | str | None]) -> tuple[Cell, ...]:
    """Cells of one figure: a number, None for missing, or the name of a state."""
    cells: list[Cell] = []
    for row_no, ((breakdown, code), answer) in enumerate(lines.items(), start=2):
        if isinstance(answer, int):
            value, state = answer, "value"
        else:
            state = answer or "missing"
            value = 0 if state == "nil" else None
        cells.append((row_no, period, breakdown, code, FIGURE, value, state))
    return tuple(cells)


def signing(
    session: Session,
    world: World,
    agency: str,
    period: str,
    lines: Mapping[tuple[str, str], int | str | None],
    *,
    at: datetime,
    reason: str | None = None,
    by: str = "bob",
) -> Signing:
    cells = cells_of(period, lines)
    rows = tuple(
        {
            "row_no": str(cell[0]),
            "period": period,
            "breakdown": cell[2],
            "code": cell[3],
            FIGURE: str(cell[5]),
        }
        for cell in cells
    )
    return Signing(
        partnership_id=world.partnership.id,
        due_item_id=due_item(session, world, agency, period),
        definition_version_id=world.definition_version_id,
        rows=rows,
        cells=cells,
        signed_by=world.people[by].id,
        prepared_by=world.people["ann"].id,
        at=at,
        channel="csv",
        reason=reason,
    )

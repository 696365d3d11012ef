"""The small world with both sides signed: what RXT says it sent, and what the council logged from it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from hub.comparison.matters import Matter, Side, matter
from hub.comparison.say import Speaker, totals_of
from hub.config import shipped
from hub.definitions.catalogue import definition_version_id
from hub.facts import ledger
from hub.facts.moments import AsAt, as_at
from hub.measures.load import measure_as_at, publish_measures
from hub.measures.model import Measure
from hub.partners.policy import actor_for
from hub.periods import parse
from tests.factories import KNOWN_FROM, World, make_world

SIGNED_AT = datetime(2015, 5, 1, 9, tzinfo=UTC)
MONTHS = ("2015-01", "2015-02", "2015-03", "2015-04")


def make_sides(session: Session, sent: tuple[int, ...] = (50, 50, 50, 64), *, sender: str = "RXT") -> World:
    """The small world with four months: the sender's as given, the council's 50 each."""
    return sign_sides(session, make_world(session), sent, sender=sender)


def sign_sides(
    session: Session, world: World, sent: tuple[int, ...] = (50, 50, 50, 64), *, sender: str = "RXT"
) -> World:
    publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
    for month, number in zip(MONTHS, sent, strict=True):
        sign_sent(session, world, month, number, sender=sender)
        sign_logged(session, world, month, {sender: 50})
    return world


def sign_sent(
    session: Session, world: World, month: str, number: int, *, sender: str = "RXT", at: datetime = SIGNED_AT
) -> None:
    _sign(session, world, sender, "referrals", month, [("total", "", "referrals_made", number)], at=at)


def sign_logged(
    session: Session, world: World, month: str, logged: dict[str, int], *, at: datetime = SIGNED_AT
) -> None:
    lines = [("agency", sender, "contacts", number) for sender, number in logged.items()]
    _sign(session, world, "330", "front-door", month, [("total", "", "contacts", 900), *lines], at=at)


def sign_april_by_area(session: Session, world: World) -> None:
    """April again, of RXT, with areas on both sides: 40 of the 64 sent for the south, 27 of the 50 logged."""
    sent = [("total", "", "referrals_made", 64), ("area", "south", "referrals_made", 40)]
    logged = [("total", "", "contacts", 900), ("agency", "RXT", "contacts", 50)]
    crossed = [("agency_area", "RXT/south", "contacts", 27), ("agency_area", "RXT/east", "contacts", 23)]
    _sign(
        session,
        world,
        "RXT",
        "referrals",
        "2015-04",
        [*sent, ("area", "east", "referrals_made", 24)],
        at=SIGNED_AT,
    )
    _sign(session, world, "330", "front-door", "2015-04", [*logged, *crossed], at=SIGNED_AT)


def _sign(
    session: Session,
    world: World,
    agency: str,
    return_code: str,
    month: str,
    lines: list[tuple[str, str, str, int]],
    *,
    at: datetime,
) -> None:
    code = agency.lower()
    cells = [(place, month, *line, "value") for place, line in enumerate(lines, start=1)]
    ledger.sign(
        session,
        [
            ledger.Signing(
                partnership_id=world.partnership.id,
                due_item_id=world.item(session, agency, month),
                definition_version_id=definition_version_id(session, world.definitions[return_code]),
                rows=[
                    {"row_no": str(place), "partnership": "testshire", "agency": agency, "period": month}
                    | {"breakdown": breakdown, "code": line, figure: str(number)}
                    for place, (breakdown, line, figure, number) in enumerate(lines, start=1)
                ],
                cells=cells,
                signed_by=world.people[f"sgn.{code}"].id,
                prepared_by=world.people[f"sub.{code}"].id,
                at=at,
                channel="form",
                reason="Counted again.",
            )
        ],
    )


def now(session: Session, world: World) -> AsAt:
    return as_at(session, world.partnership)


def gap(session: Session) -> Measure:
    return measure_as_at(session, "RF04", SIGNED_AT)


def one(session: Session, world: World, month: str = "2015-04") -> Matter:
    found = matter(session, now(session, world), gap(session), world.agencies["RXT"].id, parse(month))
    assert found is not None
    return found


def speaker(session: Session, world: World, name: str, side: Side, month: str = "2015-04") -> Speaker:
    """Somebody who has the matter open as it is now."""
    seen = one(session, world, month)
    return Speaker(
        actor=actor_for(session, world.people[name].id),
        side=side,
        measure=gap(session),
        sender_id=world.agencies["RXT"].id,
        month=parse(month),
        seen=seen.sequence,
        totals=totals_of(seen),
    )

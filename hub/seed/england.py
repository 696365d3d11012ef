"""England's councils as partnerships of their own, ready for published figures: `hub seed england`.

Takes the code lists `english-councils` and `english-regions`; makes an agency and a partnership for each council, named
by its three-digit DfE code and led by it, closed councils included, and the reserved partnership `england` with the
nation and its regions. Safe to run again: what is there stays, only what is new in the lists is added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import real_now, start_of_day
from hub.config import shipped
from hub.definitions import catalogue
from hub.definitions.model import CodeListItem
from hub.definitions.models import DefinitionVersion
from hub.measures.load import publish_measures
from hub.partners.models import Agency, AgencyCode, AgencyName, Membership, Partnership, Succession
from hub.partners.queries import ENGLAND

# A council without a date in the list stood before the earliest published table; the last great reorganisation before
# it took effect on this day.
BEFORE_THE_TABLES = date(2009, 4, 1)
NATION = "ENG"


@dataclass(frozen=True)
class Seeded:
    """How many were made just now."""

    agencies: int
    partnerships: int


def seed_england(session: Session) -> Seeded:
    """Make what is missing of the councils' partnerships and of `england`, and bring the shipped definitions into force."""
    _publish(session)
    councils, regions = (catalogue.codelist(session, f"english-{name}") for name in ("councils", "regions"))
    places = [(item, "nation" if item.code == NATION else "region") for item in regions.items]
    listed = [*places, *((item, "council") for item in councils.items)]
    agencies, made = _agencies(session, listed)
    _aliases(session, listed, agencies)
    _successions(session, councils.items, agencies)
    partnerships = _partnerships(session, councils.items, agencies)
    _memberships(session, places, councils.items, agencies)
    session.flush()
    return Seeded(made, partnerships)


def _publish(session: Session) -> None:
    """In an empty deployment the first definitions are known from before every figure, so that any past can be read."""
    empty = session.scalar(select(DefinitionVersion.id).limit(1)) is None
    now = start_of_day(BEFORE_THE_TABLES) if empty else real_now()
    catalogue.publish_shipped(session, now=now)
    publish_measures(session, shipped("schemas") / "measures.yaml", now=now)


def _agencies(session: Session, listed: list[tuple[CodeListItem, str]]) -> tuple[dict[str, Agency], int]:
    codes = [item.code for item, _ in listed]
    found = {agency.code: agency for agency in session.scalars(select(Agency).where(Agency.code.in_(codes)))}
    new = [
        Agency(
            code=item.code,
            kind=kind,
            name=item.title,
            opened_on=_day(item.from_on),
            closed_on=_day(item.until_on),
        )
        for item, kind in listed
        if item.code not in found
    ]
    session.add_all(new)
    session.flush()
    session.add_all(
        AgencyName(agency_id=agency.id, name=agency.name, from_on=agency.opened_on) for agency in new
    )
    return found | {agency.code: agency for agency in new}, len(new)


def _aliases(session: Session, listed: list[tuple[CodeListItem, str]], agencies: dict[str, Agency]) -> None:
    known = {row.code: row for row in session.scalars(select(AgencyCode).where(AgencyCode.scheme == "ons"))}
    for item, _ in listed:
        for alias in item.aliases:
            row = known.get(alias.code) or AgencyCode(
                agency_id=agencies[item.code].id, scheme="ons", code=alias.code
            )
            row.from_on, row.until_on = _day(alias.from_on), _day(alias.until_on)
            session.add(row)


def _successions(session: Session, councils: Iterable[CodeListItem], agencies: dict[str, Agency]) -> None:
    known = set(session.execute(select(Succession.from_agency_id, Succession.to_agency_id)))
    opened = {item.code: _day(item.from_on) for item in councils}
    for item in councils:
        for successor in item.successors:
            pair = (agencies[item.code].id, agencies[successor].id)
            on_date = opened[successor]
            if pair not in known and on_date is not None:
                kind = "split" if len(item.successors) > 1 else "merged"
                session.add(
                    Succession(from_agency_id=pair[0], to_agency_id=pair[1], on_date=on_date, kind=kind)
                )


def _partnerships(session: Session, councils: Iterable[CodeListItem], agencies: dict[str, Agency]) -> int:
    known = set(session.scalars(select(Partnership.code)))
    new = [
        Partnership(code=item.code, name=item.title, council_agency_id=agencies[item.code].id)
        for item in councils
        if item.code not in known
    ]
    if ENGLAND not in known:
        new.append(Partnership(code=ENGLAND, name="England", council_agency_id=agencies[NATION].id))
    session.add_all(new)
    session.flush()
    return len(new)


def _memberships(
    session: Session,
    places: list[tuple[CodeListItem, str]],
    councils: Iterable[CodeListItem],
    agencies: dict[str, Agency],
) -> None:
    ids = dict(session.execute(select(Partnership.code, Partnership.id)).all())
    known = set(session.execute(select(Membership.partnership_id, Membership.agency_id)))
    homes = [*((item, ENGLAND) for item, _ in places), *((item, item.code) for item in councils)]
    session.add_all(
        Membership(
            partnership_id=ids[home],
            agency_id=agencies[item.code].id,
            from_on=_day(item.from_on) or BEFORE_THE_TABLES,
            until_on=_day(item.until_on),
        )
        for item, home in homes
        if (ids[home], agencies[item.code].id) not in known
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

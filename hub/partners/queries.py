"""Looking up partnerships, agencies, memberships and areas. Absent is `NotFound`, with a sentence that names the code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Date, Select, and_, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub.clock import today_for
from hub.errors import NotFound
from hub.partners.models import Agency, AgencyCode, Area, Membership, Partnership, PartnershipRegion

ENGLAND = "england"  # the reserved partnership that national and regional rows belong to


def partnership(session: Session, code: str) -> Partnership:
    found = session.scalar(select(Partnership).where(Partnership.code == code))
    if found is None:
        raise NotFound(f"There is no partnership “{code}”.")
    return found


def agency(session: Session, code: str) -> Agency:
    """By the code it is written by, or by any code that ever named it."""
    found = session.scalar(select(Agency).where(Agency.code == code)) or session.scalar(
        select(Agency).join(AgencyCode, AgencyCode.agency_id == Agency.id).where(AgencyCode.code == code)
    )
    if found is None:
        raise NotFound(f"There is no agency with the code “{code}”.")
    return found


def in_force(
    from_on: InstrumentedAttribute[date], until_on: InstrumentedAttribute[date | None], day: date
) -> ColumnElement[bool]:
    """SQL: a dated row holds on a day."""
    return and_(from_on <= literal(day, Date), or_(until_on.is_(None), until_on >= literal(day, Date)))


def members_on(session: Session, partnership_id: int, day: date) -> Sequence[Agency]:
    """The member agencies on a day, by kind and code."""
    return session.scalars(_members(partnership_id, day)).all()


def kinds_of_members(session: Session, partnership_id: int, day: date) -> dict[str, str]:
    """Code of each member agency on a day → its kind."""
    query = _members(partnership_id, day).with_only_columns(Agency.code, Agency.kind)
    return {code: kind for code, kind in session.execute(query)}


def _members(partnership_id: int, day: date) -> Select[Agency]:
    return (
        select(Agency)
        .join(Membership, Membership.agency_id == Agency.id)
        .where(
            Membership.partnership_id == partnership_id,
            in_force(Membership.from_on, Membership.until_on, day),
        )
        .order_by(Agency.kind, Agency.code)
    )


def ever_members(session: Session, partnership_id: int) -> Sequence[Agency]:
    """Every agency that is, was or will be a member."""
    belonged = select(Membership.agency_id).where(Membership.partnership_id == partnership_id)
    return session.scalars(select(Agency).where(Agency.id.in_(belonged))).all()


def schools_ever(session: Session, partnership_id: int) -> frozenset[str]:
    """Codes of the schools that are, were or will be members."""
    belonged = select(Membership.agency_id).where(Membership.partnership_id == partnership_id)
    query = select(Agency.code).where(Agency.id.in_(belonged), Agency.kind == "school")
    return frozenset(session.scalars(query))


def partnerships_of(session: Session, agency_id: int, day: date) -> Sequence[Partnership]:
    """The partnerships that an agency is a member of on a day."""
    return session.scalars(
        select(Partnership)
        .join(Membership, Membership.partnership_id == Partnership.id)
        .where(Membership.agency_id == agency_id, in_force(Membership.from_on, Membership.until_on, day))
        .order_by(Partnership.code)
    ).all()


def areas_on(session: Session, partnership_id: int, day: date) -> Sequence[Area]:
    """The areas in force on a day, or those to which that day's figures were recast, by code."""
    began_or_recast = or_(Area.from_on <= literal(day, Date), Area.recast_from_on <= literal(day, Date))
    not_over = or_(Area.until_on.is_(None), Area.until_on >= literal(day, Date))
    return session.scalars(
        select(Area)
        .where(Area.partnership_id == partnership_id, began_or_recast, not_over)
        .order_by(Area.code)
    ).all()


def partnerships_in(session: Session, region_id: int) -> list[Partnership]:
    """The partnerships that lie in a region on their own today, by name."""
    rows = session.execute(
        select(Partnership, PartnershipRegion.from_on, PartnershipRegion.until_on)
        .join(PartnershipRegion, PartnershipRegion.partnership_id == Partnership.id)
        .where(PartnershipRegion.region_id == region_id)
        .order_by(Partnership.name, Partnership.id)
    ).all()
    return [
        one
        for one, from_on, until_on in rows
        if from_on <= today_for(one) and (until_on is None or today_for(one) <= until_on)
    ]


def led_by_councils(session: Session) -> Sequence[Partnership]:
    """Every partnership that a council leads, by name."""
    query = select(Partnership).where(Partnership.council_agency_id.is_not(None), Partnership.code != ENGLAND)
    return session.scalars(query.order_by(Partnership.name)).all()

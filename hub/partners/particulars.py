"""A partnership's own particulars: name, contact, council, what members see of one another, its areas; and a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.errors import NotReady
from hub.partners.agency_lines import ANY_CODE
from hub.partners.areas import write_area
from hub.partners.models import Agency, Area, Membership, Partnership
from hub.partners.policy import ENGLAND, Actor


@dataclass(frozen=True)
class Particulars:
    name: str
    contact_name: str
    contact_email: str
    council: str  # its code; empty while it is not known
    shares: tuple[str, ...]  # codes of returns


def make(session: Session, actor: Actor, code: str, name: str) -> Partnership:
    """A new partnership, empty: its set-up list says what comes next."""
    if not ANY_CODE.fullmatch(code) or code == ENGLAND:
        raise NotReady(
            "Its short name may hold letters, digits and hyphens, at most 40, and not be “england”."
        )
    if not name:
        raise NotReady("Give the partnership a name.")
    if session.scalar(select(Partnership.id).where(Partnership.code == code)) is not None:
        raise NotReady(f"There is a partnership “{code}” already. Choose another short name.")
    made = Partnership(code=code, name=name)
    session.add(made)
    session.flush()
    _record(session, actor, made, "partnership:make")
    return made


def change(session: Session, actor: Actor, partnership: Partnership, to: Particulars) -> None:
    if not to.name:
        raise NotReady("A partnership needs a name.")
    if to.contact_email and (to.contact_email.count("@") != 1 or " " in to.contact_email):
        raise NotReady(f"“{to.contact_email}” is not an e-mail address.")
    partnership.council_agency_id = _council(session, partnership, to.council)
    partnership.name, partnership.contact_email = to.name, to.contact_email
    partnership.contact_name = to.contact_name or "the partnership’s data team"
    partnership.shares = " ".join(to.shares)
    session.flush()
    _record(session, actor, partnership, "partnership:change")


def councils(session: Session, partnership_id: int) -> list[Agency]:
    """The councils that ever were members."""
    return list(
        session.scalars(
            select(Agency)
            .join(Membership, Membership.agency_id == Agency.id)
            .where(Membership.partnership_id == partnership_id, Agency.kind == "council")
            .distinct()
            .order_by(Agency.name)
        )
    )


def areas(session: Session, partnership_id: int) -> list[Area]:
    return list(
        session.scalars(select(Area).where(Area.partnership_id == partnership_id).order_by(Area.code))
    )


def keep_area(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    code: str,
    *,
    name: str,
    from_on: date | None,
    until_on: date | None,
) -> Area:
    """A new area, or another name or end for one that is there; an area is never removed, figures point to it."""
    found = session.scalar(select(Area).where(Area.partnership_id == partnership.id, Area.code == code))
    if not ANY_CODE.fullmatch(code) or not name:
        raise NotReady("An area needs a short code of letters, digits and hyphens, and a name.")
    if found is None and from_on is None:
        raise NotReady("Say since when the area is there.")
    since = from_on or (found.from_on if found else date.min)
    if until_on is not None and until_on < since:
        raise NotReady("The area cannot end before it begins.")
    area = write_area(
        session,
        partnership,
        code,
        name=name,
        from_on=since,
        until_on=until_on,
        recast_from_on=found.recast_from_on if found else None,
    )
    _record(session, actor, partnership, "area:keep", area=code)
    return area


def _council(session: Session, partnership: Partnership, code: str) -> int | None:
    if not code:
        return partnership.council_agency_id
    for council in councils(session, partnership.id):
        if council.code == code:
            return council.id
    raise NotReady(f"“{code}” is no council of this partnership. Add it to the agencies first.")


def _record(session: Session, actor: Actor, partnership: Partnership, action: str, **detail: str) -> None:
    record(
        session,
        actor=actor.principal,
        action=action,
        subject=f"partnership:{partnership.id}",
        partnership_id=partnership.id,
        detail=detail,
    )

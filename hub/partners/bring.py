"""Agencies brought into a partnership by its data team: one, or many from a CSV, all of them or none.

An agency that the hub knows already keeps its name and its kind, because other partnerships read them too: only its
membership is added. Every act is in the audit chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.errors import Conflict, DefinitionError, NotReady
from hub.partners.agency_lines import COLUMNS, AgencyLine, agencies_from
from hub.partners.heads import lock_head
from hub.partners.load import load_agency
from hub.partners.membership_history import End, write
from hub.partners.models import Agency, Membership, Partnership
from hub.partners.policy import Actor

NEEDED = frozenset({"code", "kind", "name", "member_from"})
NOT_BROUGHT = ("region", "nation")  # no bodies that send returns


@dataclass(frozen=True)
class Brought:
    """What bringing a line does, or would do."""

    line: AgencyLine
    known: Agency | None
    does: Literal["new", "joins", "nothing"]


def read(
    session: Session, partnership: Partnership, text: str, *, file: str
) -> tuple[list[Brought], list[DefinitionError]]:
    """What a CSV would bring, and everything that is wrong with it, line by line. Writes nothing."""
    lines, faults = agencies_from(text, file, optional=frozenset(COLUMNS) - NEEDED)
    brought = []
    for line in lines:
        try:
            brought.append(_judged(session, partnership, line))
        except NotReady as error:
            faults.append(DefinitionError(file, line.line, error.sentence))
    if not lines and not faults:
        faults.append(DefinitionError(file, 1, "holds no agency below its heading."))
    return brought, sorted(faults, key=lambda fault: fault.line or 0)


def bring(session: Session, actor: Actor, partnership: Partnership, brought: Sequence[Brought]) -> int:
    """Write what was read and had no fault. Returns how many agencies are new to the partnership."""
    joining = [
        Membership(
            partnership_id=partnership.id,
            agency_id=(each.known or load_agency(session, each.line)).id,
            from_on=each.line.member_from,
            until_on=each.line.member_until,
        )
        for each in brought
        if each.does != "nothing"
    ]
    write(session, partnership, new=joining)
    for membership in joining:
        _record(session, actor, membership, "agency:join")
    return len(joining)


def memberships(session: Session, partnership_id: int, agency_id: int) -> list[Membership]:
    query = select(Membership).where(
        Membership.partnership_id == partnership_id, Membership.agency_id == agency_id
    )
    return list(session.scalars(query.order_by(Membership.from_on)))


def leave(session: Session, actor: Actor, membership: Membership, *, last_on: date | None, seen: str) -> None:
    """Say the last day of a membership, or that it has none. `seen` is what the page showed: another change is a Conflict.

    A day that is past changes what is asked from now on, and nothing of what a page as at an earlier moment says.
    """
    partnership = session.get_one(Partnership, membership.partnership_id)
    lock_head(session, partnership.id)  # nobody changes it meanwhile
    session.refresh(membership)
    if seen != _as_seen(membership):
        raise Conflict(
            f"Somebody changed this membership meanwhile: it {_in_words(membership)}. Look at it, then decide again."
        )
    if last_on is not None and last_on < membership.from_on:
        raise NotReady("The membership cannot end before it begins.")
    _refuse_overlaps(session, membership, last_on)
    write(session, partnership, ends=[End(membership, last_on)])
    _record(session, actor, membership, "agency:leave" if last_on else "agency:stay")


def _judged(session: Session, partnership: Partnership, line: AgencyLine) -> Brought:
    """Raises NotReady with what is wrong with the line beside what the hub knows."""
    if line.kind in NOT_BROUGHT:
        raise NotReady(f"a {line.kind} sends no returns and is no agency of a partnership.")
    if line.member_from is None:
        raise NotReady("member_from: say since when it takes part, for example 2026-04-01.")
    if line.successors:
        raise NotReady("a successor is said on the calendar’s page of agencies, not here.")
    known = session.scalar(select(Agency).where(Agency.code == line.code))
    if known is None:
        return Brought(line, None, "new")
    if known.kind != line.kind:
        raise NotReady(f"“{line.code}” is known here as {known.name}, of another kind: {known.kind}.")
    for held in memberships(session, partnership.id, known.id):
        if held.from_on == line.member_from and held.until_on == line.member_until:
            return Brought(line, known, "nothing")
        if _overlap(held, line.member_from, line.member_until):
            raise NotReady(f"{known.name} takes part already: it {_in_words(held)}.")
    return Brought(line, known, "joins")


def _refuse_overlaps(session: Session, membership: Membership, last_on: date | None) -> None:
    for other in memberships(session, membership.partnership_id, membership.agency_id):
        if other.id != membership.id and _overlap(other, membership.from_on, last_on):
            raise NotReady(f"This would overlap another membership of the agency, which {_in_words(other)}.")


def _overlap(held: Membership, from_on: date, until_on: date | None) -> bool:
    never = date.max - timedelta(days=1)
    return held.from_on <= (until_on or never) and from_on <= (held.until_on or never)


def _as_seen(membership: Membership) -> str:
    return membership.until_on.isoformat() if membership.until_on else ""


def _in_words(membership: Membership) -> str:
    end = f" and ends on {membership.until_on:%-d %B %Y}" if membership.until_on else " and has no end"
    return f"began on {membership.from_on:%-d %B %Y}{end}"


def _record(session: Session, actor: Actor, membership: Membership, action: str) -> None:
    record(
        session,
        actor=actor.principal,
        action=action,
        subject=f"agency:{membership.agency_id}",
        partnership_id=membership.partnership_id,
        detail={"from": membership.from_on.isoformat(), "until": _as_seen(membership)},
    )

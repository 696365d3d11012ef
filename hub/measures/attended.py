"""How many of the bodies that were invited came to a group's meetings (BD01), deputies counted, by when the meetings were held.

Only what another person confirmed of who came counts. A period without a meeting is not due; one whose meetings nobody
confirmed is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.measures.model import AGENCY, AGENCY_KIND, Asked, Coverage, Measure, Point, Series
from hub.measures.points import value_of
from hub.meetings.read import Meeting, attendance_by_body, meetings_as_at
from hub.partners.models import Agency, Partnership
from hub.partners.successions import followed
from hub.periods import Period, between, containing


def series(session: Session, partnership: Partnership, at: AsAt, definition: Measure, asked: Asked) -> Series:
    """Percent of invitations that were taken up, in periods that are over: of all bodies, of one, or by agency."""
    if asked.area_id is not None or asked.by not in (None, AGENCY, AGENCY_KIND):
        raise UnknownDefinition(f"{definition.id} cannot be broken down by {asked.by or 'area'}.")
    group = definition.sources[asked.kind].group
    held = [
        meeting
        for meeting in meetings_as_at(session, partnership.id, at.moment)
        if meeting.group_code == group and meeting.called_off_at is None and meeting.held_on <= at.today
    ]
    lines = _lines(session, at, held, asked)
    points = tuple(_points(definition, at, asked, held, lines)) if held else ()
    return Series(definition, partnership.code, at.moment, points, asked.by)


def _lines(session: Session, at: AsAt, held: Sequence[Meeting], asked: Asked) -> Mapping[str, frozenset[str]]:
    """Line → its bodies. A post is a body that is no agency: it has no line of its own and is part of the whole."""
    bodies = frozenset(body for meeting in held for body in meeting.invited)
    if asked.by is None and asked.agency_id is None:
        return {"": bodies}
    query = select(Agency.code, Agency.kind).where(Agency.code.in_(bodies))
    if asked.agency_ids is not None:
        query = query.where(Agency.id.in_(asked.agency_ids))
    kinds: dict[str, str] = dict(session.execute(query).all())
    if asked.by is None:
        return {"": frozenset(kinds)} if kinds else {}
    successors = followed(session, at.today, at.moment) if asked.follow else {}
    line_of = kinds if asked.by == AGENCY_KIND else {code: successors.get(code, code) for code in kinds}
    return {
        line: frozenset(code for code in kinds if line_of[code] == line)
        for line in sorted(set(line_of.values()))
    }


def _points(
    definition: Measure,
    at: AsAt,
    asked: Asked,
    held: Sequence[Meeting],
    lines: Mapping[str, frozenset[str]],
) -> Iterator[Point]:
    periods = between(containing(held[0].held_on, asked.kind), containing(at.today, asked.kind))
    for line, bodies in lines.items():
        for period in periods:
            if asked.expects(period, at.today):
                yield _point(definition, period, {asked.by: line} if asked.by else {}, bodies, held)


def _point(
    definition: Measure, period: Period, said: dict[str, str], bodies: frozenset[str], held: Sequence[Meeting]
) -> Point:
    invited_to = [
        meeting
        for meeting in held
        if period.starts_on <= meeting.held_on <= period.ends_on and not bodies.isdisjoint(meeting.invited)
    ]
    rows = [
        row for row in attendance_by_body(invited_to, period.starts_on, period.ends_on) if row.body in bodies
    ]
    over = Coverage(
        sum(meeting.confirmed is not None for meeting in invited_to), len(invited_to), of="meeting"
    )
    if not rows:
        return Point(period, None, None, None, over, "missing" if invited_to else "not_due", said)
    came, invited = sum(row.came for row in rows), sum(row.invited for row in rows)
    state = "value" if over.received == over.due else "partial"
    return Point(period, value_of(definition, came, invited), came, invited, over, state, said)

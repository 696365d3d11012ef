"""Meetings for whoever reads the Board: those to come and those that were held, one meeting, how often each body came."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, g, render_template, request

from hub.access import transaction
from hub.access.guard import requires
from hub.board.group_list import group_list
from hub.board.packs.parts import DEFAULT, PARTS
from hub.board.packs.read import current_packs, packs_of_meeting
from hub.measures.load import measures_as_at
from hub.meetings.read import (
    CADENCES,
    attendance_by_body,
    body_names,
    group_as_at,
    groups_as_at,
    meeting_as_at,
    meetings_as_at,
)
from hub.partners import queries
from hub.partners.policy import Permission, Place
from hub.web import present_challenges, reach
from hub.web.routes.board import moment_of

blueprint = Blueprint("meetings", __name__, url_prefix="/partnerships/<partnership>/meetings")

A_YEAR = timedelta(days=365)


@blueprint.get("")
@requires(Permission.BOARD_READ, of="partnership")
def listing(partnership: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    found = meetings_as_at(session, place.id, at.moment)
    groups = groups_as_at(session, place.id, at.moment)
    titles = {group.code: group.title for group in groups}
    codes = {meeting.group_code for meeting in found}
    first = at.today - A_YEAR
    attendance = {
        code: attendance_by_body(
            [meeting for meeting in found if meeting.group_code == code], first, at.today
        )
        for code in sorted(codes)
    }
    return render_template(
        "meetings/listing.html",
        heading="Meetings",
        to_come=[each for each in found if each.held_on >= at.today],
        held=[each for each in reversed(found) if each.held_on < at.today],
        groups=groups,
        titles={code: titles.get(code, code.replace("-", " ").capitalize()) for code in codes},
        cadences=CADENCES,
        attendance={code: rows for code, rows in attendance.items() if rows},
        names=body_names(session, {body for rows in attendance.values() for body in (r.body for r in rows)}),
        packs=current_packs(session, place.id, at.moment),
        at=at,
        since=first,
        may_run=reach.may_here(Permission.MEETING_RUN, Place(place.id)),
    )


def page(partnership: str, meeting: int, *, complaint: str = "", asks_sure: bool = False) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    found = meeting_as_at(session, place.id, meeting, at.moment)
    titles = {group.code: group.title for group in groups_as_at(session, place.id, at.moment)}
    title = titles.get(found.group_code, found.group_code.replace("-", " ").capitalize())
    may_run = reach.may_here(Permission.MEETING_RUN, Place(place.id)) and not request.args.get("as_at")
    return render_template(
        "meetings/one.html",
        heading=f"{title}, {found.held_on.day} {found.held_on:%B %Y}",
        meeting=found,
        known=found.group_code in titles,
        names=body_names(session, found.invited),
        parts=PARTS,
        chosen=found.agenda or DEFAULT,
        packs=[
            each
            for each in packs_of_meeting(session, place.id, found.id, g.as_at_shown)
            if each.seal or may_run
        ],
        at=at,
        measures=measures_as_at(session, at.moment).values() if may_run else (),
        may_run=may_run,
        me=g.actor.id,
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


@blueprint.get("/<int:meeting>")
@requires(Permission.BOARD_READ, of="partnership")
def one(partnership: str, meeting: int) -> str:
    return page(partnership, meeting)


@blueprint.get("/groups/<group>")
@requires(Permission.BOARD_READ, of="partnership")
def since_last(partnership: str, group: str) -> str:
    """What is new for a group since it met last."""
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    found = group_as_at(session, place.id, group, at.moment)
    new = group_list(session, place, found, at, reach.audience(place), reach.is_party(place))
    return render_template(
        "meetings/list.html",
        heading=f"List of the {found.title}, {at.today.day} {at.today:%B %Y}",
        found=new,
        questions=present_challenges.shown(session, place, new.questions, at.today),
        names=body_names(session, {each.verdict.party for each in new.slipping}),
    )

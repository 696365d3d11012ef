"""What the data team does with groups and meetings: groups, planning, who came, decisions, questions asked in a meeting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.board.challenges.acts import ask
from hub.board.challenges.subjects import subject_of
from hub.board.packs.parts import DEFAULT, PARTS
from hub.clock import now_for, today_for
from hub.errors import AreYouSure, HubError
from hub.facts.moments import as_at
from hub.meetings import acts
from hub.meetings.read import CADENCES, Group, body_names, groups_as_at
from hub.partners import queries
from hub.partners.policy import Permission
from hub.web import fields, layout, typed
from hub.web.once import once
from hub.web.routes import meetings
from hub.web.routes.board import measure_of

blueprint = Blueprint("meetings_running", __name__, url_prefix="/partnerships/<partnership>")
ONE = "/meetings/<int:meeting>"


def _groups(*, complaint: str = "", asks_sure: bool = False) -> str:
    session = transaction.reading()
    place = layout.partnership_of_page()
    found = groups_as_at(session, place.id, now_for(place))
    chosen = next((group for group in found if group.code == request.args.get("group")), None)
    return render_template(
        "meetings/groups.html",
        heading="Groups and meetings",
        groups=found,
        chosen=chosen,
        names=body_names(session, {body for group in found for body in group.bodies}),
        members=queries.members_on(session, place.id, today_for(place)),
        cadences=CADENCES,
        parts=PARTS,
        agenda=request.form.getlist("agenda") or DEFAULT,
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


@blueprint.get("/run/groups")
@requires(Permission.MEETING_RUN, of="partnership")
def groups(partnership: str) -> str:
    return _groups()


def groups_again(error: HubError, partnership: str) -> ResponseReturnValue:
    return _groups(complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)), 409


@blueprint.post("/run/groups")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=groups_again)
def keep_group(partnership: str) -> ResponseReturnValue:
    place = layout.partnership_of_page()
    typed.names([fields.text("title")])
    group = Group(
        code=fields.text("code"),
        title=fields.text("title"),
        cadence=fields.text("cadence"),
        quorum=fields.number("quorum"),
        bodies=tuple(request.form.get("bodies", "").split()),
    )
    acts.keep_group(transaction.writing(), g.actor, place, group)
    return redirect(url_for("meetings_running.groups", partnership=partnership, done="group-kept"), 303)


@blueprint.post("/run/groups/plan")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=groups_again)
def plan(partnership: str) -> ResponseReturnValue:
    number = acts.plan(
        transaction.writing(),
        g.actor,
        layout.partnership_of_page(),
        fields.text("group"),
        held_on=fields.day("held_on"),
        freezes_on=fields.day("freezes_on"),
        agenda=[part for part in PARTS if part in fields.several("agenda")],
    )
    return _to_meeting(partnership, number, "meeting-planned")


def _to_meeting(partnership: str, meeting: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("meetings.one", partnership=partnership, meeting=meeting, done=done), 303)


def not_done(error: HubError, partnership: str, meeting: int) -> ResponseReturnValue:
    sure = isinstance(error, AreYouSure)
    return meetings.page(partnership, meeting, complaint=error.sentence, asks_sure=sure), 409


def _acting(meeting: int) -> dict[str, Any]:
    place = layout.partnership_of_page()
    typed.checked([request.form.get("words", "")])
    seen = request.form.get("seen", "")
    doer = acts.Doer(g.actor, meeting, int(seen) if seen.isdecimal() and len(seen) < 9 else -1)
    return {"session": transaction.writing(), "partnership": place, "doer": doer}


@blueprint.post(f"{ONE}/attendance")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_done)
def attend(partnership: str, meeting: int) -> ResponseReturnValue:
    came = {name.removeprefix("came-"): how for name, how in request.form.items() if name.startswith("came-")}
    acts.attend(
        **_acting(meeting),
        present=[body for body, how in came.items() if how == "itself"],
        deputies=[body for body, how in came.items() if how == "deputy"],
    )
    return _to_meeting(partnership, meeting, "meeting-noted")


@blueprint.post(f"{ONE}/confirm")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_done)
def confirm(partnership: str, meeting: int) -> ResponseReturnValue:
    acts.confirm(**_acting(meeting))
    return _to_meeting(partnership, meeting, "meeting-noted")


@blueprint.post(f"{ONE}/decision")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_done)
def decide(partnership: str, meeting: int) -> ResponseReturnValue:
    acting, about = _acting(meeting), fields.text("measure")
    if about:
        measure_of(about, as_at(acting["session"], acting["partnership"]))
    acts.decide(
        **acting,
        words=request.form.get("words", ""),
        owner=fields.text("owner"),
        due_on=fields.day("due_on"),
        measure=about,
    )
    return _to_meeting(partnership, meeting, "meeting-noted")


@blueprint.post(f"{ONE}/question")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_done)
def question(partnership: str, meeting: int) -> ResponseReturnValue:
    """A question that was asked in the meeting becomes a question to the Board, with its owner and clock."""
    acting = _acting(meeting)
    session, place = acting["session"], acting["partnership"]
    number = ask(
        session, g.actor, place, subject_of(session, place, "free", ""), words=request.form.get("words", "")
    )
    acts.question(**acting, challenge=number)
    return _to_meeting(partnership, meeting, "question-asked")


@blueprint.post(f"{ONE}/call-off")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_done)
def call_off(partnership: str, meeting: int) -> ResponseReturnValue:
    acts.call_off(**_acting(meeting), words=request.form.get("words", ""))
    return _to_meeting(partnership, meeting, "meeting-noted")

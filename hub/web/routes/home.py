"""The first page: what I owe and what waits for me; for a data team, who sent what."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from hub.access import transaction
from hub.access.guard import public, requires
from hub.board.packs.read import waiting_for
from hub.clock import today_for
from hub.partners.models import Agency
from hub.partners.policy import Permission
from hub.submissions.signatories import ByDeputy, done_by_deputies
from hub.web import (
    layout,
    present_ahead,
    present_challenges,
    present_corrections,
    present_home,
    present_matters,
    present_set_up,
    present_standing,
    reach,
)

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(Permission.ACCOUNT_OWN)
def home() -> str:
    session = transaction.reading()
    agency_ids = reach.agency_ids(Permission.SUBMISSION_STATUS)
    mine = reach.partnerships_of_agencies(agency_ids)
    stewarded = reach.partnerships(reach.partnership_ids(Permission.SUBMISSION_STATUS))
    todays = {one.id: (one, today_for(one)) for one in mine}
    signs_for = reach.agency_ids(Permission.SUBMISSION_SIGN)
    by_deputy = _by_deputy(session, signs_for) if mine else []
    layout.about_one_of([*mine, *stewarded, *reach.partnerships(reach.any_partnership_ids())])
    return render_template(
        "home.html",
        heading="What is due" if mine or stewarded else "Home",
        work=present_home.work(session, todays, agency_ids, signs_for) if mine else None,
        corrections_asked=present_corrections.on_first_page(session),
        differences=present_matters.blocks(session, [*mine, *stewarded]),
        questions=_questions(session),
        proofs=[
            (place, each)
            for place in reach.readable(Permission.MEETING_RUN)
            for each in waiting_for(session, place.id, g.actor.id)
        ],
        ahead=[
            found
            for place in reach.partnerships(reach.partnership_ids(Permission.BOARD_READ))
            if (found := present_ahead.ahead(session, place)).meetings
        ],
        standing=present_standing.waiting(session, [*mine, *(one for one in stewarded if one not in mine)]),
        regions=reach.regions(),
        several=len(mine) > 1,
        several_agencies=len(agency_ids) > 1,
        overviews=[present_home.overview(session, one) for one in stewarded],
        to_answer=present_home.to_answer(session, mine, todays) if mine else [],
        deputies_of=[session.get_one(Agency, each).code for each in sorted(signs_for)] if mine else [],
        by_deputy=by_deputy,
        deputy_titles=present_home.titles(session, (each.return_code for each in by_deputy)),
        roles=reach.role_names(),
        set_up=present_set_up.steps(session) if reach.held_with(Permission.SETTING_MANAGE) else None,
    )


def _questions(session: Session) -> list[present_challenges.Waiting]:
    """Questions to the Board that wait for the person: in the partnerships that they may ask or answer in."""
    acts = (Permission.CHALLENGE_ASK, Permission.CHALLENGE_ANSWER)
    places = {one.id: one for permission in acts for one in reach.readable(permission)}
    own = reach.partnerships_of_agencies(reach.agency_ids(Permission.CHALLENGE_ANSWER))
    return present_challenges.waiting(session, list({**places, **{one.id: one for one in own}}.values()))


def _by_deputy(session: Session, signs_for: set[int]) -> list[ByDeputy]:
    """What the person's deputies did in the last quarter of a year."""
    places = reach.partnerships_of_agencies(signs_for)
    since = min((today_for(each) for each in places), default=None)
    return done_by_deputies(session, g.actor.id, signs_for, since=since - timedelta(days=92)) if since else []


def lead_to_set_up() -> ResponseReturnValue | None:
    """Before the guard: nobody could sign in to an empty deployment, so its first page is the set-up list."""
    if (
        request.endpoint != "home.home"
        or request.cookies
        or not present_set_up.is_empty(transaction.reading())
    ):
        return None
    return redirect(url_for("home.set_up"))


@blueprint.get("/set-up")
@public("says how a deployment begins, and which steps are done; no names and no figures")
def set_up() -> str:
    return render_template(
        "set_up.html", heading="Set up this hub", set_up=present_set_up.steps(transaction.reading())
    )

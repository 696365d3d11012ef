"""How long typed text is kept, what the retention job would blank next, legal holds; always two persons."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.access.objects import LARGEST_NUMBER
from hub.errors import HubError, NotReady
from hub.partners import retention
from hub.partners.models import Partnership, Person
from hub.partners.retention_models import RetentionChange
from hub.web import fields, reach, typed
from hub.web.layout import partnership_of_page
from hub.web.once import once

blueprint = Blueprint("running_retention", __name__, url_prefix="/partnerships/<partnership>/run/retention")


@blueprint.get("")
@requires(Permission.PARTNERSHIP_RUN, of="partnership")
def page(partnership: str) -> str:
    return _page()


def _page(*, complaint: str = "") -> str:
    session, place = transaction.reading(), partnership_of_page()
    schedule = retention.schedule(session, place)

    def named(change: RetentionChange) -> tuple[RetentionChange, str]:
        return change, session.get_one(Person, change.asked_by).name

    return render_template(
        "run/retention.html",
        heading="Retention",
        schedule=schedule,
        titles={each.text_class.code: each.text_class.title for each in schedule}
        | {retention.ALL: "Every class"},
        waiting=[named(each) for each in retention.waiting(session, place.id)],
        holds=[named(each) for each in retention.holds(session, place.id).values()],
        runs=retention.runs(session, place.id),
        may_ask=reach.may_here(Permission.RETENTION_ASK, g.place),
        may_agree=reach.may_here(Permission.RETENTION_AGREE, g.place),
        me=g.person.id,
        complaint=complaint,
    )


def _not_done(error: HubError, partnership: str, **_number: int) -> ResponseReturnValue:
    return _page(complaint=error.sentence), 409


@blueprint.post("")
@requires(Permission.RETENTION_ASK, of="partnership")
@once(refused=_not_done)
def ask(partnership: str) -> ResponseReturnValue:
    session, reason, years = transaction.writing(), fields.text("reason"), fields.text("years")
    typed.checked([reason])
    if years and not (years.isascii() and years.isdecimal() and len(years) < 4):
        raise NotReady("Years are a whole number, or nothing for good.")
    retention.ask(
        session,
        session.get_one(Partnership, g.place.partnership_id),
        person_id=g.person.id,
        kind=fields.text("kind"),
        class_code=fields.text("class"),
        years=int(years) if years else None,
        reason=reason,
    )
    return redirect(url_for("running_retention.page", partnership=partnership, done="asked-retention"), 303)


@blueprint.post("/<int:number>/agree")
@requires(Permission.RETENTION_AGREE, of="partnership")
@once(refused=_not_done)
def agree(partnership: str, number: int) -> ResponseReturnValue:
    return _decide(partnership, number, "agreed")


@blueprint.post("/<int:number>/refuse")
@requires(Permission.RETENTION_AGREE, of="partnership")
@once(refused=_not_done)
def refuse(partnership: str, number: int) -> ResponseReturnValue:
    return _decide(partnership, number, "refused")


def _decide(partnership: str, number: int, decision: str) -> ResponseReturnValue:
    session = transaction.writing()
    place = session.get_one(Partnership, g.place.partnership_id)
    retention.decide(session, place, min(number, LARGEST_NUMBER), decision, person_id=g.person.id)
    return redirect(url_for("running_retention.page", partnership=partnership, done="kept"), 303)

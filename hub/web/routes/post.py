"""The data team's pages of the post: the outbox, one letter, sending a failed one again, a test; and the worker's jobs."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.audit.chain import record
from hub.clock import now_for, real_now
from hub.errors import HubError, NotReady
from hub.partners.models import Partnership
from hub.post import outbox
from hub.post.outbox import Telling, tell
from hub.web import fields, layout, present_post
from hub.web.layout import partnership_of_page
from hub.web.once import once

blueprint = Blueprint("post", __name__, url_prefix="/partnerships/<partnership>")


def _outbox(*, complaint: str = "") -> str:
    found, state = partnership_of_page(), request.args.get("state", "")
    state = state if state in present_post.SHOWN_AS else ""
    return render_template(
        "post/outbox.html",
        heading="Outbox",
        one=found,
        state=state,
        states=present_post.SHOWN_AS,
        page=fields.page(),
        shown=present_post.outbox_of(transaction.reading(), found.id, state=state, page=fields.page()),
        service=_service(),
        complaint=complaint,
    )


def _service() -> str:
    """Which way mail leaves, in words; empty where it does not."""
    config = layout.config()
    if config.notify_key:
        return "GOV.UK Notify"
    return f"the mail server {config.smtp_host}" if config.smtp_host else ""


@blueprint.get("/outbox")
@requires(Permission.OUTBOX_MANAGE, of="partnership")
def listing(partnership: str) -> str:
    return _outbox()


@blueprint.get("/outbox/<int:number>")
@requires(Permission.OUTBOX_MANAGE, of="partnership")
def letter(partnership: str, number: int) -> str:
    found = partnership_of_page()
    shown = present_post.letter(transaction.reading(), found.id, number)
    return render_template(
        "post/letter.html", heading=f"To {shown.row.to}: {shown.row.subject}", one=found, shown=shown
    )


def _not_done(error: HubError, partnership: str, number: int = 0) -> ResponseReturnValue:
    return _outbox(complaint=error.sentence), 409


@blueprint.post("/outbox/<int:number>/again")
@requires(Permission.OUTBOX_MANAGE, of="partnership")
@once(refused=_not_done)
def again(partnership: str, number: int) -> ResponseReturnValue:
    session, found = transaction.writing(), partnership_of_page()
    present_post.letter(session, found.id, number)
    if not outbox.again(session, number, now=real_now()):
        raise NotReady("Only a letter that failed can be sent again. This one did not, or it is on its way.")
    _record("post:again", f"letter:{number}", found)
    return redirect(url_for("post.letter", partnership=partnership, number=number, done="again"), 303)


@blueprint.post("/outbox/test")
@requires(Permission.OUTBOX_MANAGE, of="partnership")
@once(refused=_not_done)
def test(partnership: str) -> ResponseReturnValue:
    """A letter to oneself, by the way that all letters go."""
    session, found = transaction.writing(), partnership_of_page()
    telling = Telling(
        partnership_id=found.id,
        kind="test",
        occasion=real_now().isoformat(),
        made_at=now_for(found),
        person_id=g.person.id,
    )
    tell(session, [telling])
    _record("post:test", f"person:{g.person.id}", found)
    return redirect(url_for("post.listing", partnership=partnership, done="test-mail"), 303)


@blueprint.get("/jobs")
@requires(Permission.OUTBOX_MANAGE, of="partnership")
def jobs(partnership: str) -> str:
    found = partnership_of_page()
    rows, more = present_post.jobs_of(transaction.reading(), found.id, page=fields.page())
    return render_template(
        "post/jobs.html", heading="Jobs", one=found, rows=rows, more=more, page=fields.page()
    )


def _record(action: str, subject: str, found: Partnership) -> None:
    record(
        transaction.writing(),
        actor=g.actor.principal,
        action=action,
        subject=subject,
        partnership_id=found.id,
    )

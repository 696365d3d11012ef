"""What is done about one role: approved, refused, renewed, ended; its holder disabled, let in again, given a link."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.audit.chain import record
from hub.clock import real_now
from hub.errors import HubError, NotReady
from hub.partners import grants, invitations, people
from hub.partners.models import Grant, Person
from hub.partners.roles import SOME
from hub.submissions.invitations_by_mail import invite_again
from hub.web.once import once
from hub.web.people_page import address, page

blueprint = Blueprint("grants", __name__, url_prefix="/grants/<int:grant>")


def _not_done(error: HubError, grant: int) -> ResponseReturnValue:
    return page(complaint=error.sentence), 409


@blueprint.post("/approve")
@requires(Permission.GRANT_APPROVE, of="grant", only=SOME)
@once(refused=_not_done)
def approve(grant: int) -> ResponseReturnValue:
    session = transaction.writing()
    grants.approve(session, g.actor, session.get_one(Grant, grant), now=real_now())
    return redirect(address(g.place, done="approved"), 303)


@blueprint.post("/refuse")
@requires(Permission.PEOPLE_SEE, of="grant")
@once(refused=_not_done)
def refuse(grant: int) -> ResponseReturnValue:
    """By an approver, or taken back by whoever asked."""
    session = transaction.writing()
    grants.refuse(session, g.actor, session.get_one(Grant, grant), now=real_now())
    return redirect(address(g.place, done="refused"), 303)


@blueprint.post("/renew")
@requires(Permission.GRANT_APPROVE, of="grant", only=SOME)
@once(refused=_not_done)
def renew(grant: int) -> ResponseReturnValue:
    session = transaction.writing()
    grants.renew(session, g.actor, session.get_one(Grant, grant), now=real_now())
    return redirect(address(g.place, done="renewed"), 303)


@blueprint.post("/invite")
@requires(Permission.PERSON_INVITE, of="grant")
@once(refused=_not_done)
def invite(grant: int) -> ResponseReturnValue:
    """By mail, once more: nobody but the invited person sees the link."""
    session = transaction.writing()
    invite_again(session, g.actor, session.get_one(Grant, grant), now=real_now())
    return redirect(address(g.place, done="invited"), 303)


@blueprint.post("/end")
@requires(Permission.PERSON_DISABLE, of="grant")
@once(refused=_not_done)
def end(grant: int) -> ResponseReturnValue:
    session = transaction.writing()
    grants.end(session, g.actor, session.get_one(Grant, grant), now=real_now())
    return redirect(address(g.place, done="role-ended"), 303)


@blueprint.post("/disable")
@requires(Permission.PERSON_DISABLE, of="grant")
@once(refused=_not_done)
def disable(grant: int) -> ResponseReturnValue:
    """The person who holds the role, as far as the asker's reach goes."""
    session = transaction.writing()
    person = session.get_one(Person, session.get_one(Grant, grant).person_id)
    whole = grants.disable(session, g.actor, person, now=real_now())
    return redirect(address(g.place, done="disabled" if whole else "disabled-here"), 303)


@blueprint.post("/enable")
@requires(Permission.PERSON_ENABLE, of="grant")
@once(refused=_not_done)
def enable(grant: int) -> ResponseReturnValue:
    session = transaction.writing()
    grants.enable(session, g.actor, session.get_one(Person, session.get_one(Grant, grant).person_id))
    return redirect(address(g.place, done="enabled"), 303)


@blueprint.post("/link")
@requires(Permission.GRANT_APPROVE, of="grant", only=SOME, fresh=True)
def link(grant: int) -> ResponseReturnValue:
    """A one-time link, shown this once: a first sign-in, a forgotten password or a lost app."""
    session, now = transaction.writing(), real_now()
    found = session.get_one(Grant, grant)
    if not grants.may_decide(session, g.actor, found) or grants.is_waiting(found) or found.ended_at:
        return _not_done(
            NotReady(
                "A link is made once the role is approved, by somebody who may approve it, for somebody else."
            ),
            grant,
        )
    person = session.get_one(Person, found.person_id)
    wanted = "second_factor" if request.form.get("lost") == "second_factor" else "password"
    purpose = wanted if people.has_account(session, person.id) else "first"
    token = invitations.make(session, person, purpose, now=now)
    record(
        session,
        actor=g.actor.principal,
        action="person:link",
        subject=f"person:{person.id}",
        detail={"purpose": purpose},
    )
    return render_template(
        "people/link.html",
        heading="A one-time link",
        invited=person,
        days=invitations.LASTS[purpose].days,
        link=url_for("invitation.form", token=token, _external=True),
        back_to=address(g.place),
    )

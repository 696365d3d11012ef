"""Accepting a one-time link: a name, a password and, where the role needs it, an authenticator app."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import public
from hub.access.sessions import config, is_demo
from hub.audit.chain import record
from hub.clock import real_now
from hub.errors import NotFound
from hub.partners import accounts, invitations, invited, passwords, second_factor
from hub.partners.models import Account, Invitation, Person
from hub.partners.secrets import seal, unseal
from hub.web.routes.sign_in import welcome

blueprint = Blueprint("invitation", __name__)

THE_LINK = "the link itself is the proof"
SECRET_SECONDS = 3600
PURPOSE = "offered second factor"
WRONG_CODE = "This is not the app’s present code. Wait for the next one and type its six digits."


@dataclass(frozen=True)
class Faults:
    name: str = ""
    password: str = ""
    code: str = ""

    @property
    def any(self) -> bool:
        return bool(self.name or self.password or self.code)


@blueprint.get("/invitation/<token>")
@public(THE_LINK)
def form(token: str) -> ResponseReturnValue:
    try:
        invitation, person = invitations.find(transaction.reading(), token, now=real_now())
    except NotFound as error:
        return render_template(
            "sign_in/spent.html", heading="This link does not work", sentence=error.sentence
        ), 404
    return page(invitation, person, secret=second_factor.new_secret(), faults=Faults())


@blueprint.post("/invitation/<token>")
@public(THE_LINK)
def accept(token: str) -> ResponseReturnValue:
    session, now = transaction.writing(), real_now()
    try:
        invitation, person = invitations.find(session, token, now=now)
    except NotFound as error:
        return render_template(
            "sign_in/spent.html", heading="This link does not work", sentence=error.sentence
        ), 404
    secret = _offered()
    step = second_factor.step_of(secret, request.form.get("code", ""), now=now)
    needs_code = invitations.asks_for_code(session, invitation, now=now) and not is_demo()
    faults = Faults(
        name=""
        if request.form.get("name", "").strip()
        else "Enter your name, as colleagues should read it beside a signature.",
        password=_password_fault(person),
        code=WRONG_CODE if needs_code and step is None else "",
    )
    if faults.any:
        return page(invitation, person, secret=secret, faults=faults), 400
    account = _open(invitation, person)
    if needs_code and step is not None:
        second_factor.enrol(account, secret, secret_key=config().secret_key, step=step)
    record(
        session,
        actor=f"person:{person.id}",
        action="account:open",
        subject=f"person:{person.id}",
        detail={"by": invitation.purpose},
    )
    return welcome(account, onward="/")


def page(invitation: Invitation, person: Person, *, secret: str, faults: Faults) -> str:
    session = transaction.reading()
    return render_template(
        "sign_in/invitation.html",
        heading="Welcome" if invitation.purpose == "first" else "Choose a new password",
        person=None,
        invited=person,
        name=request.form.get("name", "" if invitation.purpose == "first" else person.name),
        first=invitation.purpose == "first",
        what_for=invited.what_for(session, person, now=real_now()),
        sees=invited.SEES,
        code_asked=invitations.asks_for_code(session, invitation, now=real_now()) and not is_demo(),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        link=second_factor.link(secret, email=person.email),
        offered=seal(config().secret_key, PURPOSE, secret.encode()).decode(),
        faults=faults,
        provider=config().oidc_name if config().oidc_issuer else "",
    )


def _open(invitation: Invitation, person: Person) -> Account:
    """The account, with the link spent and every earlier sign-in ended."""
    session, now = transaction.writing(), real_now()
    invitations.spend(session, invitation, now=now)
    person.name = request.form["name"].strip()[:200]
    account = accounts.open_local(session, person, request.form["password"], now=now)
    if invitation.purpose == "second_factor":
        account.totp_secret = account.totp_last_step = None
    return account


def _password_fault(person: Person) -> str:
    if request.form.get("password") != request.form.get("again"):
        return "The two passwords are not the same. Type the password in both places."
    return passwords.fault(request.form.get("password", ""), email=person.email) or ""


def _offered() -> str:
    """The secret that this page offered earlier; a page that was open too long offers a new one."""
    sealed = request.form.get("offered", "")
    plain = (
        unseal(config().secret_key, PURPOSE, sealed.encode(), ttl_seconds=SECRET_SECONDS) if sealed else None
    )
    return plain.decode() if plain else second_factor.new_secret()

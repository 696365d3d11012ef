"""One's own account: the roles held, the places where one is signed in, password and second factor."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import guard, sign_in, transaction
from hub.access.guard import Permission, requires
from hub.access.sessions import config, is_demo
from hub.audit.chain import record
from hub.clock import real_now
from hub.errors import NotAllowed
from hub.partners import accounts, passwords, people, second_factor, sign_ins
from hub.partners.accounts import Typed
from hub.partners.models import Account, Agency, Partnership
from hub.partners.policy import Place, grants_of
from hub.partners.roles import matrix
from hub.partners.secrets import seal, unseal
from hub.post.models import PostChoice
from hub.web import reach
from hub.web.routes.sign_in import prove

blueprint = Blueprint("account", __name__)

OFFERED, OFFERED_SECONDS = "offered second factor", 3600
AT_PROVIDER = "You sign in with your organisation’s account. Change its password and second factor there."


@blueprint.get("/account")
@requires(Permission.ACCOUNT_OWN)
def account() -> str:
    return account_page()


@blueprint.post("/account/sign-ins/end")
@requires(Permission.ACCOUNT_OWN)
def end_sign_ins() -> ResponseReturnValue:
    """End one of one's own sign-ins, or all the others."""
    one = request.form.get("sign_in", "")
    session, now = transaction.writing(), real_now()
    if one.isdecimal():
        sign_ins.end(session, g.person.id, now=now, only=int(one))
    else:
        sign_ins.end(session, g.person.id, now=now, but=g.sign_in.id)
    return redirect(url_for("account.account"), 303)


@blueprint.post("/account/post")
@requires(Permission.ACCOUNT_OWN)
def choose_post() -> ResponseReturnValue:
    """One mail a day, or each as it happens."""
    digest = request.form.get("post") != "single"
    transaction.writing().merge(PostChoice(person_id=g.person.id, digest=digest))
    _record("account:post")
    return redirect(url_for("account.account", done="post-chosen"), 303)


@blueprint.post("/account/password")
@requires(Permission.ACCOUNT_OWN)
def change_password() -> ResponseReturnValue:
    """A new password for who knows the present one; every other sign-in ends."""
    mine = _local()
    checked = sign_in.attempt(
        Typed(g.person.email, request.form.get("password", ""), request.form.get("code", "")),
        only_account=mine.id,
    )
    if isinstance(checked, sign_in.Refused):
        return account_page(faults={"password": checked.sentence}), checked.status
    new = request.form.get("new", "")
    fault = passwords.fault(new, email=g.person.email)
    if new != request.form.get("again"):
        fault = "The two new passwords are not the same. Type the new password in both places."
    if fault:
        return account_page(faults={"new": fault}), 400
    session = transaction.writing()
    accounts.change_password(session, checked, new, now=real_now(), but=g.sign_in.id)
    _record("account:password")
    return prove(onward=url_for("account.account"))


@blueprint.get("/account/second-factor")
@requires(Permission.ACCOUNT_OWN, fresh=True)
def second_factor_form() -> str:
    _local()
    return second_factor_page(second_factor.new_secret())


@blueprint.post("/account/second-factor")
@requires(Permission.ACCOUNT_OWN, fresh=True)
def enrol_second_factor() -> ResponseReturnValue:
    _local()
    sealed = request.form.get("offered", "").encode()
    plain = unseal(config().secret_key, OFFERED, sealed, ttl_seconds=OFFERED_SECONDS)
    secret = plain.decode() if plain else second_factor.new_secret()
    step = second_factor.step_of(secret, request.form.get("code", ""), now=real_now())
    if step is None:
        return second_factor_page(
            secret, fault="This is not the app’s present code. Wait for the next one and type it."
        ), 400
    mine = transaction.writing().get_one(Account, g.sign_in.account_id)
    second_factor.enrol(mine, secret, secret_key=config().secret_key, step=step)
    sign_ins.end(transaction.writing(), g.person.id, now=real_now(), but=g.sign_in.id)
    _record("account:second-factor")
    return prove(onward=url_for("account.account"))


def account_page(*, faults: dict[str, str] | None = None) -> str:
    session, now = transaction.reading(), real_now()
    mine = session.get_one(Account, g.sign_in.account_id)
    return render_template(
        "account.html",
        heading="Your account",
        roles=[
            {
                "name": matrix().roles[held.role].name,
                "over": people.over(session, held),
                "until": held.until_at,
            }
            for held in grants_of(session, g.person.id, now)
        ],
        open_ones=sign_ins.open_ones(session, g.person.id, now=now),
        this_one=g.sign_in.id,
        local=mine.kind == "local",
        enrolled=mine.totp_secret is not None,
        code_asked=mine.totp_secret is not None and not is_demo(),
        missing=g.get("second_factor_missing", False),
        key_agencies=_agencies_with_keys(),
        takes_part=_takes_part(),
        practises=reach.agency_ids(Permission.DRAFT_WRITE),
        faults=faults or {},
        digest=choice.digest if (choice := session.get(PostChoice, g.person.id)) else True,
    )


def _takes_part() -> list[tuple[Agency, Partnership]]:
    """The person's agencies with the partnerships that each takes part in: what it accepts there, where it practises."""
    session = transaction.reading()
    return [
        (session.get_one(Agency, each), place)
        for each in sorted(reach.agency_ids(Permission.SUBMISSION_STATUS))
        for place in reach.partnerships_of_agencies({each})
    ]


def second_factor_page(secret: str, *, fault: str = "") -> str:
    return render_template(
        "sign_in/second_factor.html",
        heading="Set up your authenticator app",
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        link=second_factor.link(secret, email=g.person.email),
        offered=seal(config().secret_key, OFFERED, secret.encode()).decode(),
        fault=fault,
    )


def _agencies_with_keys() -> list[Agency]:
    """The agencies whose keys the person looks after."""
    session = transaction.reading()
    held = {each.agency_id for each in g.actor.held if each.agency_id is not None}
    return [
        session.get_one(Agency, agency_id)
        for agency_id in sorted(held)
        if guard.allows(g.actor, Permission.KEY_MAKE, Place(agency_id=agency_id))
    ]


def _local() -> Account:
    mine = transaction.reading().get_one(Account, g.sign_in.account_id)
    if mine.kind != "local":
        raise NotAllowed(AT_PROVIDER)
    return mine


def _record(action: str) -> None:
    record(transaction.writing(), actor=g.actor.principal, action=action, subject=f"person:{g.person.id}")

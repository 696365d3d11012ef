"""Signing in and out, proving it again, and the one-time links: the only pages that nobody needs to be known for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Protocol, cast

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from hub.access import kept, sessions, sign_in, transaction
from hub.access.addresses import local_path
from hub.access.guard import READING, Permission, ProofNeeded, SignInNeeded, public, requires
from hub.access.sessions import config, is_demo
from hub.audit.chain import record
from hub.clock import real_now
from hub.errors import NotAllowed
from hub.partners import accounts, invitations, sign_ins
from hub.partners.accounts import Typed
from hub.partners.models import Account, Person, SignInSession

blueprint = Blueprint("sign_in", __name__)

if TYPE_CHECKING:
    from hub.access.oidc import Known


class Provider(Protocol):
    def start(self, *, next: str, invitation: str = "", prove: bool = False) -> Response: ...
    def finish(self) -> Known: ...


ELSEWHERE = "You were signed out. Sign in again in another window, then save here."
AWAY = "You were signed out because nothing happened for 30 minutes. Sign in and your answers will be here again."
UNKNOWN = (
    "We know who you are, but nobody has invited you to this hub with this account. Ask your data team for an "
    "invitation, open its link and choose this account there."
)
NOBODY_YET = "nobody is known before they sign in"


@blueprint.app_context_processor
def sign_out_url() -> dict[str, Any]:
    return {"sign_out_url": url_for("sign_in.sign_out") if g.get("sign_in") else None}


@blueprint.get("/sign-in")
@public(NOBODY_YET)
def form() -> ResponseReturnValue:
    onward = local_path(request.args.get("next"))
    return redirect(onward, 303) if g.sign_in is not None else page(onward=onward)


@blueprint.post("/sign-in")
@public(NOBODY_YET)
def submit() -> ResponseReturnValue:
    typed = _typed(request.form.get("email", ""))
    onward, answers = local_path(request.form.get("next")), request.form.get("kept", "")
    account = sign_in.attempt(typed)
    if isinstance(account, sign_in.Refused):
        return page(onward=onward, answers=answers, email=typed.email, error=account.sentence), account.status
    return welcome(account, onward=onward, answers=answers)


@blueprint.post("/sign-out")
@requires(Permission.ACCOUNT_OWN)
def sign_out() -> ResponseReturnValue:
    sign_ins.end(transaction.writing(), g.person.id, now=real_now(), only=g.sign_in.id)
    response = redirect(url_for("sign_in.form"), 303)
    sessions.drop_cookie(response)
    return response


@blueprint.get("/forgotten")
@public("who cannot sign in cannot be known")
def forgotten() -> str:
    return render_template("sign_in/forgotten.html", heading="If you cannot sign in")


@blueprint.get("/confirm")
@requires(Permission.ACCOUNT_OWN)
def confirm() -> ResponseReturnValue:
    return confirm_page(onward=local_path(request.args.get("next")))


@blueprint.post("/confirm")
@requires(Permission.ACCOUNT_OWN)
def confirmed() -> ResponseReturnValue:
    onward, answers = local_path(request.form.get("next")), request.form.get("kept", "")
    account = sign_in.attempt(_typed(g.person.email), only_account=g.sign_in.account_id)
    if isinstance(account, sign_in.Refused):
        return confirm_page(onward=onward, answers=answers, error=account.sentence), account.status
    return prove(onward=onward, answers=answers)


@blueprint.get("/sign-in/provider")
@public(NOBODY_YET)
def to_provider() -> ResponseReturnValue:
    return oidc().start(next=request.args.get("next", "/"))


@blueprint.get("/confirm/provider")
@requires(Permission.ACCOUNT_OWN)
def confirm_at_provider() -> ResponseReturnValue:
    return oidc().start(next=request.args.get("next", "/"), prove=True)


@blueprint.get("/invitation/<token>/provider")
@public("the link itself is the proof")
def invitation_to_provider(token: str) -> ResponseReturnValue:
    invitations.find(transaction.reading(), token, now=real_now())
    return oidc().start(next="/", invitation=token)


@blueprint.get("/sign-in/provider/back")
@public(NOBODY_YET)
def provider_back() -> ResponseReturnValue:
    known = oidc().finish()
    session = transaction.writing()
    account = accounts.of_provider(session, known.issuer, known.subject)
    if known.prove:
        if g.sign_in is None or account is None or account.id != g.sign_in.account_id:
            raise NotAllowed(UNKNOWN)
        return prove(onward=known.next)
    if known.invitation:
        invitation, person = invitations.find(session, known.invitation, now=real_now())
        if account is not None and account.person_id != person.id:
            raise NotAllowed("This account belongs to somebody else at this hub. Choose your own.")
        invitations.spend(session, invitation, now=real_now())
        record(session, actor=f"person:{person.id}", action="account:link", subject=f"person:{person.id}")
        account = account or accounts.link_provider(
            session, person, known.issuer, known.subject, now=real_now()
        )
    if account is None:
        raise NotAllowed(UNKNOWN)
    return welcome(account, onward=known.next)


@blueprint.app_errorhandler(SignInNeeded)
def sign_in_needed(_error: SignInNeeded) -> ResponseReturnValue:
    if request.method in READING:
        return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")), 303)
    if request.accept_mimetypes.best == "application/json":
        return {
            "message": ELSEWHERE
        }, 401  # a script asks: a page's cookie would spoil the form that is sent beside it
    return page(onward="/", answers=kept.seal_answers(), notice=AWAY), 401


@blueprint.app_errorhandler(ProofNeeded)
def proof_needed(_error: ProofNeeded) -> ResponseReturnValue:
    if request.method in READING:
        return redirect(url_for("sign_in.confirm", next=request.full_path.rstrip("?")), 303)
    return confirm_page(onward="/", answers=kept.seal_answers()), 401


def page(*, onward: str, answers: str = "", email: str = "", error: str = "", notice: str = "") -> str:
    return render_template(
        "sign_in/sign_in.html",
        heading="Sign in",
        onward=onward,
        kept=answers,
        email=email,
        error=error,
        notice=notice,
        code_asked=not is_demo(),
        provider=config().oidc_name if config().oidc_issuer else "",
    )


def confirm_page(*, onward: str, answers: str = "", error: str = "") -> str:
    account = transaction.reading().get_one(Account, g.sign_in.account_id)
    return render_template(
        "sign_in/confirm.html",
        heading="Show that it is you",
        onward=onward,
        kept=answers,
        error=error,
        local=account.kind == "local",
        code_asked=account.totp_secret is not None and not is_demo(),
        provider=config().oidc_name,
    )


def welcome(account: Account, *, onward: str, answers: str = "") -> Response:
    """Sign the browser in and lead on: to the page, or to the answers that were kept."""
    person = transaction.writing().get_one(Person, account.person_id)
    response = redirect(onward, 303)
    g.sign_in, g.person = sessions.begin(response, account), person
    if found := kept.unseal_answers(answers, person_id=person.id):
        response = _with_cookies_of(response, kept_page(found))
    if account.kind == "local":
        sign_in.remember_browser(response, person)
    return response


def prove(*, onward: str, answers: str = "") -> Response:
    """The browser proved who it is: it goes on under a new name."""
    sign_in_row = transaction.writing().get_one(SignInSession, g.sign_in.id)
    token = sign_ins.rename(transaction.writing(), sign_in_row, now=real_now())
    g.sign_in = sign_in_row
    found = kept.unseal_answers(answers, person_id=g.person.id)
    response = make_response(kept_page(found)) if found else redirect(onward, 303)
    sessions.give_cookie(response, token)
    return response


def kept_page(found: kept.Kept) -> str:
    return render_template("sign_in/kept.html", heading="Your answers are still here", kept=found)


def _with_cookies_of(response: Response, body: str) -> Response:
    made = make_response(body)
    for cookie in response.headers.getlist("Set-Cookie"):
        made.headers.add("Set-Cookie", cookie)
    return made


def _typed(email: str) -> Typed:
    return Typed(email, request.form.get("password", ""), request.form.get("code", ""))


def oidc() -> Provider:
    """The provider's side, whose library is loaded only where one is configured."""
    if not config().oidc_issuer:
        raise NotAllowed(
            "This hub has no sign-in service of another organisation. Use your e-mail address and password."
        )
    return cast(Provider, importlib.import_module("hub.access.oidc"))

"""Signing in with a local account, and proving once more who one is: guesses counted, browsers remembered."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from hub import db
from hub.access import transaction
from hub.access.sessions import config, is_demo
from hub.clock import real_now
from hub.partners import accounts, throttle
from hub.partners.accounts import Typed
from hub.partners.models import Account, Person
from hub.partners.secrets import new_token, seal, unseal

WRONG = "The e-mail address, the password or the code is not right. Check all three and try again."
TOO_MANY = (
    "There were too many attempts. Wait a quarter of an hour and try again, or ask your data team for a new link "
    "if you have forgotten your password."
)
KNOWN = "known browser"
KNOWN_SECONDS = 180 * 24 * 3600


@dataclass(frozen=True)
class Refused:
    sentence: str
    status: int


def attempt(typed: Typed, *, only_account: int | None = None) -> Account | Refused:
    """Compare what was typed, if there is a guess left. `only_account` is whose it must be when proving it again."""
    now, secret = real_now(), config().secret_key
    email = typed.email.strip().lower()
    guess = throttle.Guess(email, request.remote_addr or "", _known_browser(email))
    with db.transaction(transaction.engine()) as paying:
        charges = throttle.pay(paying, guess, secret_key=secret, now=now)
    if charges is None:
        return Refused(TOO_MANY, 429)
    account = accounts.recognise(transaction.writing(), typed, secret_key=secret, now=now, demo=is_demo())
    if account is None or only_account not in (None, account.id):
        return Refused(WRONG, 400)
    throttle.pay_back(transaction.writing(), charges)
    return account


def remember_browser(response: Response, person: Person) -> None:
    """Give this browser a budget of guesses of its own for this person."""
    sealed = seal(config().secret_key, KNOWN, f"{new_token()} {person.email}".encode()).decode()
    response.set_cookie(
        _cookie(),
        sealed,
        max_age=KNOWN_SECONDS,
        secure=not is_demo(),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _known_browser(email: str) -> str:
    sealed = request.cookies.get(_cookie(), "")
    plain = unseal(config().secret_key, KNOWN, sealed.encode(), ttl_seconds=KNOWN_SECONDS) if sealed else None
    browser, _, known_email = (plain or b"").decode().partition(" ")
    return browser if known_email == email else ""


def _cookie() -> str:
    return "hub_demo_known" if is_demo() else "__Host-hub-known"

"""Who a request comes from: a browser's sign-in by its cookie, or an agency's system by its key.

Pages know cookies alone, the interface under /api/ knows keys alone: a key never gets a cookie and a cookie never
opens the interface, so a form on another site can reach neither.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address

from flask import current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hub import db
from hub.access import transaction
from hub.clock import real_now
from hub.config import Config
from hub.partners import keys, sign_ins
from hub.partners.models import Account, SignInSession
from hub.partners.people import role_needs_second_factor
from hub.partners.policy import ANONYMOUS, Actor, actor_for, key_actor

INTERFACE = "/api/"
TOUCHED_AFTER = timedelta(minutes=1)


def config() -> Config:
    found: Config = current_app.config["HUB"]
    return found


def is_demo(settings: Config | None = None) -> bool:
    """A demo on the loopback address: plain HTTP, and passwords in place of second factors."""
    settings = settings or config()
    return settings.demo and _is_loopback(settings.host)


def cookie_name() -> str:
    return "hub_demo" if is_demo() else "__Host-hub"


def identify() -> Actor:
    """The actor of this request; sets `g.person`, `g.sign_in` or `g.key` beside it."""
    if request.path.startswith(INTERFACE):
        return _by_key(real_now())
    token = request.cookies.get(cookie_name())
    return _by_cookie(token, real_now()) if token else ANONYMOUS


def _by_cookie(token: str, now: datetime) -> Actor:
    session = transaction.reading()
    found = sign_ins.find(session, token, now=now)
    if found is None:
        return ANONYMOUS
    g.sign_in, account, g.person = found
    if g.sign_in.seen_at < now - TOUCHED_AFTER:
        with db.transaction(transaction.engine()) as touching:
            sign_ins.touch(touching, g.sign_in.id, now=now)
    actor = actor_for(session, g.person.id, now=now)
    return _usable(session, actor, account)


def _usable(session: Session, actor: Actor, account: Account) -> Actor:
    """The actor without the roles that need a second factor, as long as a local account has none."""
    if account.kind != "local" or account.totp_secret is not None or is_demo():
        return actor
    usable = tuple(
        held for held in actor.held if not role_needs_second_factor(session, held.role, held.agency_id)
    )
    g.second_factor_missing = len(usable) < len(actor.held)
    return replace(actor, held=usable)


def _by_key(now: datetime) -> Actor:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return ANONYMOUS
    key = keys.find(transaction.reading(), text.strip(), now=now)
    if key is None:
        return ANONYMOUS
    g.key = key
    return key_actor(key.id, key.agency_id)


def begin(response: Response, account: Account) -> SignInSession:
    """Sign a browser in: always under a new name, whatever cookie it came with."""
    session, now = transaction.writing(), real_now()
    old = request.cookies.get(cookie_name())
    earlier = sign_ins.find(session, old, now=now) if old else None
    if earlier is not None:
        sign_ins.end(session, earlier[2].id, now=now, only=earlier[0].id)
    begun, token = sign_ins.begin(session, account, now=now, device=_device())
    give_cookie(response, token)
    return begun


def give_cookie(response: Response, token: str) -> None:
    response.set_cookie(cookie_name(), token, secure=not is_demo(), httponly=True, samesite="Lax", path="/")


def drop_cookie(response: Response) -> None:
    response.delete_cookie(cookie_name(), secure=not is_demo(), httponly=True, samesite="Lax", path="/")


def _device() -> str:
    """Browser and system in a few words, for the list of one's own sign-ins."""
    agent = request.user_agent.string
    browser = next((name for mark, name in BROWSERS if mark in agent), "a browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "an unknown system")
    return f"{browser} on {system}"


BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Android", "Android"),
    ("Linux", "Linux"),
)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

"""The guard at every door: who asks, what the view declares, and whether the two meet.

Each view carries exactly one `@requires(Permission.X, of="…")` or `@public("why")`; `check_declared` stops the
start-up without it. Before a view runs the guard knows the actor (`g.actor`, `g.person`, `g.sign_in`), has narrowed
the request to the actor's rows, and has found the object's place (`g.place`). An object that is not the actor's to
know about answers exactly like an absent one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.objects import ABSENT, FINDERS
from hub.clock import real_now
from hub.errors import HubError, NotAllowed, NotFound
from hub.partners.policy import ANONYMOUS, Actor, Permission, Place, is_at_home, may, row_scope
from hub.partners.roles import matrix
from hub.partners.sign_ins import is_fresh

__all__ = [
    "Declared",
    "Permission",
    "ProofNeeded",
    "SignInNeeded",
    "allows",
    "check_declared",
    "public",
    "requires",
]

View = TypeVar("View", bound=Callable[..., Any])
Identify = Callable[[], Actor]
READING = frozenset({"GET", "HEAD"})


class SignInNeeded(HubError):
    """Nobody is signed in, or no longer: pages lead to the sign-in page, the API answers 401."""


class ProofNeeded(HubError):
    """The person signed in a while ago and is asked once more who they are."""


@dataclass(frozen=True)
class Declared:
    """What a view says about who may open it. `permission` is None for a public one."""

    permission: Permission | None
    of: str | None = None
    why: str = ""
    only: str | None = None
    fresh: bool = False


def requires(
    permission: Permission, *, of: str | None = None, only: str | None = None, fresh: bool = False
) -> Callable[[View], View]:
    """The view does `permission` to the object that `of` finds (see objects.py); `fresh` asks who they are again."""
    if of is not None and of not in FINDERS:
        raise ValueError(f"no object of kind {of!r}: say one of {', '.join(FINDERS)}")
    return _declare(Declared(permission, of=of, only=only, fresh=fresh))


def public(why: str) -> Callable[[View], View]:
    """Anybody may open the view, for the reason given."""
    return _declare(Declared(None, why=why))


def _declare(declared: Declared) -> Callable[[View], View]:
    def mark(view: View) -> View:
        if hasattr(view, "hub_declared"):
            raise ValueError(f"{view.__name__} declares twice who may open it")
        view.hub_declared = declared  # type: ignore[attr-defined]
        return view

    return mark


def declared_of(app: Flask, endpoint: str) -> Declared | None:
    if endpoint == "static":
        return Declared(None, why="style sheets, scripts, fonts and pictures of the hub itself")
    return getattr(app.view_functions[endpoint], "hub_declared", None)


def check_declared(app: Flask) -> None:
    """Refuse to start while a path and method lacks a declaration, or shares one between reading and writing."""
    faults = []
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if declared_of(app, rule.endpoint) is None:
            faults.append(f"{rule.rule} {sorted(methods)}: {rule.endpoint} lacks @requires or @public")
        if methods & READING and methods - READING:
            faults.append(f"{rule.rule}: {rule.endpoint} reads and writes; declare GET and POST apart")
    if faults:
        raise RuntimeError("views without a declaration of who may open them:\n" + "\n".join(faults))
    matrix()


def install(app: Flask, identify: Identify) -> None:
    """Ask `identify` for the actor of each request, then enforce what the view declares."""
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.extensions["hub_identify"] = identify
    app.before_request(enforce)


def enforce() -> ResponseReturnValue | None:
    g.actor, g.person, g.sign_in, g.place = ANONYMOUS, None, None, Place()
    if request.endpoint is None:
        return None  # no such page, or no such method there: Flask answers 404 or 405
    declared = declared_of(current_app, request.endpoint)
    if declared is None:
        raise NotFound(ABSENT)  # check_declared was not run: deny
    if request.endpoint == "static":
        return None
    g.actor = current_app.extensions["hub_identify"]()
    scope = row_scope(transaction.reading(), g.actor)
    transaction.narrow(scope)
    if declared.permission is not None:
        if g.actor.kind == "anonymous":
            raise SignInNeeded("Sign in to carry on.")
        g.place = _place(declared, g.actor)
        _let_into(g.actor, g.place, scope)
        if declared.fresh and (g.sign_in is None or not is_fresh(g.sign_in, now=real_now())):
            raise ProofNeeded("Show once more that it is you.")
    return None


def _let_into(actor: Actor, place: Place, scope: str) -> None:
    """An administrator has no partnership's rows in sight, but for the one whose page they were let through to."""
    administers = any(matrix().roles[held.role].over == "deployment" for held in actor.held)
    if administers and place.partnership_id is not None:
        transaction.narrow(f"{scope},{place.partnership_id}")


def _place(declared: Declared, actor: Actor) -> Place:
    """Find the object and let the actor through to it, or refuse."""
    session = transaction.reading()
    place = FINDERS[declared.of](session, request.view_args or {}) if declared.of else Place()
    if allows(actor, declared.permission, place, only=declared.only):
        return place
    if declared.of is None or is_at_home(session, actor, place):
        raise NotAllowed(
            "Your role does not include this. Your agency’s or partnership’s data lead can say who may."
        )
    raise NotFound(ABSENT)


def allows(actor: Actor, permission: Permission | None, place: Place, *, only: str | None = None) -> bool:
    """`may`, for a place that is already found; `None` is a permission that nobody has."""
    return permission is not None and may(
        transaction.reading(),
        actor,
        permission,
        partnership_id=place.partnership_id,
        agency_id=place.agency_id,
        region_id=place.region_id,
        parties=place.parties,
        only=only or place.part,
    )

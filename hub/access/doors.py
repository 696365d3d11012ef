"""The parts of access, put into an application in the order that they rest on one another."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import Engine

from hub.access import addresses, csrf, guard, sessions, transaction
from hub.config import Config


def install(app: Flask, engine: Engine, config: Config) -> None:
    """Before any page is registered; `guard.check_declared(app)` after all of them are."""
    key, *earlier_keys = config.secret_key.split()
    demo = sessions.is_demo(config)
    app.config.update(
        HUB=config,
        SECRET_KEY=key,
        SECRET_KEY_FALLBACKS=earlier_keys,
        SESSION_COOKIE_NAME="hub_demo_flow"
        if demo
        else "__Host-hub-flow",  # a sign-in at a provider, under way
        SESSION_COOKIE_SECURE=not demo,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    addresses.install(app, config)
    transaction.install(app, engine)
    guard.install(app, sessions.identify)
    csrf.install(app)

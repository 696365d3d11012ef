"""Browsers of people for tests: really signed in, with the form token that a page would have given them."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from hub import db
from hub.access import csrf, sessions
from hub.clock import real_now
from hub.partners import sign_ins
from hub.partners.models import Account, Person
from hub.partners.secrets import keyed_digest, new_token


class Browser(FlaskClient):
    """A test client whose forms carry the right token, unless a test writes one itself."""

    form_token = ""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        data = options.get("data")
        if (
            options.get("method") in {"POST", "PUT", "DELETE", "PATCH"}
            and "json" not in options
            and not isinstance(data, bytes)
        ):
            options["data"] = {csrf.FIELD: self.form_token, **(data or {})}
        return super().open(*arguments, **options)


def browser(app: Flask) -> Browser:
    """Nobody's browser, which has opened a page of the hub before."""
    client = Browser(app)
    visitor = new_token()
    with app.app_context():
        client.set_cookie(csrf._visitor_cookie(), visitor)
    client.form_token = keyed_digest(app.config["HUB"].secret_key, "visitor form", visitor)
    return client


def browser_of(app: Flask, person: Person) -> Browser:
    """The browser of a person who has just signed in with their local account; a second factor is taken as enrolled."""
    client = Browser(app)
    with db.transaction(app.extensions["hub_engine"]) as session:
        account = session.scalars(select(Account).where(Account.person_id == person.id)).first()
        assert account is not None, f"{person.email} has no account"
        account.totp_secret = account.totp_secret or b"enrolled"
        begun, token = sign_ins.begin(session, account, now=real_now(), device="a test")
    with app.app_context():
        client.set_cookie(sessions.cookie_name(), token)
    client.form_token = keyed_digest(app.config["HUB"].secret_key, "form", begun.csrf_secret)
    return client

"""The request's database sessions, and its one commit.

`reading()` sees the database as it was at the request's first look. `writing()` opens the request's only writing
transaction, as late as the view can, so that checks run outside SQLite's write lock (design.md section 4, Check
first, then lock). The edge commits what `writing()` did when the answer is not an error, before a byte of it leaves.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, current_app, g
from sqlalchemy import Engine

from hub.db import HubSession, open_session


def install(app: Flask, engine: Engine) -> None:
    app.extensions["hub_engine"] = engine
    app.after_request(_commit)
    app.teardown_request(_close)


def engine() -> Engine:
    return cast(Engine, current_app.extensions["hub_engine"])


def reading() -> HubSession:
    """The request's reading session."""
    if "reading_session" not in g:
        g.reading_session = open_session(engine())
    return cast(HubSession, g.reading_session)


def writing() -> HubSession:
    """The request's writing session; committed at the edge unless the answer is an error."""
    if "writing_session" not in g:
        g.writing_session = open_session(engine(), writing=True)
    return cast(HubSession, g.writing_session)


def _commit(response: Response) -> Response:
    if "writing_session" in g and response.status_code < 400:
        g.writing_session.commit()
    return response


def _close(_error: BaseException | None) -> None:
    for name in ("writing_session", "reading_session"):
        session = g.pop(name, None)
        if session is not None:
            session.close()

"""The request's database sessions, and its one commit.

`reading()` sees the database as it was at the request's first look. `writing()` opens the request's only writing
transaction, as late as the view can, so that checks run outside SQLite's write lock (design.md section 4, Check
first, then lock). The edge commits what `writing()` did when the answer is not an error, before a byte of it leaves.

Until the guard knows who asks, sessions see every partnership's rows; `narrow` then leaves the actor's own to
PostgreSQL's row-level security, for the session that is open and for the one to come.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, current_app, g
from sqlalchemy import Engine, text

from hub.db import ALL_PARTNERSHIPS, HubSession, open_session


def install(app: Flask, engine: Engine) -> None:
    app.extensions["hub_engine"] = engine
    app.after_request(_commit)
    app.teardown_request(_close)


def engine() -> Engine:
    return cast(Engine, current_app.extensions["hub_engine"])


def reading() -> HubSession:
    """The request's reading session."""
    if "reading_session" not in g:
        g.reading_session = open_session(engine(), partnerships=_scope())
    return cast(HubSession, g.reading_session)


def writing() -> HubSession:
    """The request's writing session; committed at the edge unless the answer is an error."""
    if "writing_session" not in g:
        g.writing_session = open_session(engine(), writing=True, partnerships=_scope())
    return cast(HubSession, g.writing_session)


def narrow(partnerships: str) -> None:
    """From here on the request sees these partnerships' rows alone (ids, comma-separated)."""
    g.row_scope = partnerships
    for name in ("reading_session", "writing_session"):
        session = g.get(name)
        if session is not None:
            session.info["partnerships"] = partnerships
            if session.in_transaction() and session.get_bind().dialect.name == "postgresql":
                session.execute(
                    text("SELECT set_config('hub.partnerships', :scope, true)"), {"scope": partnerships}
                )


def keep() -> None:
    """Commit although the answer is an error: a failed sign-in must be remembered."""
    g.keep_writing = True


def _scope() -> str:
    return cast(str, g.get("row_scope", ALL_PARTNERSHIPS))


def _commit(response: Response) -> Response:
    if "writing_session" in g and (response.status_code < 400 or g.get("keep_writing", False)):
        g.writing_session.commit()
    return response


def _close(_error: BaseException | None) -> None:
    for name in ("writing_session", "reading_session"):
        session = g.pop(name, None)
        if session is not None:
            session.close()

"""The Flask application, put together: settings, database, guard, pages and interface.

`create_app` starts fast: no checks, tables or provider libraries are loaded in a web process until one is needed.
"""

from __future__ import annotations

from flask import Flask
from sqlalchemy import Engine

from hub import api, web
from hub.access import doors, guard
from hub.config import Config, from_environment
from hub.db import make_engine
from hub.errors import WrongUsage
from hub.measures.profiles import METHODS, chosen
from hub.validation.checker import CheckerClient, Checks

UPLOAD_BYTES = 10 * 1024 * 1024
FORM_OVERHEAD_BYTES = 64 * 1024
POOL_SIZE = 24  # connections: two for each thread of a worker (hub/cli/serve.py)


def create_app(
    config: Config | None = None, engine: Engine | None = None, checker: Checks | None = None
) -> Flask:
    """The whole application. Raises WrongUsage without a secret or a disclosure profile, ValueError for a view without a declared action."""
    config = config or from_environment()
    if len(config.secret_key) < 32:
        raise WrongUsage(
            "HUB_SECRET_KEY must have at least 32 characters. Make one with: openssl rand -hex 32"
        )
    for audience in METHODS:
        chosen(audience)
    app = Flask("hub", static_folder=None, template_folder="web/templates")
    app.config.update(
        MAX_CONTENT_LENGTH=UPLOAD_BYTES + FORM_OVERHEAD_BYTES,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
    )
    doors.install(app, engine or make_engine(config.database_url, pool_size=POOL_SIZE), config)
    app.extensions["hub_checker"] = checker or CheckerClient(config.checker_socket)
    web.install(app)
    api.install(app)
    guard.check_declared(app)
    return app

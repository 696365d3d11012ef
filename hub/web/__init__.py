"""Pages: server-rendered, working without JavaScript, each view with its declared permission."""

from __future__ import annotations

from flask import Flask

from hub.web import drawn_ahead, errors, headers, layout, logs
from hub.web.routes import BLUEPRINTS, home


def install(app: Flask) -> None:
    logs.install(app)
    headers.install(app)
    errors.install(app)
    layout.install(app)
    drawn_ahead.install(app)
    app.before_request_funcs.setdefault(None, []).insert(0, home.lead_to_set_up)  # before the guard
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)

"""The JSON interface under /api/v1, for agencies' own systems: each view with its declared permission, input and answers."""

from __future__ import annotations

from flask import Blueprint, Flask

from hub.api import problems
from hub.api.routes import BLUEPRINTS


def install(app: Flask) -> None:
    """After the pages: what no view answers under the interface's address is a problem document too."""
    app.before_request(problems.refuse_early)
    whole = Blueprint("api", __name__, url_prefix="/api/v1")
    problems.install(whole)
    for blueprint in BLUEPRINTS:
        whole.register_blueprint(blueprint)
    app.register_blueprint(whole)

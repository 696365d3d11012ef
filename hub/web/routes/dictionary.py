"""The data dictionary: what is asked, what to count, who sees it and what uses it."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.access.guard import public

blueprint = Blueprint("dictionary", __name__)


@blueprint.get("/returns")
@public("says what is asked and holds no data")
def returns() -> str:
    return render_template("dictionary/returns.html", heading="Data dictionary")

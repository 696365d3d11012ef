"""The first page: what I owe and what waits for me; for a data team, who sent what."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.access.guard import requires
from hub.partners.policy import Permission

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@requires(Permission.ACCOUNT_OWN)
def home() -> str:
    return render_template("home.html", heading="Home")

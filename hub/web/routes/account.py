"""One's own account: the roles held and the places where one is signed in."""

from __future__ import annotations

from flask import Blueprint, render_template

from hub.access.guard import requires
from hub.partners.policy import Permission

blueprint = Blueprint("account", __name__)


@blueprint.get("/account")
@requires(Permission.ACCOUNT_OWN)
def account() -> str:
    return render_template("account.html", heading="Your account")

"""The footer's pages, the style and the signs of life: what anybody may see."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, send_from_directory

from hub.access.guard import public
from hub.web import assets, layout, readiness

blueprint = Blueprint("plain", __name__)

A_YEAR_SECONDS = 31_536_000


@blueprint.get("/static/<version>/<name>")
@public("style, script and icon hold no data")
def static_file(version: str, name: str) -> Response:
    """Files under the digest of the folder; an older digest gets today's file, uncached."""
    suffix = name[name.rfind(".") :]
    if suffix not in assets.SERVED:
        abort(404)
    response = send_from_directory(assets.FOLDER, name, mimetype=assets.SERVED[suffix])
    current = version == assets.version()
    response.headers["Cache-Control"] = (
        f"public, max-age={A_YEAR_SECONDS}, immutable" if current else "no-store"
    )
    return response


@blueprint.get("/privacy")
@public("people read it before they sign in")
def privacy() -> str:
    return render_template("plain/privacy.html", heading="Privacy notice", config=layout.config())


@dataclass(frozen=True)
class Cookie:
    name: str
    purpose: str
    ends: str


COOKIES = (
    Cookie(
        "__Host-hub",
        "keeps you signed in",
        "12 hours after you sign in, after 30 minutes without use, or when you sign out",
    ),
    Cookie(
        "__Host-hub-visitor",
        "shows that a form sent before you sign in came from our page",
        "when you close the browser",
    ),
    Cookie(
        "__Host-hub-flow",
        "keeps your place while your organisation’s service signs you in",
        "when you close the browser",
    ),
    Cookie(
        "__Host-hub-known", "lets you try again when somebody else guesses at your password", "after 180 days"
    ),
)


@blueprint.get("/cookies")
@public("people read it before they sign in")
def cookies() -> str:
    return render_template("plain/cookies.html", heading="Cookies", cookies=COOKIES)


@blueprint.get("/accessibility")
@public("people read it before they sign in")
def accessibility() -> str:
    return render_template("plain/accessibility.html", heading="Accessibility statement")


@blueprint.get("/terms")
@public("people read it before they sign in")
def terms() -> str:
    return render_template("plain/terms.html", heading="Terms of use")


@blueprint.get("/contact")
@public("people who cannot sign in need it most")
def contact() -> str:
    return render_template("plain/contact.html", heading="Contact")


@blueprint.get("/healthz")
@public("a sign of life for the host's own supervision; holds no data")
def healthz() -> Response:
    return Response("alive\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
@public("whether requests can be served, for proxies and supervisors; holds no data")
def readyz() -> tuple[Response, int]:
    """Whether the database can be reached, its migrations are current and the checker is warm."""
    state = readiness.state()
    body = json.dumps(state) + "\n"
    return Response(body, content_type="application/json"), 200 if all(state.values()) else 503

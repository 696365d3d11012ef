"""A form is taken only from our own pages (security.md T9): a token in the form, and where the browser says it came from.

The token of a signed-in browser belongs to its sign-in; that of anybody else to a cookie of its own. The interface
takes no cookies and needs none of this. Browsers under `no-referrer` write `Origin: null` for our own forms, so
`null` passes on the strength of the token and of `Sec-Fetch-Site`.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Flask, g, request
from werkzeug.wrappers import Response

from hub.access.guard import READING
from hub.access.sessions import INTERFACE, config, is_demo
from hub.errors import NotAllowed
from hub.partners.secrets import keyed_digest, new_token

FIELD = "csrf_token"
FOREIGN = "This form did not come from a page of this hub, or the page was open too long. Open the page again and send it once more."


def install(app: Flask) -> None:
    """After the guard, which knows whose browser it is."""
    app.before_request(check)
    app.after_request(_give_visitor_cookie)
    app.context_processor(lambda: {"csrf_token": token})


def token() -> str:
    """What the form carries."""
    if g.sign_in is not None:
        return keyed_digest(config().secret_key, "form", g.sign_in.csrf_secret)
    if "visitor" not in g:
        g.visitor = request.cookies.get(_visitor_cookie()) or new_token()
    return keyed_digest(config().secret_key, "visitor form", g.visitor)


def check() -> None:
    if request.method in READING | {"OPTIONS"} or request.path.startswith(INTERFACE):
        return
    if not comes_from_here() or not carries(token()):
        raise NotAllowed(FOREIGN)


def carries(expected: str) -> bool:
    given = request.form.get(FIELD) or request.headers.get("X-CSRF-Token", "")
    return hmac.compare_digest(given.encode(), expected.encode())


def comes_from_here() -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin", "null")
    return origin == "null" or origin in own_origins()


def own_origins() -> set[str]:
    """The address that people use; without the setting, whatever name the request was sent to."""
    public = urlsplit(config().public_url)
    if public.netloc:
        return {f"{public.scheme}://{public.netloc}"}
    return {f"http://{request.host}", f"https://{request.host}"}


def _visitor_cookie() -> str:
    return "hub_demo_visitor" if is_demo() else "__Host-hub-visitor"


def _give_visitor_cookie(response: Response) -> Response:
    visitor = g.get("visitor")
    if visitor and request.cookies.get(_visitor_cookie()) != visitor:
        response.set_cookie(
            _visitor_cookie(), visitor, secure=not is_demo(), httponly=True, samesite="Lax", path="/"
        )
    return response

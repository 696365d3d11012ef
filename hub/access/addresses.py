"""Addresses that come from outside: the name that a request was sent to, and where `next` may lead (security.md T18)."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.sansio.utils import host_is_trusted

from hub.config import Config

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ANY_ADDRESS = {"0.0.0.0", "::", ""}  # noqa: S104  (compared, not listened on)
ANOTHER_NAME = "This hub does not answer to that name. Use the address that you were given; whoever runs the hub sets it as HUB_PUBLIC_URL.\n"


def install(app: Flask, config: Config) -> None:
    """Answer to our own name only; forwarded headers count only from as many proxies as the deployer says there are."""
    public = urlsplit(config.public_url).hostname
    listening = [] if config.host in ANY_ADDRESS else [config.host]
    app.extensions["hub_names"] = [*([public] if public else []), *listening, *LOOPBACK]
    app.before_request(_check_name)
    if config.trusted_proxies:
        from werkzeug.middleware.proxy_fix import ProxyFix

        proxies = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]


def _check_name() -> Response | None:
    """A plain answer: pages would repeat the wrong name in their links."""
    if host_is_trusted(request.host, current_app.extensions["hub_names"]):
        return None
    return Response(ANOTHER_NAME, 400, content_type="text/plain; charset=utf-8")


def local_path(target: str | None, *, otherwise: str = "/") -> str:
    """`target` if it is a path of this hub, else `otherwise`. No schemes, hosts, back slashes or control signs."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return otherwise
    if "\\" in target or any(ord(sign) < 33 or ord(sign) == 127 for sign in target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc or parts.path.startswith("//") else target

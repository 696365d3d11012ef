"""GOV.UK Notify's interface on this machine: its two paths, its tokens checked as it checks them, its answers and errors."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"the_hub-{SERVICE}-{SECRET}"
NAMES = {400: "BadRequestError", 403: "AuthError", 429: "TooManyRequestsError", 500: "Exception"}


@dataclass
class NotifyServer:
    """`answers` are status codes, or "cut", used up by attempts to send; then it takes everything."""

    url: str = ""
    held: list[dict[str, Any]] = field(default_factory=list)  # what it took
    answers: list[int | str] = field(default_factory=list)
    refused_tokens: int = 0

    def token_is_good(self, header: str) -> bool:
        try:
            claims = jwt.decode(header.removeprefix("Bearer "), SECRET, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return False
        return claims["iss"] == SERVICE and abs(time.time() - claims["iat"]) <= 30


class _Handler(BaseHTTPRequestHandler):
    notify: NotifyServer

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        wanted = parse_qs(parts.query)["reference"][0]
        if self._known(parts.path, "/v2/notifications"):
            found = [each for each in self.notify.held if each["reference"] == wanted]
            self._answer(200, {"notifications": found, "links": {"current": self.path}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._known(self.path, "/v2/notifications/email"):
            return
        answer = self.notify.answers.pop(0) if self.notify.answers else 201
        if answer in (201, "cut"):
            self.notify.held.append(body)
        if answer == "cut":
            self.close_connection = True
        elif answer == 201:
            self._answer(201, {"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "reference": body["reference"]})
        else:
            self._refuse(int(answer))

    def _known(self, path: str, expected: str) -> bool:
        if path != expected:
            self._refuse(404)
        elif not self.notify.token_is_good(self.headers.get("Authorization", "")):
            self.notify.refused_tokens += 1
            self._refuse(403)
        else:
            return True
        return False

    def _refuse(self, status: int) -> None:
        error = {"error": NAMES.get(status, "NotFound"), "message": "words of GOV.UK Notify’s own"}
        self._answer(status, {"status_code": status, "errors": [error]})

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running_notify() -> Iterator[NotifyServer]:
    notify = NotifyServer()
    handler = type("Handler", (_Handler,), {"notify": notify})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    notify.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield notify
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

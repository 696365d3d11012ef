"""One JSON object per request on standard error (security.md T15): what was asked and how it went, never a value.

Every request has a reference, shown on its error page, by which its line is found.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import TextIO

from flask import Flask, Response, g, request

from hub.access.references import reference

LOG = logging.getLogger("hub.web")


class JsonLines(logging.Formatter):
    """Line feeds and escape codes cannot break out of a JSON string."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "detail", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


def to_stream(stream: TextIO | None = None) -> None:
    """Send the hub's log to a stream; called once by the server's process."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    LOG.handlers[:] = [handler]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()
    reference()


def _end(response: Response) -> Response:
    detail = {
        "reference": reference(),
        "method": request.method,
        "endpoint": request.endpoint,
        "status": response.status_code,
        "elapsed_ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
    }
    LOG.info("request", extra={"detail": detail})
    response.headers["X-Request-Id"] = reference()
    return response

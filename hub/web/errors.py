"""Error pages: what happened, what to do, whom to ask, and a reference. Never a trace, a query or a path (T16).

The hub's own errors, raised low, get their status here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from hub import errors
from hub.access.references import reference
from hub.agreements.versions import NotKnownYet
from hub.web.logs import LOG


@dataclass(frozen=True)
class Wording:
    heading: str
    advice: str


WORDINGS: dict[int, Wording] = {
    400: Wording("The request could not be understood", "Go back, check what you entered and try again."),
    403: Wording(
        "You cannot do this",
        "Your role does not include this, or the page was open too long. Go back and try once more; if it still "
        "fails, ask the data team who may do it.",
    ),
    404: Wording(
        "Page not found",
        "Check the address. If you followed a link, the page may be for another agency’s people.",
    ),
    405: Wording(
        "Page not found", "This address takes a form, not a visit. Go back to the page that holds the form."
    ),
    409: Wording(
        "Somebody else was there first",
        "Look at what is there now, then decide again. Nothing of yours was saved.",
    ),
    413: Wording(
        "The file is too big",
        "A file may hold 10 MB and 100,000 rows. Split it by period and send the parts one by one.",
    ),
    429: Wording("Too many attempts", "Wait a quarter of an hour, then try again."),
    500: Wording("Something went wrong on our side", "Nothing was saved. Try again in a few minutes."),
    503: Wording("The hub is busy", "Nothing was saved. Try again in a minute."),
}

STATUS: dict[type[errors.HubError], int] = {
    errors.NotFound: 404,
    errors.UnknownDefinition: 404,
    errors.NotAllowed: 403,
    errors.NotReady: 409,
    errors.Conflict: 409,
    errors.Dropped: 410,
    errors.Busy: 503,
    errors.WrongUsage: 400,
}

# Whose sentence is shown. An absent object and a foreign one read alike (P1), so 404 never quotes one.
QUOTED = (errors.NotAllowed, errors.NotReady, errors.Conflict, errors.Busy, errors.WrongUsage)


def install(app: Flask) -> None:
    app.register_error_handler(errors.HubError, hub_error)
    app.register_error_handler(NotKnownYet, not_known_yet)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, fault)


def page(status: int, sentence: str = "") -> tuple[str, int]:
    wording = WORDINGS.get(status) or WORDINGS[400 if status < 500 else 500]
    return render_template("error.html", wording=wording, sentence=sentence, reference=reference()), status


def hub_error(error: errors.HubError) -> ResponseReturnValue:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if status == 500:
        return fault(error)
    return page(status, error.sentence if isinstance(error, QUOTED) else "")


def not_known_yet(error: NotKnownYet) -> ResponseReturnValue:
    """The reader passed the guard, so the agreement is theirs to know about; on that day there was nothing of it."""
    asked = {**request.args.to_dict(), "as_at": error.first_on.isoformat()}
    first = f"{request.path}?{urlencode(asked)}"
    return render_template("agreements/not_known.html", error=error, first=first), 404


def http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error  # a redirect, or an answer that was made already
    body, status = page(error.code or 500)
    headers = [
        (name, value) for name, value in error.get_headers() if name.lower() in {"retry-after", "allow"}
    ]
    return body, status, headers


def fault(error: Exception) -> ResponseReturnValue:
    LOG.error("fault", exc_info=error, extra={"detail": {"reference": reference()}})
    return page(500)

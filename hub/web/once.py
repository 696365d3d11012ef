"""A form counts once (design.md section 4, Idempotency): a double click or a reload is the same case.

Every form carries a one-use key. The first answer to it is stored in the transaction of what it did; the same
form again gets that answer. The same key with other content is refused, never dropped in silence.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar, cast

from flask import redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as Answer

from hub.access import csrf, transaction
from hub.access.once import Sent, earlier, earlier_after_clash, remember
from hub.errors import Conflict, NotReady

FORM_KEY = "form_key"
PIECE = 256 * 1024  # bytes of a file in memory at a time
NOT_CONTENT = {"csrf_token"}
OTHER_CONTENT = (
    "This form was sent before with other content. Open the page again and enter the change there."
)

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
Refused = Callable[..., ResponseReturnValue]


def form_keys() -> Markup:
    """The hidden fields that every form carries: it is ours, and it is new."""
    return Markup(  # noqa: S704  (both are escaped)
        f'<input type="hidden" name="csrf_token" value="{escape(csrf.token())}">'
        f'<input type="hidden" name="{FORM_KEY}" value="{secrets.token_urlsafe(16)}">'
    )


def once(*, refused: Refused | None = None) -> Callable[[View], View]:
    """Wrap a view that answers a form with a redirect. `refused` answers a Conflict or NotReady in the view's own way."""

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(**arguments: Any) -> ResponseReturnValue:
            return _answer(
                partial(view, **arguments),
                partial(refused, **arguments) if refused else None,
            )

        return cast(View, answer)

    return wrap


def _answer(act: Callable[[], ResponseReturnValue], refused: Refused | None) -> ResponseReturnValue:
    sent = Sent(request.form.get(FORM_KEY, ""), _digest(), OTHER_CONTENT)
    if before := earlier(transaction.reading(), sent):
        return redirect(before.answer, 303)
    try:
        return _first(act(), sent)
    except (Conflict, NotReady, IntegrityError) as error:
        if before := earlier_after_clash(sent):
            return redirect(before.answer, 303)
        if refused is None or isinstance(error, IntegrityError):
            raise
        transaction.reading().rollback()  # look again: somebody else was there
        return refused(error)


def _first(response: ResponseReturnValue, sent: Sent) -> ResponseReturnValue:
    if sent.key and isinstance(response, Answer) and 300 <= response.status_code < 400:
        remember(sent, status=response.status_code, answer=response.location or "")
    return response


def _digest() -> str:
    digest = hashlib.sha256(request.path.encode())
    for name, values in sorted(request.form.lists()):
        if name not in NOT_CONTENT:
            digest.update(repr((name, values)).encode())
    for name, file in sorted(request.files.items()):
        digest.update(repr((name, file.filename)).encode())
        for piece in iter(partial(file.stream.read, PIECE), b""):
            digest.update(piece)
        file.stream.seek(0)
    return digest.hexdigest()

"""What somebody typed into a form survives the end of their sign-in.

The answers travel sealed in the sign-in page and back; nothing is stored. They are kept only when the form came from
a page of ours in a browser that was signed in, and given back only to the same person.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import g, request

from hub.access import csrf, transaction
from hub.access.sessions import config, cookie_name
from hub.partners import sign_ins
from hub.partners.models import Account
from hub.partners.secrets import keyed_digest, seal, unseal

PURPOSE = "kept answers"
LASTS_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Kept:
    path: str
    fields: tuple[tuple[str, str], ...]


def seal_answers() -> str:
    """The answers of this request, sealed; empty where there are none or they are not ours to keep."""
    person_id = _person_who_typed()
    if person_id is None or request.files:
        return ""
    fields = [
        [name, value] for name, values in request.form.lists() for value in values if name != csrf.FIELD
    ]
    plain = json.dumps({"person": person_id, "path": request.full_path.rstrip("?"), "fields": fields})
    return seal(config().secret_key, PURPOSE, plain.encode()).decode()


def unseal_answers(sealed: str, *, person_id: int) -> Kept | None:
    plain = (
        unseal(config().secret_key, PURPOSE, sealed.encode(), ttl_seconds=LASTS_SECONDS) if sealed else None
    )
    answers = json.loads(plain) if plain else None
    if answers is None or answers["person"] != person_id:
        return None
    return Kept(answers["path"], tuple((name, value) for name, value in answers["fields"]))


def _person_who_typed() -> int | None:
    """Whose page the form was on: of the sign-in that is open, or of the one that has just ended."""
    session = transaction.reading()
    cookie = request.cookies.get(cookie_name())
    sign_in = g.sign_in or (sign_ins.ended_one(session, cookie) if cookie else None)
    if sign_in is None or not csrf.comes_from_here():
        return None
    if not csrf.carries(keyed_digest(config().secret_key, "form", sign_in.csrf_secret)):
        return None
    return session.get_one(Account, sign_in.account_id).person_id

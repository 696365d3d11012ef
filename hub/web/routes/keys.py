"""The keys of an agency's own systems: made by its signatory, shown once, rotated, revoked."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.access.objects import ABSENT
from hub.audit.chain import record
from hub.clock import real_now
from hub.errors import NotFound, WrongUsage
from hub.partners import keys
from hub.partners.models import Agency, ApiKey

blueprint = Blueprint("keys", __name__, url_prefix="/agencies/<agency>/keys")


@blueprint.get("")
@requires(Permission.KEY_MAKE, of="agency")
def listing(agency: str) -> str:
    return page()


@blueprint.post("")
@requires(Permission.KEY_MAKE, of="agency", fresh=True)
def make(agency: str) -> ResponseReturnValue:
    """The answer shows the key, this once; that is why it is a page and not a way back to the list."""
    days = request.form.get("days", "")
    if not (days.isascii() and days.isdecimal()):
        return page(fault="Write for how many days the key lasts: 1 to 365."), 400
    try:
        key, text = keys.make(
            transaction.writing(),
            agency_id=g.place.agency_id,
            owner_id=g.person.id,
            name=request.form.get("name", "")[:80],
            now=real_now(),
            days=int(days),
        )
    except WrongUsage as error:
        return page(fault=error.sentence), 400
    _record("key:make", key)
    return page(shown=text, made=key)


@blueprint.post("/<int:key>/rotate")
@requires(Permission.KEY_ROTATE, of="agency", fresh=True)
def rotate(agency: str, key: int) -> ResponseReturnValue:
    fresh, text = keys.rotate(transaction.writing(), _key(key), now=real_now())
    _record("key:rotate", fresh)
    return page(shown=text, made=fresh)


@blueprint.post("/<int:key>/revoke")
@requires(Permission.PERSON_DISABLE, of="agency")
def revoke(agency: str, key: int) -> ResponseReturnValue:
    found = _key(key)
    keys.revoke(transaction.writing(), found, now=real_now())
    _record("key:revoke", found)
    return redirect(url_for("keys.listing", agency=agency), 303)


def page(*, shown: str = "", made: ApiKey | None = None, fault: str = "") -> str:
    session = transaction.writing() if made else transaction.reading()
    return render_template(
        "keys.html",
        heading="Keys of our own systems",
        agency=session.get_one(Agency, g.place.agency_id),
        keys=[key for key in keys.of_agency(session, g.place.agency_id) if key.revoked_at is None],
        shown=shown,
        made=made,
        fault=fault,
        now=real_now(),
    )


def _key(number: int) -> ApiKey:
    """A key of this agency; another agency's is as good as absent."""
    found = transaction.writing().get(ApiKey, number)
    if found is None or found.agency_id != g.place.agency_id:
        raise NotFound(ABSENT)
    return found


def _record(action: str, key: ApiKey) -> None:
    detail = {"agency": key.agency_id}
    record(
        transaction.writing(), actor=g.actor.principal, action=action, subject=f"key:{key.id}", detail=detail
    )

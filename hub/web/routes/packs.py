"""Packs under their permanent addresses: pages, PDF, the published keys; asking, agreeing and withdrawing for the data team."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import public, requires
from hub.access.objects import ABSENT
from hub.agreements.versions import agreement_as_at
from hub.board.packs import acts
from hub.board.packs.document import Document
from hub.board.packs.parts import PARTS
from hub.board.packs.post import tell_issued
from hub.board.packs.read import Pack, document, pack, public_keys
from hub.board.packs.seal import public_pem, signing_key
from hub.errors import AreYouSure, HubError, NotFound
from hub.partners import queries
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.web import fields, layout, reach, typed
from hub.web.once import once
from hub.web.routes import meetings

blueprint = Blueprint("packs", __name__)
ONE = "/partnerships/<partnership>/packs/<int:number>"


def _found(partnership: str, number: int) -> tuple[Partnership, Pack]:
    """A pack that the reader may open: a proof is for those who freeze packs."""
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    layout.about(place)
    found = pack(session, place.id, number)
    if found.seal is None and not reach.may_here(Permission.MEETING_RUN, Place(place.id)):
        raise NotFound(ABSENT)
    return place, found


def _readable(place: Partnership, found: Pack) -> tuple[Document, bool]:
    """What the reader may read of it, and whether that is all."""
    session = transaction.reading()
    whole = document(session, place, found)
    is_party = reach.is_party(place)
    seen = whole.readable(lambda code: is_party(agreement_as_at(session, place.id, code, found.as_at)))
    return seen, seen == whole


def _page(partnership: str, number: int, *, complaint: str = "", asks_sure: bool = False) -> str:
    place, found = _found(partnership, number)
    shown, is_whole = _readable(place, found)
    may_run = reach.may_here(Permission.MEETING_RUN, Place(place.id))
    return render_template(
        "packs/pack.html",
        heading=found.title,
        pack=found,
        document=shown,
        is_whole=is_whole,
        may_agree=may_run and found.seal is None and found.asked_by != g.actor.id,
        may_withdraw=may_run and found.standing in ("current", "superseded"),
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


@blueprint.get(ONE)
@requires(Permission.BOARD_READ, of="partnership")
def one(partnership: str, number: int) -> str:
    return _page(partnership, number)


@blueprint.get(f"{ONE}/pack.pdf")
@requires(Permission.BOARD_READ, of="partnership")
def as_pdf(partnership: str, number: int) -> Response:
    place, found = _found(partnership, number)
    if found.seal is None or not _readable(place, found)[1]:
        raise NotFound(ABSENT)
    name = f"{place.code}-pack-{found.number}.pdf"
    return Response(
        found.seal.pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@blueprint.get("/packs/keys.pem")
@public("whoever holds a pack checks its seal without the hub")
def keys() -> Response:
    """The keys that packs are or were sealed with, newest key first."""
    now = public_pem(signing_key(layout.config().secret_key).public_key())
    earlier = [pem for pem in sorted(public_keys(transaction.reading()).values()) if pem != now]
    return Response("".join([now, *earlier]), mimetype="application/x-pem-file")


def not_asked(error: HubError, partnership: str, meeting: int) -> ResponseReturnValue:
    return meetings.page(partnership, meeting, complaint=error.sentence), 409


@blueprint.post("/partnerships/<partnership>/meetings/<int:meeting>/pack")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_asked)
def ask(partnership: str, meeting: int) -> ResponseReturnValue:
    parts = [part for part in PARTS if part in fields.several("parts")]
    number = acts.ask(transaction.writing(), g.actor, layout.partnership_of_page(), meeting, parts=parts)
    return redirect(url_for("packs.one", partnership=partnership, number=number, done="pack-asked"), 303)


def not_done(error: HubError, partnership: str, number: int) -> ResponseReturnValue:
    sure = isinstance(error, AreYouSure)
    return _page(partnership, number, complaint=error.sentence, asks_sure=sure), 409


@blueprint.post(f"{ONE}/agree")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_done)
def agree(partnership: str, number: int) -> ResponseReturnValue:
    place, found = _found(partnership, number)
    session = transaction.reading()
    secret_key = layout.config().secret_key
    frozen = acts.prepare(
        session, g.actor, place, found, document(session, place, found), secret_key=secret_key
    )
    writing = transaction.writing()
    acts.freeze(writing, g.actor, place, number, frozen)
    tell_issued(writing, place, replace(found, seal=frozen.seal))
    return redirect(url_for("packs.one", partnership=partnership, number=number, done="pack-frozen"), 303)


@blueprint.post(f"{ONE}/withdraw")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_done)
def withdraw(partnership: str, number: int) -> ResponseReturnValue:
    words = request.form.get("words", "")
    typed.checked([words])
    acts.withdraw(transaction.writing(), g.actor, layout.partnership_of_page(), number, words=words)
    return redirect(url_for("packs.one", partnership=partnership, number=number, done="pack-withdrawn"), 303)

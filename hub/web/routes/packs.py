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
from hub.board.packs.headings import PROGRESS
from hub.board.packs.parts import PARTS
from hub.board.packs.post import tell_issued, tell_withdrawn
from hub.board.packs.read import Pack, document, pack, packs_like, public_keys, texts
from hub.board.packs.seal import public_pem, signing_key
from hub.db import ALL_PARTNERSHIPS
from hub.errors import AreYouSure, HubError, NotFound
from hub.partners import queries
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.web import fields, layout, reach, typed
from hub.web.once import once
from hub.web.routes import meetings

blueprint = Blueprint("packs", __name__)
ONE = "/partnerships/<partnership>/packs/<int:number>"


def found_by(partnership: str, number: int) -> tuple[Partnership, Pack]:
    """A pack that the reader may open: a proof is for those who freeze packs, an inspector's draft for its drafter."""
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    layout.about(place)
    found = pack(session, place.id, number)
    if found.seal is None and not _may_see_proof(place, found):
        raise NotFound(ABSENT)
    return place, found


def _may_see_proof(place: Partnership, found: Pack) -> bool:
    if found.kind == PROGRESS:
        return found.asked_by == g.actor.id and reach.may_here(Permission.REPORT_ISSUE, Place(place.id))
    return reach.may_here(Permission.MEETING_RUN, Place(place.id))


def _readable(place: Partnership, found: Pack) -> tuple[Document, bool]:
    """What the reader may read of it, and whether that is all."""
    session = transaction.reading()
    whole = document(session, place, found)
    is_party = reach.is_party(place)
    seen = whole.readable(lambda code: is_party(agreement_as_at(session, place.id, code, found.as_at)))
    return seen, seen == whole


def page(partnership: str, number: int, *, complaint: str = "", asks_sure: bool = False) -> str:
    place, found = found_by(partnership, number)
    shown, is_whole = _readable(place, found)
    is_mine, is_progress = found.asked_by == g.actor.id, found.kind == PROGRESS
    may_run = is_mine if is_progress else reach.may_here(Permission.MEETING_RUN, Place(place.id))
    is_draft = bool(found.headings) and found.seal is None and is_mine
    return render_template(
        "packs/pack.html",
        heading=found.title,
        pack=found,
        document=shown,
        is_whole=is_whole,
        written=texts(transaction.reading(), place.id, found.id) if is_draft else [],
        newer=_newer(place, found),
        older=[each for each in _alike(place, found) if each.number < found.number] if found.seal else [],
        may_write=is_draft,
        may_agree=may_run and found.seal is None and is_mine == is_progress,
        may_withdraw=may_run and found.standing in ("current", "superseded"),
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


def _newer(place: Partnership, found: Pack) -> Pack | None:
    """The one that holds in the place of one that was superseded or withdrawn."""
    if found.standing not in ("superseded", "withdrawn"):
        return None
    return next((each for each in _alike(place, found) if each.standing == "current"), None)


def _alike(place: Partnership, found: Pack) -> list[Pack]:
    """The frozen ones of its meeting, or of its year. Progress reports stand one beside another."""
    like = packs_like(transaction.reading(), place.id, found) if found.kind != PROGRESS else []
    return [each for each in like if each.seal]


@blueprint.get(ONE)
@requires(Permission.BOARD_READ, of="partnership")
def one(partnership: str, number: int) -> str:
    return page(partnership, number)


@blueprint.get(f"{ONE}/summary")
@requires(Permission.BOARD_READ, of="partnership")
def summary(partnership: str, number: int) -> str:
    """The one page that the chair reads out, with nothing else on it."""
    place, found = found_by(partnership, number)
    told = _readable(place, found)[0].section("summary")
    if told is None:
        raise NotFound(ABSENT)
    return render_template(
        "packs/summary.html", heading=told.title, pack=found, newer=_newer(place, found), section=told
    )


@blueprint.get(f"{ONE}/parts/<part>")
@requires(Permission.BOARD_READ, of="partnership")
def part(partnership: str, number: int, part: str) -> str:
    """One table or chart under an address of its own, which says for good how it stands."""
    place, found = found_by(partnership, number)
    shown = _readable(place, found)[0]
    block = shown.block(part)
    if block is None:
        raise NotFound(ABSENT)
    return render_template(
        "packs/part.html",
        heading=block.text,
        pack=found,
        newer=_newer(place, found),
        block=block,
        table=shown.table_of(block),
    )


@blueprint.get(f"{ONE}/pack.pdf")
@requires(Permission.BOARD_READ, of="partnership")
def as_pdf(partnership: str, number: int) -> Response:
    place, found = found_by(partnership, number)
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
    transaction.narrow(ALL_PARTNERSHIPS)  # of every pack nothing but its public key is read
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
    return page(partnership, number, complaint=error.sentence, asks_sure=sure), 409


@blueprint.post(f"{ONE}/agree")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_done)
def agree(partnership: str, number: int) -> ResponseReturnValue:
    return frozen(partnership, number, "pack-frozen")


def frozen(partnership: str, number: int, done: str) -> ResponseReturnValue:
    """Freeze what the person was shown, and nothing else."""
    place, found = found_by(partnership, number)
    session = transaction.reading()
    made = acts.prepare(
        session,
        g.actor,
        place,
        found,
        document(session, place, found),
        shown_digest=request.form.get("shown", ""),
        secret_key=layout.config().secret_key,
    )
    writing = transaction.writing()
    acts.freeze(writing, g.actor, place, number, made)
    tell_issued(writing, place, replace(found, seal=made.seal))
    return redirect(url_for("packs.one", partnership=partnership, number=number, done=done), 303)


@blueprint.post(f"{ONE}/withdraw")
@requires(Permission.MEETING_RUN, of="partnership")
@once(refused=not_done)
def withdraw(partnership: str, number: int) -> ResponseReturnValue:
    return withdrawn(partnership, number)


def withdrawn(partnership: str, number: int) -> ResponseReturnValue:
    words = request.form.get("words", "")
    typed.checked([words])
    place, writing = layout.partnership_of_page(), transaction.writing()
    acts.withdraw(writing, g.actor, place, number, words=words)
    tell_withdrawn(writing, place, number)
    return redirect(url_for("packs.one", partnership=partnership, number=number, done="pack-withdrawn"), 303)

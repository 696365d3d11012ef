"""Opening a draft of an agreement: new, as next year's of one that stands, or as the next version of one; and dropping a draft."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from hub.access import transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT
from hub.agreements.model import Agreement
from hub.agreements.negotiation import dropping, opening
from hub.agreements.negotiation.acting import Doer
from hub.agreements.negotiation.named import names_in
from hub.agreements.negotiation.read import negotiation
from hub.agreements.versions import agreement_as_at, agreements_as_at
from hub.clock import now_for, today_for
from hub.errors import AreYouSure, Dropped, HubError, NotFound
from hub.partners import queries
from hub.partners.models import Partnership, PartnershipRegion, Region
from hub.partners.policy import Permission
from hub.web import fields, layout, present_negotiation, reach, typed
from hub.web.once import once
from hub.web.routes.negotiation import doer, not_done, to

blueprint = Blueprint("agreement_opening", __name__, url_prefix="/partnerships/<partnership>")

KINDS = {"mou": "A memorandum of understanding", "plan": "A plan"}


def _page(partnership: str, *, complaint: str = "", asks_sure: bool = False) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    layout.about(place)
    readable = reach.is_party(place)
    known = [
        each
        for each in agreements_as_at(session, place.id, now_for(place))
        if each.kind in KINDS and readable(each)
    ]
    before = next((each for each in known if each.code == request.values.get("of")), None)
    return render_template(
        "negotiation/open.html",
        heading="Open a draft",
        known=known,
        before=before,
        next=opening.following(before) if before else None,
        coordinator=_coordinator_of(before) if before else "team:",
        members=queries.members_on(session, place.id, today_for(place)),
        coordinators=_coordinators(place),
        kinds=KINDS,
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
        chosen=request.form.getlist("party") or (list(before.party_codes) if before else []),
    )


def _coordinators(place: Partnership) -> list[tuple[str, str]]:
    """Who may coordinate: the oversight body of the region, a member's own people, or the partnership's data team."""
    session = transaction.reading()
    regions = session.scalars(
        select(Region)
        .join(PartnershipRegion, PartnershipRegion.region_id == Region.id)
        .where(PartnershipRegion.partnership_id == place.id)
    )
    members = queries.members_on(session, place.id, today_for(place))
    return [
        *((f"region:{each.code}", each.oversight_body) for each in dict.fromkeys(regions)),
        ("team:", "The partnership’s data team"),
        *((f"agency:{each.code}", each.name) for each in members),
    ]


def _coordinator_of(before: Agreement) -> str:
    """The choice that names who coordinated an agreement."""
    named = before.coordinator
    if named is None or not (named.region or named.agency):
        return "team:"
    return f"region:{named.region}" if named.region else f"agency:{named.agency}"


def _coordinator(place: Partnership) -> dict[str, Any]:
    chosen = fields.text("coordinator")
    names = dict(_coordinators(place))
    what, _, code = chosen.partition(":")
    if chosen not in names or what == "team":
        return {"name": "The partnership’s data team"}
    return {"name": names[chosen], what: code}


def not_opened(error: HubError, partnership: str) -> ResponseReturnValue:
    return _page(partnership, complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)), 409


@blueprint.get("/open-agreement")
@requires(Permission.AGREEMENT_DRAFT, of="partnership", only="coordinator")
def open_form(partnership: str) -> str:
    return _page(partnership)


@blueprint.post("/open-agreement")
@requires(Permission.AGREEMENT_DRAFT, of="partnership", only="coordinator")
@once(refused=not_opened)
def open_draft(partnership: str) -> ResponseReturnValue:
    """From the template, or (`of`) from an agreement that the person may read."""
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    layout.about(place)
    typed.checked([fields.text("title")])
    said = opening.Opening(
        title=fields.text("title"),
        kind=fields.text("kind") if fields.text("kind") in KINDS else "mou",
        begins_on=fields.day("from"),
        ends_on=fields.day("until"),
        binds="each" if fields.text("binds") == "each" else "all",
        parties=request.form.getlist("party"),
        coordinator=_coordinator(place),
    )
    code, of = fields.text("code"), fields.text("of")
    acting = Doer(transaction.writing(), place, g.actor, code)
    if of:
        if not reach.is_party(place)(agreement_as_at(session, place.id, of, now_for(place))):
            raise NotFound(ABSENT)
        opening.renew(acting, of, said)
    else:
        opening.open_new(acting, said)
    done = "agreement-opened"
    return redirect(
        url_for("negotiation.negotiation", partnership=partnership, agreement=code, done=done), 303
    )


def _vary_page(partnership: str, agreement: str, *, complaint: str = "", asks_sure: bool = False) -> str:
    return render_template(
        "negotiation/vary.html",
        heading="Vary the agreement",
        it=present_negotiation.page(partnership, agreement),
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


@blueprint.get("/agreements/<agreement>/vary")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
def vary_form(partnership: str, agreement: str) -> str:
    return _vary_page(partnership, agreement)


def not_varied(error: HubError, partnership: str, agreement: str) -> ResponseReturnValue:
    sure = isinstance(error, AreYouSure)
    return _vary_page(partnership, agreement, complaint=error.sentence, asks_sure=sure), 409


@blueprint.post("/agreements/<agreement>/vary")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_varied)
def vary(partnership: str, agreement: str) -> ResponseReturnValue:
    words = request.form.get("words", "")
    typed.checked([words])
    opening.vary(doer(partnership, agreement), words=words, effective_on=fields.day("effective_on"))
    return to("negotiation.negotiation", partnership, agreement, "agreement-opened")


@blueprint.post("/agreements/<agreement>/drop")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_done)
def drop(partnership: str, agreement: str) -> ResponseReturnValue:
    """The coordinator drops a draft; a version that was signed before stands."""
    words = request.form.get("words", "")
    typed.checked([words])
    dropping.drop(doer(partnership, agreement), request.form.get("shown", ""), words=words)
    return to("agreements.agreement", partnership, agreement, "agreement-dropped")


@blueprint.app_errorhandler(Dropped)
def dropped(error: Dropped) -> ResponseReturnValue:
    """What every address of a dropped draft says, to whoever may ask there."""
    session, at = transaction.reading(), request.view_args or {}
    place = queries.partnership(session, at["partnership"])
    layout.about(place)
    found = negotiation(session, place.id, at["agreement"])
    parts = present_negotiation.parts_as_shown(found, names_in(session, found.text.document))
    return render_template(
        "negotiation/dropped.html", heading=found.agreement.title, found=found, parts=parts
    ), 410

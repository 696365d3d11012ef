"""Agreements and whether they are kept: the regional office's list, and one agreement with its verdicts and evidence."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request

from hub.access import transaction
from hub.access.guard import requires
from hub.agreements import remembered
from hub.agreements.evaluate import slipping_first
from hub.agreements.model import Agreement
from hub.agreements.negotiation import alerts
from hub.agreements.negotiation.ambition import lessened
from hub.agreements.papers import Papers
from hub.agreements.versions import agreement_as_at, agreements_of, signed_texts
from hub.board.agreements import (
    by_kind,
    by_party,
    counted,
    of_party,
    overview,
    promises,
    since_last_quarter,
    slipping,
)
from hub.clock import real_now
from hub.facts.moments import AsAt, as_at
from hub.facts.recalled import recalled
from hub.partners import queries
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.web import present_challenges, present_negotiation, reach
from hub.web.routes.board import chosen_moment, moment_of

blueprint = Blueprint("agreements", __name__)

MOST = 100  # rows of a list, where a promise is made by hundreds; the rest is shown when asked for


@blueprint.get("/agreements")
@requires(Permission.AGREEMENT_READ)
def agreements() -> str:
    session, moment = transaction.reading(), chosen_moment()
    partnerships = reach.readable(Permission.AGREEMENT_READ)
    rows = [
        row
        for one in partnerships
        for row in overview(Papers(session, one, as_at(session, one, moment)), reach.is_party(one))
    ]
    return render_template(
        "agreements/agreements.html",
        heading="Agreements",
        rows=rows,
        opens_in=[
            one
            for one in partnerships
            if reach.may_here(Permission.AGREEMENT_DRAFT, Place(one.id), only="coordinator")
        ],
        asked_about=reach.readable(Permission.CONTRACT_QUESTION),
        regions=reach.regions(),
        bodies=reach.agencies(Permission.AGREEMENT_READ),
    )


def _troubles(place: Partnership, at: AsAt, document: Agreement) -> list[alerts.Trouble]:
    """What is amiss today. It is remembered, but not beyond a role that begins or ends by its own date."""
    session = transaction.reading()

    def found() -> list[alerts.Trouble]:
        return alerts.troubles(session, place, document)

    known, until = recalled(
        at, ("troubles", document.code), lambda: (found(), alerts.holds_until(session, document))
    )
    return known if until is None or real_now() < until else found()


@blueprint.get("/partnerships/<partnership>/agreements/<agreement>")
@requires(Permission.AGREEMENT_READ, of="agreement")
def agreement(partnership: str, agreement: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    document = agreement_as_at(session, place.id, agreement, at.moment)
    verdicts = slipping_first(remembered.verdicts(Papers(session, place, at), document))
    found = promises(session, document, verdicts)
    party = request.args.get("party", "")
    shown = of_party(found, party) if party else found
    since = recalled(
        at,
        ("since", agreement),
        lambda: since_last_quarter(session, place, document, verdicts, at),
    )
    troubles = _troubles(place, at, document) if g.as_at_shown is None else []
    return render_template(
        "agreements/agreement.html",
        heading=document.title,
        agreement=document,
        promises=shown,
        counts=counted(verdicts),
        parties=by_party(found),
        kinds=by_kind(found),
        slipping=slipping(shown),
        most=None if request.args.get("every") else MOST,
        chosen=next((each.name for each in by_party(shown)), "") if party else "",
        at=at,
        may_negotiate=reach.may_here(Permission.AGREEMENT_DRAFT, g.place),
        troubles=troubles,
        lessened=lessened(signed_texts(session, place.id, agreement, at.moment)),
        questions=present_challenges.asked_about(session, place, at, "verdict", agreement),
        may_ask=reach.may_here(Permission.CHALLENGE_ASK, Place(place.id)),
        since=since,
        carried=present_negotiation.carried(session, place, document),
        others=[code for code in agreements_of(session, place.id) if code != agreement],
    )

"""Money of an agreement: who pays for what and what was paid, money beside what services do, the itemised budget, disputes."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from hub.access import transaction
from hub.access.guard import requires
from hub.agreements import money_disputes
from hub.agreements.model import Agreement
from hub.agreements.versions import agreement_as_at
from hub.board import money as told
from hub.board.budget import budget_of
from hub.board.money_agreed import years_of
from hub.board.money_file import as_csv
from hub.board.money_quarters import Quarters, quarters_of
from hub.errors import AreYouSure, HubError, NotReady
from hub.facts.moments import AsAt, as_at
from hub.partners import queries
from hub.partners.models import Agency, Partnership
from hub.partners.policy import Permission
from hub.periods import Period
from hub.web import layout, reach, typed
from hub.web.once import once
from hub.web.routes.board import moment_of

blueprint = Blueprint(
    "money", __name__, url_prefix="/partnerships/<partnership>/agreements/<agreement>/money"
)

BASES = {
    "section-75": "Section 75 agreement",
    "section-256": "Section 256 grant",
    "aligned": "Aligned budgets",
    "own": "Own budget",
}


def _found(partnership: str, agreement: str) -> tuple[Partnership, AsAt, Agreement]:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    return place, at, agreement_as_at(session, place.id, agreement, at.moment)


def _year(agreement: Agreement, at: AsAt) -> Period | None:
    """The year asked for; else the one that today lies in, else the last. None where the agreement has no money."""
    years = years_of(agreement)
    named = [year for year in years if year.code == request.args.get("year")]
    running = [year for year in years if year.starts_on <= at.today]
    return next(iter([*named, *reversed(running), *years]), None)


def _year_of_money(agreement: Agreement, at: AsAt) -> told.YearOfMoney | None:
    year = _year(agreement, at)
    return told.year_of_money(transaction.reading(), agreement, at, year) if year else None


def _names() -> dict[str, str]:
    return dict(transaction.reading().execute(select(Agency.code, Agency.name)).all())


@blueprint.get("")
@requires(Permission.FINANCE_TOTALS, of="agreement")
def money(partnership: str, agreement: str) -> str:
    place, at, document = _found(partnership, agreement)
    disputes = money_disputes.disputes_as_at(transaction.reading(), place.id, document.code, at.moment)
    shown = _year_of_money(document, at)
    return render_template(
        "money/money.html",
        heading="Money",
        agreement=document,
        at=at,
        years=years_of(document),
        shown=shown,
        over=told.quarters_in_words(shown.quarters) if shown else "",
        told=disputes,
        names=_names(),
        disputes=money_disputes.open_disputes(disputes),
        titles={service.id: service.title for service in document.services},
        may_dispute=g.as_at_shown is None and reach.may_here(Permission.FINANCE_DISPUTE, g.place),
    )


@blueprint.get("/quarters")
@requires(Permission.FINANCE_TOTALS, of="agreement")
def quarters(partnership: str, agreement: str) -> str:
    place, at, document = _found(partnership, agreement)
    year = _year(document, at)
    shown = quarters_of(transaction.reading(), document, at, year) if year else None
    return render_template(
        "money/quarters.html",
        heading="Money by quarter, and the returns it comes from",
        agreement=document,
        at=at,
        years=years_of(document),
        shown=shown,
        opens=_opens(place, shown) if shown else set(),
    )


def _opens(place: Partnership, shown: Quarters) -> set[tuple[int, str]]:
    """(agency, return) of the returns whose page the reader may open: their own, and the data team's all."""
    bodies = [*shown.received, *(body for each in shown.services for body in each.bodies)]
    found = {(part.agency_id, body.return_code) for body in bodies for row in body.rows for part in row.parts}
    return {
        (agency_id, code)
        for agency_id, code in found
        if agency_id and reach.may_open_return(place, agency_id, code)
    }


@blueprint.get("/services")
@requires(Permission.FINANCE_TOTALS, of="agreement")
def services(partnership: str, agreement: str) -> str:
    place, at, document = _found(partnership, agreement)
    shown = _year_of_money(document, at)
    return render_template(
        "money/services.html",
        heading="Jointly commissioned services",
        agreement=document,
        at=at,
        shown=shown,
        over=told.quarters_in_words(shown.quarters) if shown else "",
        names=_names(),
        BASES=BASES,
        areas={each.code: each.name for each in queries.areas_on(transaction.reading(), place.id, at.today)},
    )


@blueprint.get("/budget")
@requires(Permission.FINANCE_TOTALS, of="agreement")
def budget(partnership: str, agreement: str) -> str:
    _, at, document = _found(partnership, agreement)
    return render_template(
        "money/budget.html",
        heading="Itemised budget",
        agreement=document,
        at=at,
        budget=budget_of(document),
        names=_names(),
    )


@blueprint.get("/download.csv")
@requires(Permission.FINANCE_TOTALS, of="agreement")
def download(partnership: str, agreement: str) -> Response:
    place, at, document = _found(partnership, agreement)
    year = _year(document, at)
    text = as_csv(transaction.reading(), place, document, at, year)
    name = f"{document.code}-money{'-' + year.code if year else ''}.csv"
    return Response(
        text, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _disputes(partnership: str, agreement: str, *, complaint: str = "", asks_sure: bool = False) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    layout.about(place)
    at = as_at(session, place)
    document = agreement_as_at(session, place.id, agreement, at.moment)
    disputes = money_disputes.disputes_as_at(session, place.id, document.code, at.moment)
    last = {each.key: each.sequence for each in reversed(disputes)}
    names = _names()
    titles = {service.id: service.title for service in document.services}
    own = {each.code for each in reach.agencies(Permission.FINANCE_DISPUTE)}
    return render_template(
        "money/disputes.html",
        heading="Funding disputes",
        agreement=document,
        open=[each for each in disputes if each.ended_at is None],
        choices=[
            (f"{each.service}/{each.payer}", f"{titles[each.service]}, {names.get(each.payer, each.payer)}")
            for each in {(c.service, c.payer): c for c in document.contributions}.values()
        ],
        # Whoever raises a dispute does not answer it.
        parties=[(code, names.get(code, code)) for code in document.party_codes if code not in own],
        seen=last,
        titles=titles,
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


@blueprint.get("/disputes")
@requires(Permission.FINANCE_DISPUTE, of="agreement")
def disputes(partnership: str, agreement: str) -> str:
    return _disputes(partnership, agreement)


def _not_said(error: HubError, **address: str) -> ResponseReturnValue:
    """Nothing was kept: the page says why, with what the person typed."""
    return _disputes(**address, complaint=error.sentence, asks_sure=isinstance(error, AreYouSure)), 409


def _speaking(partnership: str, agreement: str) -> tuple[Partnership, Agreement, money_disputes.About, str]:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    document = agreement_as_at(session, place.id, agreement, as_at(session, place).moment)
    service, _, payer = request.form.get("about", "").partition("/")
    seen = request.form.get(f"seen-{service}/{payer}", "")
    words = request.form.get("words", "")
    typed.checked([words])
    about = money_disputes.About(service, payer, int(seen) if seen.isdecimal() else 0)
    return place, document, about, words


@blueprint.post("/disputes/raise")
@requires(Permission.FINANCE_DISPUTE, of="agreement")
@once(refused=_not_said)
def raise_dispute(partnership: str, agreement: str) -> ResponseReturnValue:
    place, document, about, words = _speaking(partnership, agreement)
    money_disputes.raise_dispute(
        transaction.writing(),
        place,
        document,
        about,
        actor=g.actor,
        owner=request.form.get("owner", ""),
        due_on=_day(request.form.get("due_on", "")),
        words=words,
    )
    return _back("dispute-raised", partnership, agreement)


@blueprint.post("/disputes/end")
@requires(Permission.FINANCE_DISPUTE, of="agreement")
@once(refused=_not_said)
def end_dispute(partnership: str, agreement: str) -> ResponseReturnValue:
    place, document, about, words = _speaking(partnership, agreement)
    money_disputes.end_dispute(transaction.writing(), place, document, about, actor=g.actor, words=words)
    return _back("dispute-ended", partnership, agreement)


def _back(done: str, partnership: str, agreement: str) -> ResponseReturnValue:
    return redirect(url_for("money.money", partnership=partnership, agreement=agreement, done=done), 303)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise NotReady("Say by when it is to be answered: a day after today.") from error

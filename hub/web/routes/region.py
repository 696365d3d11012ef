"""What the regional office opens: every agreement of its region, what slips first; and all that one body promised and was promised."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from flask import Blueprint, g, render_template, request
from sqlalchemy import select

from hub.access import transaction
from hub.access.guard import requires
from hub.board.region.quarters import by_quarter
from hub.board.region.rows import Filters, Row, rows_of, service_of, slipping
from hub.partners import queries
from hub.partners.models import Agency, Region
from hub.partners.policy import Permission, Place
from hub.web import fields, layout, reach
from hub.web.routes.board import chosen_moment

blueprint = Blueprint("region", __name__)

A_PAGE = 50


def _readable(within: Collection[int] | None = None) -> list[Row]:
    """The promises that the reader may read, of some partnerships or (None) of all that they reach."""
    places = reach.readable(Permission.AGREEMENT_READ)
    if within is not None:
        places = [each for each in places if each.id in within]
    may = {each.id: reach.is_party(each) for each in places}
    layout.about_one_of(places)
    return rows_of(
        transaction.reading(), places, lambda place, agreement: may[place.id](agreement), chosen_moment()
    )


def _page(rows: Sequence[Row]) -> tuple[int, int]:
    """The page of a long list that is asked for, and how many there are."""
    pages = max(1, -(-len(rows) // A_PAGE))
    return min(fields.page(), pages), pages


@blueprint.get("/regions/<region>")
@requires(Permission.AGREEMENT_READ, of="region")
def region(region: str) -> str:
    session = transaction.reading()
    found = session.get_one(Region, g.place.region_id)
    rows = _readable([each.id for each in queries.partnerships_in(session, found.id)])
    chosen = Filters(*(request.args.get(name, "").strip()[:80] for name in ("body", "kind", "service")))
    seen = [row for row in rows if chosen.lets(row)]
    urgent = slipping(seen)
    page, pages = _page(urgent)
    return render_template(
        "region/region.html",
        heading=f"Agreements in {found.name}",
        region=found,
        rows=rows,
        seen=seen,
        urgent=urgent,
        shown=urgent[(page - 1) * A_PAGE : page * A_PAGE],
        first=(page - 1) * A_PAGE,
        page=page,
        pages=pages,
        tables=by_quarter(seen),
        chosen=chosen,
        opens={row.line.party for row in rows},
        bodies=sorted({(row.line.party, row.party) for row in rows}, key=lambda each: each[1]),
        kinds=[(kind, kind) for kind in sorted({row.line.commitment.kind for row in rows})],
        services=_services(rows),
    )


def _services(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Services that a promise is about, each with its agreement's year where two have the same."""
    titles = {
        f"{row.agreement.code}/{service.id}": f"{service.title} ({row.agreement.title})"
        for row in rows
        for service in row.agreement.services
    }
    about = {service_of(row) for row in rows} - {""}
    return sorted(((key, titles.get(key, key)) for key in about), key=lambda each: each[1])


@blueprint.get("/agencies/<agency>/promises")
@requires(Permission.AGREEMENT_READ, of="agency")
def body(agency: str) -> str:
    """Everything that a body promised and was promised, in the agreements that the reader may open."""
    session = transaction.reading()
    found = session.get_one(Agency, g.place.agency_id)
    rows = _readable()
    promised = [row for row in rows if row.line.party == found.code]
    return render_template(
        "region/body.html",
        heading=f"Promises of {found.name}",
        body=found,
        promised=_current_first(promised),
        opens=_may_open({row.line.party for row in rows}),
        was_promised=_current_first(row for row in rows if found.code in row.line.commitment.promisee),
        supports=_current_first(row for row in rows if found.code in row.line.commitment.supporting),
        tables=by_quarter(promised),
    )


def _may_open(codes: Collection[str]) -> set[str]:
    """The bodies whose own page the reader may open."""
    found = transaction.reading().execute(select(Agency.code, Agency.id).where(Agency.code.in_(codes))).all()
    return {
        code for code, number in found if reach.may_here(Permission.AGREEMENT_READ, Place(agency_id=number))
    }


def _current_first(rows: Iterable[Row]) -> list[Row]:
    """What is in force, worst first; then what is over, in the order of its agreement."""
    every = list(rows)
    urgent = slipping(every)
    rest = [row for row in every if row not in urgent]
    return [*urgent, *sorted(rest, key=lambda row: not row.is_current)]

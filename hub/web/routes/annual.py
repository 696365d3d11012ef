"""Annual reports for anybody, without signing in: those that two persons froze, and nothing else of the partnership.

The request is let through to this one partnership's rows (PostgreSQL shows nobody's to whoever is not signed in), and reads
frozen annual reports alone; whatever else is asked for is not there.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from hub.access import transaction
from hub.access.guard import public
from hub.access.objects import ABSENT
from hub.board.packs.headings import ANNUAL
from hub.board.packs.read import Pack, document, reports
from hub.errors import NotFound
from hub.partners import queries
from hub.partners.models import Partnership
from hub.web import layout

blueprint = Blueprint("annual", __name__, url_prefix="/annual-reports/<partnership>")
WHY = "an annual report is for everybody; two persons froze it, and its figures passed the gate for anybody"


def _frozen(partnership: str) -> tuple[Partnership, list[Pack]]:
    """Newest first. Raises NotFound where there is none, as where there is no such partnership."""
    session = transaction.reading()
    try:
        place = queries.partnership(session, partnership)
    except NotFound as error:
        raise NotFound(ABSENT) from error
    transaction.narrow(str(place.id))
    found = [each for each in reports(session, place.id, ANNUAL) if each.seal is not None]
    if not found:
        raise NotFound(ABSENT)
    layout.about(place)
    return place, found


def _one(partnership: str, number: int) -> tuple[Partnership, Pack, list[Pack]]:
    place, found = _frozen(partnership)
    one = next((each for each in found if each.number == number), None)
    if one is None:
        raise NotFound(ABSENT)
    return place, one, found


@blueprint.get("")
@public(WHY)
def listing(partnership: str) -> str:
    _, found = _frozen(partnership)
    return render_template("packs/annuals.html", heading="Annual reports", found=found)


@blueprint.get("/<int:number>")
@public(WHY)
def one(partnership: str, number: int) -> str:
    place, found, every = _one(partnership, number)
    newer = next((each for each in every if each.period == found.period and each.standing == "current"), None)
    return render_template(
        "packs/annual.html",
        heading=found.title,
        pack=found,
        newer=newer if found.standing != "current" else None,
        document=document(transaction.reading(), place, found),
    )


@blueprint.get("/<int:number>/report.pdf")
@public(WHY)
def as_pdf(partnership: str, number: int) -> Response:
    place, found, _ = _one(partnership, number)
    assert found.seal is not None
    name = f"{place.code}-annual-report-{found.period}-{found.number}.pdf"
    return Response(
        found.seal.pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

"""Built tables of the agency's own signed figures: the table builder's choice, as JSON page by page or whole as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, g, request, url_for
from marshmallow import Schema, fields, validate

from hub.access import transaction
from hub.access.guard import Permission, requires
from hub.api import caller, cursors
from hub.api.endpoint import File, endpoint
from hub.api.fields import Moment, PeriodCode, Text
from hub.api.problems import Refusal
from hub.api.routes.measures import PointRead, kinds_of
from hub.board import tables
from hub.board.downloads.formats import FORMATS
from hub.board.downloads.of_series import of_series
from hub.board.table_builder.build import ALL, ALL_NAME, Built, build
from hub.board.table_builder.choices import Choices, Offer, read
from hub.facts.moments import AsAt, as_at
from hub.measures.audience import protected
from hub.measures.compute import Reading
from hub.measures.load import measures_as_at
from hub.measures.model import AGENCY, AGENCY_KIND, Series

blueprint = Blueprint("tables", __name__, url_prefix="/partnerships/<partnership>")

FILES = {"csv": "csv", "csvw": "zip"}  # what is asked for → the ending of the file


class Chosen(cursors.Page):
    measures = Text(longest=200, required=True, says="Codes of measures, joined by commas: RF01,RF02.")
    by = Text(longest=60, load_default="", says="A breakdown of them: area, setting, …")
    first = PeriodCode(named="from", says="The first period; its kind says of which kind all are.")
    last = PeriodCode(named="to", says="The last period.")
    area = Text(longest=60, load_default="", says="Of one area.")
    total = fields.String(
        validate=validate.OneOf(("yes", "no")),
        load_default="no",
        metadata={"description": "The whole beside the lines."},
    )
    as_at = Moment()
    format = fields.String(
        validate=validate.OneOf(("json", *FILES)),
        load_default="json",
        metadata={
            "description": "json comes in pages; csv, and csvw (a ZIP with metadata and a dictionary), are whole."
        },
    )


class MeasureTold(Schema):
    measure = fields.String()
    name = fields.String()
    unit = fields.String()
    withheld = fields.String(allow_none=True, metadata={"description": "Why nothing, or not all, is shown."})


class Row(PointRead):
    measure = fields.String()


class TableRead(Schema):
    """Measures of the agency’s own figures, number by number. Missing is never zero."""

    partnership = fields.String()
    illustrative = fields.Boolean()
    agency = fields.String()
    as_at = fields.DateTime()
    by = fields.String(allow_none=True)
    measures = fields.List(fields.Nested(MeasureTold))
    items = fields.List(fields.Nested(Row))
    next = fields.String(allow_none=True)


@blueprint.get("/table")
@requires(Permission.BOARD_READ, of="partnership")
@endpoint(
    query=Chosen, answer=TableRead, files=("text/csv", FORMATS[FILES["csvw"]].mimetype), refusals=(404,)
)
def table(partnership: str, query: dict[str, Any]) -> dict[str, Any] | File:
    """A table of the agency’s own figures: measures by lines and periods

    Pages of one table all read the ledger at the position of the first, whatever is signed meanwhile.
    """
    at, after = _from(query["cursor"], as_at(transaction.reading(), caller.partnership(), query["as_at"]))
    reading = Reading(transaction.reading(), caller.partnership(), at)
    built = build(reading, _choices(reading, query), _gate, agency_id=caller.agency_id())
    if query["format"] in FILES:
        return _file(built, at, FILES[query["format"]])
    return _page(built, at, after, query["limit"])


def _from(cursor: str, at: AsAt) -> tuple[AsAt, int]:
    place = cursors.read(cursor, (int, int))
    return (at, 0) if place is None else (replace(at, position=place[0]), place[1])


def _gate(series: Series) -> Series:
    kind = series.points[0].period.kind if series.points else series.measure.usual
    return protected(
        transaction.reading(),
        series,
        kind,
        reader=g.actor,
        partnership=caller.partnership(),
        owner=caller.agency().code,
    )


def _choices(reading: Reading, query: Mapping[str, Any]) -> Choices:
    session, at = reading.session, reading.at
    own = {
        code: measure
        for code, measure in measures_as_at(session, at.moment).items()
        if kinds_of(session, measure)
    }
    offer = Offer(
        measures=own,
        breakdowns=lambda measure: [
            by for by in tables.breakdowns(reading, measure) if by not in (AGENCY, AGENCY_KIND)
        ],
        areas={area.code: area.name for area in reading.cells.areas_known if area.serves(at.today)},
        agency_kinds=(),
    )
    first, last = query["first"], query["last"]
    if first and last and (first.kind != last.kind or last.starts_on < first.starts_on):
        raise Refusal(400, "Name two periods of one kind, the earlier one first.")
    span = first or last
    choices, faults = read(_given(query, span.kind if span else ""), offer, at.today)
    if faults or choices is None:
        raise Refusal(400, " ".join(faults) or "Name at least one measure.")
    for measure in choices.measures:
        if choices.kind not in kinds_of(session, measure):
            raise Refusal(400, f"{measure.id} is not worked out of your figures by that kind of period.")
    return choices


def _given(query: Mapping[str, Any], kind: str) -> dict[str, Sequence[str]]:
    """The query under the names of the page's address."""
    codes = {"from": query["first"], "to": query["last"]}
    return {
        "measure": [code.strip() for code in query["measures"].split(",")],
        "period": [kind],
        **{name: [period.code] for name, period in codes.items() if period},
        **{name: [query[name]] for name in ("by", "area", "total")},
    }


def _page(built: Built, at: AsAt, after: int, limit: int) -> dict[str, Any]:
    points = [(part.measure.id, point) for part in built.parts if part.series for point in part.series.points]
    names = ("lines", "value", "numerator", "denominator", "coverage", "state", "reason")
    return {
        "partnership": caller.partnership().code,
        "illustrative": caller.partnership().illustrative,
        "agency": caller.agency().code,
        "as_at": at.moment,
        "by": built.choices.by or None,
        "measures": [
            {
                "measure": part.measure.id,
                "name": part.measure.name,
                "unit": part.measure.unit,
                "withheld": part.absent or None,
            }
            for part in built.parts
        ],
        "items": [
            {"measure": id, "period": point.period.code, **{name: getattr(point, name) for name in names}}
            for id, point in points[after : after + limit]
        ],
        "next": cursors.write(at.position, after + limit) if after + limit < len(points) else None,
    }


def _file(built: Built, at: AsAt, ending: str) -> File:
    query = {**request.args, "as_at": at.moment.isoformat()}
    download = of_series(
        [(part.series, {**built.lines, ALL: ALL_NAME}) for part in built.parts if part.series is not None],
        caller.partnership(),
        by=built.choices.by or None,
        periods=built.periods,
        title=", ".join(measure.name for measure in built.choices.measures),
        address=url_for(
            str(request.endpoint), partnership=caller.partnership().code, _external=True, **query
        ),
        terms=url_for("plain.terms", _external=True),
        as_at=at.moment,
        of=caller.agency().code,
        more_notes=[
            ("Of one agency", f"{caller.agency().name} ({caller.agency().code}) alone."),
            *((part.measure.id, part.absent) for part in built.parts if part.absent),
        ],
    )
    made = FORMATS[ending]
    return File(made.make(download), made.mimetype, f"{download.stem}.{ending}")

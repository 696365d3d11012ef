"""`hub measure`: one measure of one partnership, as at a moment."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hub.measures.model import Asked, Measure, Series
    from hub.partners.models import Partnership
    from hub.periods import Kind


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("measure", help="work out a measure from signed figures")
    parser.add_argument("measure", metavar="ID", help="for example RF02")
    parser.add_argument("--partnership", required=True, metavar="ID")
    parser.add_argument(
        "--from", dest="first", metavar="P", help="the first period: 2014-04, or FY2013-14 for years"
    )
    parser.add_argument("--to", dest="last", metavar="P", help="the last period")
    parser.add_argument("--by", metavar="BREAKDOWN", help="agency, area, source or another breakdown")
    parser.add_argument(
        "--follow-successors",
        action="store_true",
        help="with --by agency: under the body that has taken an agency’s place since",
    )
    parser.add_argument("--agency", metavar="CODE", help="of one agency")
    parser.add_argument("--area", metavar="CODE", help="of one area")
    parser.add_argument("--as-at", metavar="T", help="a date (its end) or a moment with offset")
    parser.add_argument("--as", dest="reader", metavar="EMAIL", help="as this person may see it")
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hub import config
    from hub.db import make_engine, open_session
    from hub.partners.deployment import refuse_other_profiles

    engine = make_engine(config.from_environment().database_url)
    try:
        with open_session(engine) as session:
            refuse_other_profiles(session)
            series = _series(session, arguments)
    finally:
        engine.dispose()
    if arguments.format == "json":
        print(json.dumps(series.as_json(), ensure_ascii=False))
    elif arguments.format == "csv":
        _write_csv(series)
    else:
        _write_text(series)
    return 0


def _series(session: Session, arguments: argparse.Namespace) -> Series:
    from hub.clock import parse_moment
    from hub.facts.moments import as_at
    from hub.measures.audience import protected
    from hub.measures.compute import measure
    from hub.measures.load import measure_as_at
    from hub.partners import queries

    partnership = queries.partnership(session, arguments.partnership)
    at = as_at(session, partnership, parse_moment(arguments.as_at) if arguments.as_at else None)
    definition = measure_as_at(session, arguments.measure, at.moment)
    asked = _asked(session, arguments, partnership, definition)
    series = measure(session, partnership, at, arguments.measure, asked)
    return protected(
        session,
        series,
        asked.kind,
        reader=_reader(session, arguments.reader),
        partnership=partnership,
        owner=arguments.agency,
    )


def _reader(session: Session, email: str | None) -> Any:
    from sqlalchemy import select

    from hub.errors import NotFound
    from hub.partners.models import Person
    from hub.partners.policy import actor_for

    if email is None:
        return None
    person_id = session.scalar(select(Person.id).where(Person.email == email.strip().lower()))
    if person_id is None:
        raise NotFound(f"There is nobody with the address {email}.")
    return actor_for(session, person_id)


def _asked(
    session: Session, arguments: argparse.Namespace, partnership: Partnership, definition: Measure
) -> Asked:
    from hub.errors import WrongUsage
    from hub.measures.model import Asked
    from hub.partners import queries
    from hub.periods import parse

    if arguments.follow_successors and arguments.by != "agency":
        raise WrongUsage("--follow-successors goes with --by agency.")
    first = parse(arguments.first) if arguments.first else None
    last = parse(arguments.last) if arguments.last else None
    if first and last and first.kind != last.kind:
        raise WrongUsage(f"{first.code} and {last.code} are periods of two kinds. Give two of one kind.")
    if first and last and last < first:
        raise WrongUsage(f"{last.code} lies before {first.code}.")
    span = first or last
    return Asked(
        kind=span.kind if span else _kind(session, partnership, definition),
        first=first.starts_on if first else None,
        last=last.ends_on if last else None,
        by=arguments.by,
        follow=arguments.follow_successors,
        agency_id=queries.agency(session, arguments.agency).id if arguments.agency else None,
        area_id=_area(session, partnership, arguments.area) if arguments.area else None,
    )


def _area(session: Session, partnership: Partnership, code: str) -> int:
    from sqlalchemy import select

    from hub.definitions.model import NOT_KNOWN
    from hub.errors import NotFound
    from hub.facts.models import AREA_NOT_KNOWN
    from hub.partners.models import Area

    if code == NOT_KNOWN:
        return AREA_NOT_KNOWN
    found = session.scalar(select(Area.id).where(Area.partnership_id == partnership.id, Area.code == code))
    if found is None:
        raise NotFound(f"{partnership.name} has no area “{code}”.")
    return found


def _kind(session: Session, partnership: Partnership, definition: Measure) -> Kind:
    """Months where the partnership has signed figures by month, else the other kind of period that the measure has."""
    from sqlalchemy import select

    from hub.facts.models import Revision

    others: list[Kind] = [kind for kind in definition.sources if kind != "month"]
    monthly = definition.sources.get("month")
    if monthly is None or not others:
        return others[0] if others else "month"
    signed = select(Revision.id).where(
        Revision.partnership_id == partnership.id, Revision.return_code == monthly.return_code
    )
    return others[0] if session.scalar(signed.limit(1)) is None else "month"


def _write_csv(series: Series) -> None:
    lines = sorted({name for point in series.points for name in point.lines})
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(
        ["period", *lines, "value", "numerator", "denominator", "received", "due", "state", "reason"]
    )
    for point in series.points:
        numbers = (point.value, point.numerator, point.denominator)
        writer.writerow(
            [
                point.period.code,
                *(point.lines.get(name, "") for name in lines),
                *("" if number is None else number for number in numbers),
                point.coverage.received,
                point.coverage.due,
                point.state,
                point.reason or "",
            ]
        )


def _write_text(series: Series) -> None:
    print(f"{series.measure.id} {series.measure.name} ({series.measure.unit})")
    print(f"{series.partnership}, as at {series.as_at.isoformat()}")
    if series.withheld:
        print(series.withheld)
    for point in series.points:
        value = "–" if point.value is None else f"{point.value:,.{series.measure.places}f}"
        words = point.reason or ("" if point.state == "value" else point.state.replace("_", " "))
        lines = " ".join(point.lines.values())
        print(f"{point.period.code:11} {lines:20} {value:>10}  {point.coverage.words:16} {words}".rstrip())

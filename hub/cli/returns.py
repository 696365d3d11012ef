"""`hub returns [show RETURN]`: the data dictionary; `hub template`: a file to fill in."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.definitions.as_dictionary import Dictionary
    from hub.definitions.model import Definition


def register(subparsers: Any) -> None:
    returns = subparsers.add_parser(
        "returns", help="the data dictionary: what is asked of whom, and how it is counted"
    )
    returns.add_argument("action", nargs="?", choices=("list", "show"), default="list")
    returns.add_argument("code", nargs="?", metavar="RETURN")
    returns.add_argument("--format", choices=("text", "json"), default="text")
    returns.add_argument(
        "--as",
        dest="form",
        choices=("dictionary", "table-schema", "openapi", "expectations"),
        default="dictionary",
        help="for public tools: a Frictionless Table Schema, OpenAPI components, Great Expectations suites",
    )
    returns.set_defaults(run=run_returns)

    template = subparsers.add_parser(
        "template", help="a workbook or CSV to fill in, with the agency's own rows"
    )
    template.add_argument("code", metavar="RETURN")
    template.add_argument(
        "--agency", required=True, metavar="CODE", help="ODS code, URN, force code or council code"
    )
    template.add_argument("--period", required=True, help="the period of collection: 2014-09, AY2014-15T1")
    template.add_argument("--partnership", metavar="ID", help="needed where the agency belongs to several")
    template.add_argument(
        "-o", "--output", required=True, type=Path, metavar="FILE", help="FILE.xlsx or FILE.csv"
    )
    template.set_defaults(run=run_template)


def run_returns(arguments: argparse.Namespace) -> int:
    from hub.errors import UnknownDefinition, WrongUsage

    if (arguments.action == "show") != bool(arguments.code):
        raise WrongUsage("Write “hub returns” for the list, or “hub returns show RETURN” for one of them.")
    returns = _in_force()
    if arguments.code:
        if arguments.code not in returns:
            raise UnknownDefinition(
                f"There is no return “{arguments.code}”. There are: {', '.join(returns)}."
            )
        print(_shown(returns[arguments.code], arguments.form, arguments.format))
        return 0
    if arguments.format == "json":
        print(
            json.dumps(
                {"returns": [_listed(definition) for definition in returns.values()]}, ensure_ascii=False
            )
        )
        return 0
    for definition in returns.values():
        print(f"{definition.code:26} v{definition.version} {definition.status:6} {definition.title}")
    return 0


def _in_force() -> dict[str, Definition]:
    """The returns of the deployment's database; where it has none yet, those of the files."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import DBAPIError

    from hub import config
    from hub.db import make_engine, open_session
    from hub.definitions import catalogue

    returns = {definition.code: definition for definition in catalogue.shipped().returns}
    url = config.from_environment().database_url
    file = make_url(url).database if url.startswith("sqlite") else None
    if file and not Path(file).exists():
        return dict(sorted(returns.items()))  # opening it would make it
    engine = make_engine(url)
    try:
        with open_session(engine) as session:
            returns |= {definition.code: definition for definition in catalogue.definitions(session)}
    except DBAPIError:
        print("The database is not set up yet: these are the returns of the files.", file=sys.stderr)
    finally:
        engine.dispose()
    return dict(sorted(returns.items()))


def _listed(definition: Definition) -> dict[str, Any]:
    return {
        "return": definition.code,
        "version": definition.version,
        "status": definition.status,
        "title": definition.title,
        "published": definition.published,
        "digest": definition.digest,
    }


def _shown(definition: Definition, form: str, format: str) -> str:
    """A return in one of its forms; those for public tools are always JSON."""
    from hub.definitions.as_dictionary import as_dictionary
    from hub.definitions.as_expectations import as_expectations
    from hub.definitions.as_openapi import as_openapi
    from hub.definitions.as_table_schema import as_table_schema

    if form == "table-schema":
        return json.dumps(as_table_schema(definition), ensure_ascii=False, indent=2)
    if form == "openapi":
        return json.dumps(as_openapi(definition), ensure_ascii=False, indent=2)
    if form == "expectations":
        suites = {frame: suite.to_json_dict() for frame, suite in as_expectations(definition).items()}
        return json.dumps(suites, ensure_ascii=False, indent=2)
    page = as_dictionary(definition)
    return json.dumps(asdict(page), ensure_ascii=False) if format == "json" else _in_words(page)


def _in_words(page: Dictionary) -> str:
    lines = [f"{page.title} ({page.code} v{page.version}, {page.status})", "", page.about, "", *page.owed]
    for entry in page.entries:
        lines += ["", f"{entry.title} ({entry.name})", f"  {entry.description}", f"  Write {entry.expected}."]
        lines += [f"  + {example}" for example in entry.counted] + [
            f"  − {example}" for example in entry.not_counted
        ]
    lines += ["", "Checks"] + [f"  {check.severity}: {check.code}: {check.why}" for check in page.checks]
    lines += ["", "Who sees this and what uses it"] + [f"  {line}" for line in page.used_by]
    return "\n".join(lines)


def run_template(arguments: argparse.Namespace) -> int:
    from hub import config, periods
    from hub.db import make_engine, open_session
    from hub.definitions import catalogue
    from hub.definitions.as_template import template
    from hub.definitions.lists import lists_on
    from hub.errors import NotFound, WrongUsage
    from hub.partners import queries
    from hub.submissions.signed_before import sender

    suffix = arguments.output.suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise WrongUsage("The output must be a .xlsx or .csv file: -o return.xlsx")
    period = periods.parse(arguments.period)
    with open_session(make_engine(config.from_environment().database_url)) as session:
        definition = catalogue.definition(session, arguments.code)
        agency = queries.agency(session, arguments.agency)
        memberships = queries.partnerships_of(session, agency.id, period.starts_on)
        fitting = [p for p in memberships if arguments.partnership in (None, p.code)]
        if len(fitting) != 1:
            codes = ", ".join(p.code for p in memberships) or "no partnership"
            raise NotFound(f"{agency.name} belonged to {codes} at the time. Name one with --partnership.")
        lists = lists_on(session, definition, fitting[0].id, period.starts_on, kind=agency.kind)
        asked_of = sender(session, definition, fitting[0], agency, period, lists=lists)
        content = template(definition, asked_of, period, format="xlsx" if suffix == ".xlsx" else "csv")
    arguments.output.write_bytes(content)
    print(f"{arguments.output}: {definition.title}, {agency.name}, {period.name}")
    return 0

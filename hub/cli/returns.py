"""`hub returns [show RETURN]`: the data dictionary; `hub template`: a file to fill in."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.definitions.as_dictionary import Dictionary


def register(subparsers: Any) -> None:
    returns = subparsers.add_parser(
        "returns", help="the data dictionary: what is asked of whom, and how it is counted"
    )
    returns.add_argument("action", nargs="?", choices=("list", "show"), default="list")
    returns.add_argument("code", nargs="?", metavar="RETURN")
    returns.add_argument("--format", choices=("text", "json"), default="text")
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
    from hub.definitions import catalogue
    from hub.definitions.as_dictionary import as_dictionary
    from hub.errors import WrongUsage

    if (arguments.action == "show") != bool(arguments.code):
        raise WrongUsage("Write “hub returns” for the list, or “hub returns show RETURN” for one of them.")
    shipped = catalogue.shipped()
    if arguments.code:
        page = as_dictionary(shipped.latest(arguments.code))
        print(json.dumps(asdict(page), ensure_ascii=False) if arguments.format == "json" else _in_words(page))
        return 0
    latest = [
        shipped.latest(code) for code in dict.fromkeys(definition.code for definition in shipped.returns)
    ]
    if arguments.format == "json":
        rows = [
            {
                "return": d.code,
                "version": d.version,
                "status": d.status,
                "title": d.title,
                "published": d.published,
                "digest": d.digest,
            }
            for d in latest
        ]
        print(json.dumps({"returns": rows}, ensure_ascii=False))
        return 0
    for definition in latest:
        print(f"{definition.code:26} v{definition.version} {definition.status:6} {definition.title}")
    return 0


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
        lists = lists_on(session, definition, fitting[0].id, period.starts_on)
        content = template(
            definition,
            agency_code=agency.code,
            agency_kind=agency.kind,
            partnership_code=fitting[0].code,
            period=period,
            lists=lists,
            format="xlsx" if suffix == ".xlsx" else "csv",
        )
    arguments.output.write_bytes(content)
    print(f"{arguments.output}: {definition.title}, {agency.name}, {period.name}")
    return 0

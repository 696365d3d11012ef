"""`hub import`: signed history in bulk, all or nothing."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hub.findings import Finding
    from hub.submissions.import_order import Imported

SHOWN = 100


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("import", help="import signed history or published tables, all or nothing")
    parser.add_argument("return_code", metavar="RETURN")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX")
    parser.add_argument("--prepared-by", required=True, metavar="EMAIL", help="who prepared the file")
    parser.add_argument("--signed-by", required=True, metavar="EMAIL", help="who answers for it")
    parser.add_argument("--partnership", metavar="ID", help="only rows of this partnership")
    parser.add_argument(
        "--mapping", metavar="NAME", help="how the file’s columns are read (a name or a YAML file)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hub import config
    from hub.db import make_engine, transaction
    from hub.definitions import catalogue
    from hub.errors import NotFound
    from hub.intake.table import Received
    from hub.measures.profiles import settle
    from hub.submissions.import_history import import_history
    from hub.submissions.import_mapping import mapping_for
    from hub.submissions.import_order import NotImported, Order

    try:
        content = arguments.file.read_bytes()
    except OSError as error:
        raise NotFound(f"{arguments.file} cannot be read: {error.strerror}.") from error
    received = Received(channel="import", filename=arguments.file.name, content=content)
    engine = make_engine(config.from_environment().database_url)
    try:
        with transaction(engine) as session:
            settle(session)
            definition = catalogue.definition(session, arguments.return_code)
            order = Order(
                received=received,
                definition=definition,
                prepared_by=arguments.prepared_by,
                signed_by=arguments.signed_by,
                mapping=mapping_for(session, received, definition, arguments.mapping),
                partnership=arguments.partnership,
            )
            imported = import_history(session, order)
    except NotImported as refused:
        return _refuse(arguments.format, refused.sentence, refused.findings)
    finally:
        engine.dispose()
    print(
        json.dumps(imported.as_json(), ensure_ascii=False) if arguments.format == "json" else _words(imported)
    )
    return 0


def _words(imported: Imported) -> str:
    lines = [
        f"{imported.revisions:,} revisions signed with {imported.facts:,} figures, "
        f"of {imported.agencies:,} agencies and {imported.periods:,} periods."
    ]
    lines += [f"{rows:,} rows left out: {reason}." for reason, rows in imported.left_out.items()]
    return "\n".join(lines)


def _refuse(form: str, sentence: str, findings: tuple[Finding, ...]) -> int:
    if form == "json":
        document = {"error": sentence, "findings": [finding.as_json() for finding in findings]}
        print(json.dumps(document, ensure_ascii=False))
        return 1
    print(sentence, file=sys.stderr)
    for finding in findings[:SHOWN]:
        line = f"line {finding.where.row}, " if finding.where.row else ""
        column = f"{finding.where.column}: " if finding.where.column else ""
        print(f"{line}{column}{finding.message}", file=sys.stderr)
    if len(findings) > SHOWN:
        print(f"and {len(findings) - SHOWN:,} more.", file=sys.stderr)
    return 1

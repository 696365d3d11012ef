"""`hub check`: everything that is wrong with a file, and nothing stored."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hub.definitions.mapping_model import ColumnMapping
    from hub.definitions.model import Definition
    from hub.intake.table import Channel, Received
    from hub.validation.outcome import Outcome, Scope


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("check", help="check a file as if it were sent, and store nothing")
    parser.add_argument("return_code", metavar="RETURN")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, XLSX or JSON")
    parser.add_argument("--agency", metavar="CODE", help="the agency that would send it")
    parser.add_argument("--period", metavar="P", help="only this period of collection: 2014-09, AY2014-15T1")
    parser.add_argument("--partnership", metavar="ID", help="only this partnership")
    parser.add_argument(
        "--mapping", metavar="NAME", help="how the file’s columns are read (a name or a YAML file)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hub import config
    from hub.db import make_engine, open_session
    from hub.definitions import catalogue
    from hub.findings import errors, queries
    from hub.submissions.import_mapping import mapping_for
    from hub.validation.report import as_json, as_text
    from hub.validation.run import check

    received = _received(arguments.file, period=arguments.period or "")
    engine = make_engine(config.from_environment().database_url)
    try:
        with open_session(engine) as session:
            definition = catalogue.definition(session, arguments.return_code)
            if definition.published:
                outcome = _as_imported(session, received, definition, arguments)
            else:
                named = arguments.mapping
                mapping = mapping_for(session, received, definition, named) if named else None
                outcome = check(
                    received,
                    definition,
                    _scope(session, definition, arguments),
                    mapping=mapping,
                    offered=() if named else _offered(session, definition, arguments.agency),
                )
    finally:
        engine.dispose()
    print(
        json.dumps(as_json(outcome), ensure_ascii=False) if arguments.format == "json" else as_text(outcome)
    )
    return 1 if errors(outcome.findings) or queries(outcome.findings) else 0


def _offered(session: Session, definition: Definition, agency: str | None) -> tuple[ColumnMapping, ...]:
    """As on the upload page: what may read the file by its headings."""
    from hub.definitions.offered import offered
    from hub.partners import queries

    own = {queries.agency(session, agency).id} if agency else set()
    return tuple(offered(session, definition, agency_ids=own).values())


def _received(file: Path, *, period: str) -> Received:
    from hub.errors import NotFound
    from hub.intake.table import Received

    channels: dict[str, Channel] = {".json": "json", ".xlsx": "xlsx"}
    try:
        return Received(channels.get(file.suffix.lower(), "csv"), file.name, file.read_bytes(), period=period)
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}.") from error


def _scope(session: Session, definition: Definition, arguments: argparse.Namespace) -> Scope:
    """The due items that the file may speak of, as the database has them."""
    from dataclasses import replace

    from hub import periods
    from hub.errors import NotFound
    from hub.partners import queries
    from hub.submissions.earlier import with_history
    from hub.submissions.scope import scope_for

    agency = queries.agency(session, arguments.agency) if arguments.agency else None
    place = queries.partnership(session, arguments.partnership) if arguments.partnership else None
    scope = scope_for(
        session,
        definition,
        agency_ids=[agency.id] if agency else None,
        partnership_id=place.id if place else None,
    )
    if arguments.period:
        period = periods.parse(arguments.period).code
        expected = tuple(item for item in scope.expected if item.period == period)
        meant = expected[0].due_item_id if len(expected) == 1 else None
        scope = replace(scope, expected=expected, meant=meant)
    if not scope.expected:
        of = [f"from {agency.code}"] if agency else []
        of += [f"for {arguments.period}"] if arguments.period else []
        raise NotFound(f"No “{definition.code}” is due {' '.join(of)}".rstrip() + ".")
    return with_history(session, definition, scope)


def _as_imported(
    session: Session, received: Received, definition: Definition, arguments: argparse.Namespace
) -> Outcome:
    """A published table is owed by nobody: its rows are placed as an import would, and the session is never committed."""
    from hub.submissions.import_history import check_history
    from hub.submissions.import_mapping import mapping_for
    from hub.submissions.import_order import NotImported, Order
    from hub.validation.outcome import Outcome

    try:
        mapping = mapping_for(session, received, definition, arguments.mapping)
        order = Order(
            received=received,
            definition=definition,
            prepared_by="",
            signed_by="",
            mapping=mapping,
            partnership=arguments.partnership,
        )
        return check_history(session, order)
    except NotImported as refused:
        return Outcome(definition.code, definition.version, 0, (), refused.findings, refused=True)

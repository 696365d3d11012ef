"""`hub due`: let the due list grow to today, as the host's scheduler does every day."""

from __future__ import annotations

import argparse
import json
from typing import Any


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "due", help="make the due items that the calendar has reached; run it daily"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hub import config

    made = grow(config.from_environment().database_url)
    print(json.dumps({"made": made}) if arguments.format == "json" else f"{made} returns newly due.")
    return 0


def grow(database_url: str) -> int:
    """Bring every partnership's due list up to its today; returns how many due items are new."""
    from hub.audit.chain import OPERATOR, record
    from hub.calendar.ahead import keep_ahead
    from hub.db import make_engine, transaction

    engine = make_engine(database_url)
    try:
        with transaction(engine) as session:
            made = keep_ahead(session)
            if made:
                record(session, actor=OPERATOR, action="due", subject="due list", detail={"made": made})
            return made
    finally:
        engine.dispose()

"""`hub verify`: the audit chain, the ledger's digests and the current cells."""

from __future__ import annotations

import argparse
import json
from typing import Any


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("verify", help="check the audit chain, the ledger and the current cells")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from hub.config import from_environment
    from hub.db import make_engine, open_session
    from hub.facts.verify import all_faults

    config = from_environment()
    engine = make_engine(config.database_url)
    with open_session(engine) as session:
        faults = all_faults(session, Path(config.checkpoints))
    engine.dispose()
    if arguments.format == "json":
        print(json.dumps({"holds": not faults, "faults": faults}, ensure_ascii=False))
    elif faults:
        print("\n".join(faults))
    else:
        print("The audit chain, the ledger and the current cells hold.")
    return 1 if faults else 0

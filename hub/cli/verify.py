"""`hub verify`: the audit chain, the ledger's digests and the current cells; or whether a pack is as it was sealed."""

from __future__ import annotations

import argparse
import json
from typing import Any


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "verify", help="check the audit chain, the ledger and the current cells, or a pack's seal"
    )
    parser.add_argument("pack", nargs="?", metavar="PACK.pdf", help="say whether this pack is genuine")
    parser.add_argument(
        "--key", metavar="FILE", help="public keys as published at /packs/keys.pem: no database is asked"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from hub.config import from_environment
    from hub.db import make_engine, open_session
    from hub.errors import WrongUsage
    from hub.facts.verify import all_faults

    if arguments.pack is not None:
        return _verify_pack(arguments)
    if arguments.key is not None:
        raise WrongUsage("--key goes with a pack.")
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


def _verify_pack(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from hub.board.packs.seal import keys_in, verify
    from hub.errors import NotFound

    try:
        pdf = Path(arguments.pack).read_bytes()
        keys = keys_in(Path(arguments.key).read_text(encoding="ascii")) if arguments.key else _known_keys()
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(
            f"{error.filename if isinstance(error, OSError) else arguments.key} cannot be read."
        ) from error
    found = verify(pdf, keys)
    if arguments.format == "json":
        told = {"standing": found.standing, "sentence": found.sentence, **found.said}
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(f"{found.standing}: {found.sentence}")
    return 0 if found.standing == "genuine" else 1


def _known_keys() -> dict[str, str]:
    """The keys of every pack of this hub."""
    from hub.board.packs.read import public_keys
    from hub.config import from_environment
    from hub.db import make_engine, open_session

    engine = make_engine(from_environment().database_url)
    try:
        with open_session(engine) as session:
            return public_keys(session)
    finally:
        engine.dispose()

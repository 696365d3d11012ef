"""`hub seed example` and `hub seed england`."""

from __future__ import annotations

import argparse
from typing import Any


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "seed", help="make the illustrative partnership, or England’s councils as partnerships"
    )
    parser.add_argument("what", choices=("example", "england"))
    parser.add_argument("--until", default=None, help="how far the example is told: 2015-03 or 2016-03")
    parser.add_argument("--demo", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hub import config
    from hub.db import make_engine, transaction
    from hub.measures.profiles import settle

    settings = config.from_environment()
    engine = make_engine(settings.database_url)
    try:
        with transaction(engine) as session:
            settle(session)
            print(
                _example(session, arguments, settings.secret_key)
                if arguments.what == "example"
                else _england(session, arguments)
            )
    finally:
        engine.dispose()
    return 0


def _example(session: Any, arguments: argparse.Namespace, secret_key: str) -> str:
    from hub.seed.example.introduction import introduction
    from hub.seed.example.seed import PASSWORD, seed_example

    until = {"until": arguments.until} if arguments.until else {}
    seeded = seed_example(session, demo=arguments.demo, secret_key=secret_key, **until)
    told = (
        f"{seeded.partnership} stands at {seeded.today}: "
        f"{seeded.signed:,} revisions signed with {seeded.facts:,} figures."
    )
    if not secret_key:
        told += " Its packs and reports are left out: HUB_SECRET_KEY, which seals them, is not set."
    return f"{told}\n\n{introduction(PASSWORD)}" if arguments.demo else told


def _england(session: Any, arguments: argparse.Namespace) -> str:
    from hub.errors import WrongUsage
    from hub.seed.england import seed_england

    if arguments.until or arguments.demo:
        raise WrongUsage("--until belongs to “hub seed example”.")
    seeded = seed_england(session)
    return f"{seeded.agencies} agencies and {seeded.partnerships} partnerships were made."

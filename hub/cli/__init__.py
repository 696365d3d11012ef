"""The command line, `hub`: the operator's door.

Every module beside this one is a group of commands with `register(subparsers)`, which names its parsers and sets
`run` as their default, and `run(arguments) -> int`, the exit code. Modules import what is heavy inside `run`,
so that `hub --help` answers at once.

Exit codes: 0 done, 1 the data or the state says no, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys

from hub.errors import HubError, WrongUsage


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="hub", description="Partnership Hub: signed aggregate figures, and what can be read from them."
    )
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}").register(subparsers)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command; a fault of the data or the state is one sentence on standard error."""
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except WrongUsage as error:
        print(error.sentence, file=sys.stderr)
        return 2
    except HubError as error:
        print(error.sentence, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except Exception as error:
        if not _is_of_the_database(error):
            raise
        print(
            "The database cannot be used as it is: it cannot be reached, or its tables are older than this hub. "
            "Check HUB_DATABASE_URL and run: hub db upgrade",
            file=sys.stderr,
        )
        return 1


def _is_of_the_database(error: Exception) -> bool:
    """Asked only once something went wrong, so that no command waits for the database's library."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    return isinstance(error, OperationalError | ProgrammingError)

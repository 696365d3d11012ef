"""What must hold before requests are sent here: the database answers, its migrations are current, the checker is warm."""

from __future__ import annotations

from functools import cache

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.access import transaction
from hub.access.checking import checker
from hub.config import shipped
from hub.validation.checker import CheckerClient


def state() -> dict[str, bool]:
    stands_at = _migration()
    asked = checker()
    return {
        "database": stands_at is not None,
        "migrations": stands_at == newest_migration(),
        "checker": asked.is_warm() if isinstance(asked, CheckerClient) else True,
    }


def _migration() -> str | None:
    try:
        found = transaction.reading().scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError:
        return None
    return str(found)


@cache
def newest_migration() -> str:
    """The number of the last file: migrations are `NNNN_words.py` in one line without branches."""
    return max(file.name[:4] for file in (shipped("migrations") / "versions").glob("[0-9]*.py"))

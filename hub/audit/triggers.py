"""What the database itself refuses, declared in one place and reinstalled at the end of every migration."""

from __future__ import annotations

from sqlalchemy import Connection


def install(connection: Connection) -> None:
    """Put every trigger and policy in place, replacing older ones."""

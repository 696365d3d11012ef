"""A freshly migrated database matches the code on both engines."""

from sqlalchemy import Engine, text

from hub.audit.check import database_faults
from hub.db import open_session


def test_a_migrated_database_matches_the_code(engine: Engine) -> None:
    with open_session(engine) as session:
        assert database_faults(session.connection()) == []


def test_a_missing_column_is_named(owner_engine: Engine) -> None:
    with open_session(owner_engine, writing=True) as session:
        session.execute(text("ALTER TABLE drafts DROP COLUMN channel"))
        assert any(
            "drafts" in fault and "channel" in fault for fault in database_faults(session.connection())
        )

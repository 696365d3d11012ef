"""The tests' own databases: migrated, empty, apart, and used with the rights of the application."""

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from hub.models import metadata
from tests.databases import NewDatabase


def test_a_test_gets_every_table_and_no_partnership(engine: Engine) -> None:
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM partnerships")).scalar_one() == 0


def test_a_session_writes(session: Session) -> None:
    session.execute(text("CREATE TEMPORARY TABLE scratch (id INTEGER)"))
    session.execute(text("INSERT INTO scratch VALUES (1)"))
    session.commit()
    assert session.execute(text("SELECT id FROM scratch")).scalars().all() == [1]


@pytest.mark.postgres
def test_row_level_security_is_not_walked_past(postgres_url: str) -> None:
    from hub.db import make_engine

    engine = make_engine(postgres_url)
    with engine.connect() as connection:
        rights = connection.execute(
            text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).one()
        owned = connection.execute(
            text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        ).scalar_one()
    engine.dispose()
    assert (*rights, owned) == (False, False, 0)


def test_two_databases_of_one_test_are_apart(new_database: NewDatabase) -> None:
    assert new_database("sqlite") != new_database("sqlite")

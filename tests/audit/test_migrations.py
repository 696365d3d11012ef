"""Migrations go down to the first and up again, on both engines, and leave what the code declares."""

import pytest
from alembic import command
from alembic.config import Config

from hub import db
from hub.audit.check import database_faults
from hub.config import shipped
from tests.databases import ENGINES, NewDatabase, as_owner


@pytest.mark.parametrize("kind", ENGINES)
def test_every_migration_goes_down_and_up_again(kind: str, new_database: NewDatabase) -> None:
    owner = as_owner(new_database(kind))  # SQLite has none
    config = Config()
    config.set_main_option("script_location", str(shipped("migrations")))
    config.attributes["url"] = owner
    command.downgrade(config, "0001")
    db.upgrade(owner)
    engine = db.make_engine(owner)
    with engine.connect() as connection:
        assert database_faults(connection) == []
    engine.dispose()

"""Runs migrations on the address that `hub.db.upgrade` passes, and reinstalls what no table definition holds."""

from alembic import context

from hub.audit import triggers
from hub.db import make_engine
from hub.models import metadata

engine = make_engine(context.config.attributes["url"])
with engine.execution_options(hub_writing=True).connect() as connection:
    if connection.dialect.name == "postgresql":
        # Row-level security is forced on the owner too: a migration that moves rows must see all of them.
        connection.exec_driver_sql("SELECT set_config('hub.partnerships', 'all', false)")
        connection.commit()
    # SQLite takes DDL into its transactions as well: a migration happens whole or not at all.
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()
        # SQLite's table rebuilds drop triggers without a word, so they are put back after every run.
        triggers.install(connection)
engine.dispose()

"""Runs migrations on the address that `hub.db.upgrade` passes, and reinstalls what no table definition holds."""

from alembic import context

from hub.audit import triggers
from hub.db import make_engine
from hub.models import metadata

engine = make_engine(context.config.attributes["url"])
with engine.execution_options(hub_writing=True).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
        # SQLite's table rebuilds drop triggers without a word, so they are put back after every run.
        triggers.install(connection)
engine.dispose()

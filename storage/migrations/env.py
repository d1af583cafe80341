"""Alembic's entry: run the migrations on the connection that storage.schema_version hands over."""

from alembic import context

from storage.all_tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()

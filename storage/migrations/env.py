"""Alembic's entry: run the migrations on the connection that storage.schema_version hands over."""

from alembic import context
from sqlalchemy import Column
from sqlalchemy.schema import CreateIndex

from storage.all_tables import metadata
from storage.collation import compare_by_code_point
from storage.migrations import HEAD

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
    if context.get_revision_argument() == HEAD:
        # Alembic cannot tell indexes over expressions apart: they are made wherever they are not there.
        for index in (index for table in metadata.sorted_tables for index in table.indexes):
            if not all(isinstance(part, Column) for part in index.expressions):
                connection.execute(CreateIndex(index, if_not_exists=True))
        compare_by_code_point(connection)

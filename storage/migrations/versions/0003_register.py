"""The register grown up: what its rules, its protection of data and its archives need to remember."""

import sqlalchemy as sa
from alembic import op

from storage.columns import InstantColumn

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "book_seal",
        sa.Column("operation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("operation", name=op.f("pk_book_seal")),
    )
    op.create_table(
        "erased",
        sa.Column("digest", sa.String(length=255), nullable=False),
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erased")),
    )
    op.create_index(op.f("ix_erased_person"), "erased", ["person"], unique=False)
    op.add_column("matrix_group_session", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("card", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_outbox_record", "outbox", ["about"], unique=False)
    op.drop_index(op.f("ix_projects_overall"), table_name="projects")
    op.drop_index(op.f("ix_projects_phase"), table_name="projects")

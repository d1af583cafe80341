"""What a citizen of Matrix remembers: identities, incidents, keys withheld, rooms that moved, late messages."""

import sqlalchemy as sa
from alembic import op

from storage.columns import InstantColumn

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first", InstantColumn(), nullable=False),
        sa.Column("last", InstantColumn(), nullable=False),
        sa.Column("reported", InstantColumn(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_incident_reported", "incident", ["reported", "id"], unique=False)
    op.create_index("ix_incident_subject", "incident", ["kind", "subject", "first"], unique=False)
    op.create_table(
        "matrix_identity",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.String(length=255), nullable=False),
        sa.Column("pinned", sa.String(length=255), nullable=False),
        sa.Column("current", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("account", "user_id", name=op.f("pk_matrix_identity")),
    )
    op.create_table(
        "matrix_told",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.String(length=255), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("account", "user_id", name=op.f("pk_matrix_told")),
    )
    op.create_table(
        "matrix_withheld",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("room", sa.String(length=255), nullable=False),
        sa.Column("session", sa.String(length=255), nullable=False),
        sa.Column("code", sa.String(length=255), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("account", "sender", "room", "session", name=op.f("pk_matrix_withheld")),
    )
    op.add_column("matrix_account", sa.Column("began", InstantColumn(), nullable=True))
    op.add_column("matrix_account", sa.Column("master_key", sa.String(length=255), nullable=True))
    op.add_column("matrix_account", sa.Column("device_key", sa.String(length=255), nullable=True))
    op.add_column("matrix_device", sa.Column("signed_by", sa.String(length=255), nullable=True))
    op.add_column("matrix_room", sa.Column("successor", sa.String(length=255), nullable=True))
    op.add_column("matrix_undecrypted", sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("matrix_undecrypted", sa.Column("thread", sa.String(length=255), nullable=True))
    op.create_index("ix_matrix_undecrypted_told", "matrix_undecrypted", ["account", "told", "at"], unique=False)
    op.add_column("outbox", sa.Column("late", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("thread", sa.String(length=255), nullable=True))
    op.create_index("ix_outbox_delayed", "outbox", ["account", "state", "not_before", "room"], unique=False)
    op.create_index("ix_outbox_replaces", "outbox", ["replaces"], unique=False)
    op.create_index("ix_outbox_turn", "outbox", ["account", "state", "urgency", "room"], unique=False)

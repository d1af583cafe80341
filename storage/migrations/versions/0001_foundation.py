"""The foundation: the register with its past, operations, inbox and outbox, and Matrix's own state."""

import sqlalchemy as sa
from alembic import op

from storage.columns import InstantColumn

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 - one statement for each table and index
    """Make all tables."""
    op.create_table(
        "agreements",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("form", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("signed_on", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.Text(), nullable=True),
        sa.Column("in_force", sa.String(length=255), nullable=True),
        sa.Column("term", sa.Text(), nullable=True),
        sa.Column("ends_on", sa.String(length=255), nullable=True),
        sa.Column("renewal", sa.Text(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("notice_to", sa.String(length=255), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreements")),
    )
    op.create_index("ix_agreements_operation", "agreements", ["operation"], unique=False)
    op.create_table(
        "agreements_amends",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreements_amends")),
    )
    op.create_index("ix_agreements_amends_operation", "agreements_amends", ["operation"], unique=False)
    op.create_index("ix_agreements_amends_root", "agreements_amends", ["root"], unique=False)
    op.create_table(
        "agreements_amends_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_agreements_amends_past")),
    )
    op.create_index("ix_agreements_amends_past_ended_by", "agreements_amends_past", ["ended_by"], unique=False)
    op.create_index("ix_agreements_amends_past_key", "agreements_amends_past", ["key"], unique=False)
    op.create_index("ix_agreements_amends_past_operation", "agreements_amends_past", ["operation"], unique=False)
    op.create_index("ix_agreements_amends_past_root", "agreements_amends_past", ["root"], unique=False)
    op.create_table(
        "agreements_clauses",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreements_clauses")),
    )
    op.create_index("ix_agreements_clauses_operation", "agreements_clauses", ["operation"], unique=False)
    op.create_index("ix_agreements_clauses_root", "agreements_clauses", ["root"], unique=False)
    op.create_table(
        "agreements_clauses_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_agreements_clauses_past")),
    )
    op.create_index("ix_agreements_clauses_past_ended_by", "agreements_clauses_past", ["ended_by"], unique=False)
    op.create_index("ix_agreements_clauses_past_key", "agreements_clauses_past", ["key"], unique=False)
    op.create_index("ix_agreements_clauses_past_operation", "agreements_clauses_past", ["operation"], unique=False)
    op.create_index("ix_agreements_clauses_past_root", "agreements_clauses_past", ["root"], unique=False)
    op.create_table(
        "agreements_documents",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreements_documents")),
    )
    op.create_index("ix_agreements_documents_operation", "agreements_documents", ["operation"], unique=False)
    op.create_index("ix_agreements_documents_root", "agreements_documents", ["root"], unique=False)
    op.create_table(
        "agreements_documents_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_agreements_documents_past")),
    )
    op.create_index("ix_agreements_documents_past_ended_by", "agreements_documents_past", ["ended_by"], unique=False)
    op.create_index("ix_agreements_documents_past_key", "agreements_documents_past", ["key"], unique=False)
    op.create_index("ix_agreements_documents_past_operation", "agreements_documents_past", ["operation"], unique=False)
    op.create_index("ix_agreements_documents_past_root", "agreements_documents_past", ["root"], unique=False)
    op.create_table(
        "agreements_file_refs",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreements_file_refs")),
    )
    op.create_index("ix_agreements_file_refs_operation", "agreements_file_refs", ["operation"], unique=False)
    op.create_index("ix_agreements_file_refs_root", "agreements_file_refs", ["root"], unique=False)
    op.create_table(
        "agreements_file_refs_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_agreements_file_refs_past")),
    )
    op.create_index("ix_agreements_file_refs_past_ended_by", "agreements_file_refs_past", ["ended_by"], unique=False)
    op.create_index("ix_agreements_file_refs_past_key", "agreements_file_refs_past", ["key"], unique=False)
    op.create_index("ix_agreements_file_refs_past_operation", "agreements_file_refs_past", ["operation"], unique=False)
    op.create_index("ix_agreements_file_refs_past_root", "agreements_file_refs_past", ["root"], unique=False)
    op.create_table(
        "agreements_notices",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("sent", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreements_notices")),
    )
    op.create_index("ix_agreements_notices_operation", "agreements_notices", ["operation"], unique=False)
    op.create_index("ix_agreements_notices_root", "agreements_notices", ["root"], unique=False)
    op.create_table(
        "agreements_notices_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("sent", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_agreements_notices_past")),
    )
    op.create_index("ix_agreements_notices_past_ended_by", "agreements_notices_past", ["ended_by"], unique=False)
    op.create_index("ix_agreements_notices_past_key", "agreements_notices_past", ["key"], unique=False)
    op.create_index("ix_agreements_notices_past_operation", "agreements_notices_past", ["operation"], unique=False)
    op.create_index("ix_agreements_notices_past_root", "agreements_notices_past", ["root"], unique=False)
    op.create_table(
        "agreements_notices_received",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreements_notices_received")),
    )
    op.create_index(
        "ix_agreements_notices_received_operation", "agreements_notices_received", ["operation"], unique=False
    )
    op.create_index("ix_agreements_notices_received_root", "agreements_notices_received", ["root"], unique=False)
    op.create_table(
        "agreements_notices_received_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_agreements_notices_received_past")),
    )
    op.create_index(
        "ix_agreements_notices_received_past_ended_by", "agreements_notices_received_past", ["ended_by"], unique=False
    )
    op.create_index(
        "ix_agreements_notices_received_past_key", "agreements_notices_received_past", ["key"], unique=False
    )
    op.create_index(
        "ix_agreements_notices_received_past_operation", "agreements_notices_received_past", ["operation"], unique=False
    )
    op.create_index(
        "ix_agreements_notices_received_past_root", "agreements_notices_received_past", ["root"], unique=False
    )
    op.create_table(
        "agreements_parties",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreements_parties")),
    )
    op.create_index("ix_agreements_parties_operation", "agreements_parties", ["operation"], unique=False)
    op.create_index("ix_agreements_parties_root", "agreements_parties", ["root"], unique=False)
    op.create_table(
        "agreements_parties_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_agreements_parties_past")),
    )
    op.create_index("ix_agreements_parties_past_ended_by", "agreements_parties_past", ["ended_by"], unique=False)
    op.create_index("ix_agreements_parties_past_key", "agreements_parties_past", ["key"], unique=False)
    op.create_index("ix_agreements_parties_past_operation", "agreements_parties_past", ["operation"], unique=False)
    op.create_index("ix_agreements_parties_past_root", "agreements_parties_past", ["root"], unique=False)
    op.create_table(
        "agreements_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("form", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("signed_on", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.Text(), nullable=True),
        sa.Column("in_force", sa.String(length=255), nullable=True),
        sa.Column("term", sa.Text(), nullable=True),
        sa.Column("ends_on", sa.String(length=255), nullable=True),
        sa.Column("renewal", sa.Text(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("notice_to", sa.String(length=255), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_agreements_past")),
    )
    op.create_index("ix_agreements_past_ended_by", "agreements_past", ["ended_by"], unique=False)
    op.create_index("ix_agreements_past_key", "agreements_past", ["key"], unique=False)
    op.create_index("ix_agreements_past_operation", "agreements_past", ["operation"], unique=False)
    op.create_table(
        "agreements_replaces",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreements_replaces")),
    )
    op.create_index("ix_agreements_replaces_operation", "agreements_replaces", ["operation"], unique=False)
    op.create_index("ix_agreements_replaces_root", "agreements_replaces", ["root"], unique=False)
    op.create_table(
        "agreements_replaces_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_agreements_replaces_past")),
    )
    op.create_index("ix_agreements_replaces_past_ended_by", "agreements_replaces_past", ["ended_by"], unique=False)
    op.create_index("ix_agreements_replaces_past_key", "agreements_replaces_past", ["key"], unique=False)
    op.create_index("ix_agreements_replaces_past_operation", "agreements_replaces_past", ["operation"], unique=False)
    op.create_index("ix_agreements_replaces_past_root", "agreements_replaces_past", ["root"], unique=False)
    op.create_table(
        "agreements_signatures",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("office", sa.Text(), nullable=True),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_agreements_signatures")),
    )
    op.create_index("ix_agreements_signatures_operation", "agreements_signatures", ["operation"], unique=False)
    op.create_index("ix_agreements_signatures_root", "agreements_signatures", ["root"], unique=False)
    op.create_table(
        "agreements_signatures_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("office", sa.Text(), nullable=True),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_agreements_signatures_past")),
    )
    op.create_index("ix_agreements_signatures_past_ended_by", "agreements_signatures_past", ["ended_by"], unique=False)
    op.create_index("ix_agreements_signatures_past_key", "agreements_signatures_past", ["key"], unique=False)
    op.create_index(
        "ix_agreements_signatures_past_operation", "agreements_signatures_past", ["operation"], unique=False
    )
    op.create_index("ix_agreements_signatures_past_root", "agreements_signatures_past", ["root"], unique=False)
    op.create_table(
        "barriers",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("norm", sa.Text(), nullable=True),
        sa.Column("level", sa.String(length=255), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("addressee", sa.String(length=255), nullable=True),
        sa.Column("via", sa.String(length=255), nullable=True),
        sa.Column("addressed_on", sa.Text(), nullable=True),
        sa.Column("answer_due", sa.String(length=255), nullable=True),
        sa.Column("answered_on", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("proposal", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_source", sa.Text(), nullable=True),
        sa.Column("cases_per_year", sa.Integer(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_barriers")),
    )
    op.create_index("ix_barriers_operation", "barriers", ["operation"], unique=False)
    op.create_table(
        "barriers_blocks",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_barriers_blocks")),
    )
    op.create_index("ix_barriers_blocks_operation", "barriers_blocks", ["operation"], unique=False)
    op.create_index("ix_barriers_blocks_root", "barriers_blocks", ["root"], unique=False)
    op.create_table(
        "barriers_blocks_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_barriers_blocks_past")),
    )
    op.create_index("ix_barriers_blocks_past_ended_by", "barriers_blocks_past", ["ended_by"], unique=False)
    op.create_index("ix_barriers_blocks_past_key", "barriers_blocks_past", ["key"], unique=False)
    op.create_index("ix_barriers_blocks_past_operation", "barriers_blocks_past", ["operation"], unique=False)
    op.create_index("ix_barriers_blocks_past_root", "barriers_blocks_past", ["root"], unique=False)
    op.create_table(
        "barriers_confirmed_by",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_barriers_confirmed_by")),
    )
    op.create_index("ix_barriers_confirmed_by_operation", "barriers_confirmed_by", ["operation"], unique=False)
    op.create_index("ix_barriers_confirmed_by_root", "barriers_confirmed_by", ["root"], unique=False)
    op.create_table(
        "barriers_confirmed_by_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_barriers_confirmed_by_past")),
    )
    op.create_index("ix_barriers_confirmed_by_past_ended_by", "barriers_confirmed_by_past", ["ended_by"], unique=False)
    op.create_index("ix_barriers_confirmed_by_past_key", "barriers_confirmed_by_past", ["key"], unique=False)
    op.create_index(
        "ix_barriers_confirmed_by_past_operation", "barriers_confirmed_by_past", ["operation"], unique=False
    )
    op.create_index("ix_barriers_confirmed_by_past_root", "barriers_confirmed_by_past", ["root"], unique=False)
    op.create_table(
        "barriers_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("norm", sa.Text(), nullable=True),
        sa.Column("level", sa.String(length=255), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("addressee", sa.String(length=255), nullable=True),
        sa.Column("via", sa.String(length=255), nullable=True),
        sa.Column("addressed_on", sa.Text(), nullable=True),
        sa.Column("answer_due", sa.String(length=255), nullable=True),
        sa.Column("answered_on", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("proposal", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_source", sa.Text(), nullable=True),
        sa.Column("cases_per_year", sa.Integer(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_barriers_past")),
    )
    op.create_index("ix_barriers_past_ended_by", "barriers_past", ["ended_by"], unique=False)
    op.create_index("ix_barriers_past_key", "barriers_past", ["key"], unique=False)
    op.create_index("ix_barriers_past_operation", "barriers_past", ["operation"], unique=False)
    op.create_table(
        "barriers_workarounds",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_barriers_workarounds")),
    )
    op.create_index("ix_barriers_workarounds_operation", "barriers_workarounds", ["operation"], unique=False)
    op.create_index("ix_barriers_workarounds_root", "barriers_workarounds", ["root"], unique=False)
    op.create_table(
        "barriers_workarounds_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_barriers_workarounds_past")),
    )
    op.create_index("ix_barriers_workarounds_past_ended_by", "barriers_workarounds_past", ["ended_by"], unique=False)
    op.create_index("ix_barriers_workarounds_past_key", "barriers_workarounds_past", ["key"], unique=False)
    op.create_index("ix_barriers_workarounds_past_operation", "barriers_workarounds_past", ["operation"], unique=False)
    op.create_index("ix_barriers_workarounds_past_root", "barriers_workarounds_past", ["root"], unique=False)
    op.create_table(
        "bundle_key",
        sa.Column("collection", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("called", sa.String(length=255), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("collection", "key", name=op.f("pk_bundle_key")),
        sa.UniqueConstraint("collection", "called", name="uq_bundle_key"),
    )
    op.create_table(
        "cities",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("partner_kind", sa.String(length=255), nullable=True),
        sa.Column("homeservers", sa.Text(), nullable=True),
        sa.Column("council_lead", sa.Text(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("name_de", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("holidays_subdivision", sa.String(length=255), nullable=True),
        sa.Column("holidays_categories", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cities")),
    )
    op.create_index("ix_cities_operation", "cities", ["operation"], unique=False)
    op.create_table(
        "cities_holidays_extra",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cities_holidays_extra")),
    )
    op.create_index("ix_cities_holidays_extra_operation", "cities_holidays_extra", ["operation"], unique=False)
    op.create_index("ix_cities_holidays_extra_root", "cities_holidays_extra", ["root"], unique=False)
    op.create_table(
        "cities_holidays_extra_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_cities_holidays_extra_past")),
    )
    op.create_index("ix_cities_holidays_extra_past_ended_by", "cities_holidays_extra_past", ["ended_by"], unique=False)
    op.create_index("ix_cities_holidays_extra_past_key", "cities_holidays_extra_past", ["key"], unique=False)
    op.create_index(
        "ix_cities_holidays_extra_past_operation", "cities_holidays_extra_past", ["operation"], unique=False
    )
    op.create_index("ix_cities_holidays_extra_past_root", "cities_holidays_extra_past", ["root"], unique=False)
    op.create_table(
        "cities_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("partner_kind", sa.String(length=255), nullable=True),
        sa.Column("homeservers", sa.Text(), nullable=True),
        sa.Column("council_lead", sa.Text(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("name_de", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("holidays_subdivision", sa.String(length=255), nullable=True),
        sa.Column("holidays_categories", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_cities_past")),
    )
    op.create_index("ix_cities_past_ended_by", "cities_past", ["ended_by"], unique=False)
    op.create_index("ix_cities_past_key", "cities_past", ["key"], unique=False)
    op.create_index("ix_cities_past_operation", "cities_past", ["operation"], unique=False)
    op.create_table(
        "cities_recess",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_", sa.String(length=255), nullable=True),
        sa.Column("to", sa.String(length=255), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cities_recess")),
    )
    op.create_index("ix_cities_recess_operation", "cities_recess", ["operation"], unique=False)
    op.create_index("ix_cities_recess_root", "cities_recess", ["root"], unique=False)
    op.create_table(
        "cities_recess_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_", sa.String(length=255), nullable=True),
        sa.Column("to", sa.String(length=255), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_cities_recess_past")),
    )
    op.create_index("ix_cities_recess_past_ended_by", "cities_recess_past", ["ended_by"], unique=False)
    op.create_index("ix_cities_recess_past_key", "cities_recess_past", ["key"], unique=False)
    op.create_index("ix_cities_recess_past_operation", "cities_recess_past", ["operation"], unique=False)
    op.create_index("ix_cities_recess_past_root", "cities_recess_past", ["root"], unique=False)
    op.create_table(
        "cities_states",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("from_", sa.Text(), nullable=True),
        sa.Column("to", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cities_states")),
    )
    op.create_index("ix_cities_states_operation", "cities_states", ["operation"], unique=False)
    op.create_index("ix_cities_states_root", "cities_states", ["root"], unique=False)
    op.create_table(
        "cities_states_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("from_", sa.Text(), nullable=True),
        sa.Column("to", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_cities_states_past")),
    )
    op.create_index("ix_cities_states_past_ended_by", "cities_states_past", ["ended_by"], unique=False)
    op.create_index("ix_cities_states_past_key", "cities_states_past", ["key"], unique=False)
    op.create_index("ix_cities_states_past_operation", "cities_states_past", ["operation"], unique=False)
    op.create_index("ix_cities_states_past_root", "cities_states_past", ["root"], unique=False)
    op.create_table(
        "cooperation",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("founded", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=255), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("name_de", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_cooperation")),
    )
    op.create_index("ix_cooperation_operation", "cooperation", ["operation"], unique=False)
    op.create_table(
        "cooperation_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("founded", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=255), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("name_de", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_cooperation_past")),
    )
    op.create_index("ix_cooperation_past_ended_by", "cooperation_past", ["ended_by"], unique=False)
    op.create_index("ix_cooperation_past_key", "cooperation_past", ["key"], unique=False)
    op.create_index("ix_cooperation_past_operation", "cooperation_past", ["operation"], unique=False)
    op.create_table(
        "counter",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_counter")),
    )
    op.create_index("ix_counter_operation", "counter", ["operation"], unique=False)
    op.create_table(
        "counter_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_counter_past")),
    )
    op.create_index("ix_counter_past_ended_by", "counter_past", ["ended_by"], unique=False)
    op.create_index("ix_counter_past_key", "counter_past", ["key"], unique=False)
    op.create_index("ix_counter_past_operation", "counter_past", ["operation"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("binding", sa.String(length=255), nullable=True),
        sa.Column("mode", sa.String(length=255), nullable=True),
        sa.Column("mode_basis", sa.Text(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Text(), nullable=True),
        sa.Column("closes", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("decided_on", sa.Text(), nullable=True),
        sa.Column("effective", sa.String(length=255), nullable=True),
        sa.Column("review", sa.String(length=255), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_operation", "decisions", ["operation"], unique=False)
    op.create_table(
        "decisions_agreements",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisions_agreements")),
    )
    op.create_index("ix_decisions_agreements_operation", "decisions_agreements", ["operation"], unique=False)
    op.create_index("ix_decisions_agreements_root", "decisions_agreements", ["root"], unique=False)
    op.create_table(
        "decisions_agreements_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decisions_agreements_past")),
    )
    op.create_index("ix_decisions_agreements_past_ended_by", "decisions_agreements_past", ["ended_by"], unique=False)
    op.create_index("ix_decisions_agreements_past_key", "decisions_agreements_past", ["key"], unique=False)
    op.create_index("ix_decisions_agreements_past_operation", "decisions_agreements_past", ["operation"], unique=False)
    op.create_index("ix_decisions_agreements_past_root", "decisions_agreements_past", ["root"], unique=False)
    op.create_table(
        "decisions_applies_to",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisions_applies_to")),
    )
    op.create_index("ix_decisions_applies_to_operation", "decisions_applies_to", ["operation"], unique=False)
    op.create_index("ix_decisions_applies_to_root", "decisions_applies_to", ["root"], unique=False)
    op.create_table(
        "decisions_applies_to_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decisions_applies_to_past")),
    )
    op.create_index("ix_decisions_applies_to_past_ended_by", "decisions_applies_to_past", ["ended_by"], unique=False)
    op.create_index("ix_decisions_applies_to_past_key", "decisions_applies_to_past", ["key"], unique=False)
    op.create_index("ix_decisions_applies_to_past_operation", "decisions_applies_to_past", ["operation"], unique=False)
    op.create_index("ix_decisions_applies_to_past_root", "decisions_applies_to_past", ["root"], unique=False)
    op.create_table(
        "decisions_concerns",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("resolved", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisions_concerns")),
    )
    op.create_index("ix_decisions_concerns_operation", "decisions_concerns", ["operation"], unique=False)
    op.create_index("ix_decisions_concerns_root", "decisions_concerns", ["root"], unique=False)
    op.create_table(
        "decisions_concerns_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("resolved", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decisions_concerns_past")),
    )
    op.create_index("ix_decisions_concerns_past_ended_by", "decisions_concerns_past", ["ended_by"], unique=False)
    op.create_index("ix_decisions_concerns_past_key", "decisions_concerns_past", ["key"], unique=False)
    op.create_index("ix_decisions_concerns_past_operation", "decisions_concerns_past", ["operation"], unique=False)
    op.create_index("ix_decisions_concerns_past_root", "decisions_concerns_past", ["root"], unique=False)
    op.create_table(
        "decisions_electorate",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisions_electorate")),
    )
    op.create_index("ix_decisions_electorate_operation", "decisions_electorate", ["operation"], unique=False)
    op.create_index("ix_decisions_electorate_root", "decisions_electorate", ["root"], unique=False)
    op.create_table(
        "decisions_electorate_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decisions_electorate_past")),
    )
    op.create_index("ix_decisions_electorate_past_ended_by", "decisions_electorate_past", ["ended_by"], unique=False)
    op.create_index("ix_decisions_electorate_past_key", "decisions_electorate_past", ["key"], unique=False)
    op.create_index("ix_decisions_electorate_past_operation", "decisions_electorate_past", ["operation"], unique=False)
    op.create_index("ix_decisions_electorate_past_root", "decisions_electorate_past", ["root"], unique=False)
    op.create_table(
        "decisions_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("binding", sa.String(length=255), nullable=True),
        sa.Column("mode", sa.String(length=255), nullable=True),
        sa.Column("mode_basis", sa.Text(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("opened_on", sa.Text(), nullable=True),
        sa.Column("closes", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("decided_on", sa.Text(), nullable=True),
        sa.Column("effective", sa.String(length=255), nullable=True),
        sa.Column("review", sa.String(length=255), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decisions_past")),
    )
    op.create_index("ix_decisions_past_ended_by", "decisions_past", ["ended_by"], unique=False)
    op.create_index("ix_decisions_past_key", "decisions_past", ["key"], unique=False)
    op.create_index("ix_decisions_past_operation", "decisions_past", ["operation"], unique=False)
    op.create_table(
        "decisions_projects",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisions_projects")),
    )
    op.create_index("ix_decisions_projects_operation", "decisions_projects", ["operation"], unique=False)
    op.create_index("ix_decisions_projects_root", "decisions_projects", ["root"], unique=False)
    op.create_table(
        "decisions_projects_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decisions_projects_past")),
    )
    op.create_index("ix_decisions_projects_past_ended_by", "decisions_projects_past", ["ended_by"], unique=False)
    op.create_index("ix_decisions_projects_past_key", "decisions_projects_past", ["key"], unique=False)
    op.create_index("ix_decisions_projects_past_operation", "decisions_projects_past", ["operation"], unique=False)
    op.create_index("ix_decisions_projects_past_root", "decisions_projects_past", ["root"], unique=False)
    op.create_table(
        "decisions_provisos",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("due", sa.String(length=255), nullable=True),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("cleared_on", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisions_provisos")),
    )
    op.create_index("ix_decisions_provisos_operation", "decisions_provisos", ["operation"], unique=False)
    op.create_index("ix_decisions_provisos_root", "decisions_provisos", ["root"], unique=False)
    op.create_table(
        "decisions_provisos_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("due", sa.String(length=255), nullable=True),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("cleared_on", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decisions_provisos_past")),
    )
    op.create_index("ix_decisions_provisos_past_ended_by", "decisions_provisos_past", ["ended_by"], unique=False)
    op.create_index("ix_decisions_provisos_past_key", "decisions_provisos_past", ["key"], unique=False)
    op.create_index("ix_decisions_provisos_past_operation", "decisions_provisos_past", ["operation"], unique=False)
    op.create_index("ix_decisions_provisos_past_root", "decisions_provisos_past", ["root"], unique=False)
    op.create_table(
        "decisions_supersedes",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisions_supersedes")),
    )
    op.create_index("ix_decisions_supersedes_operation", "decisions_supersedes", ["operation"], unique=False)
    op.create_index("ix_decisions_supersedes_root", "decisions_supersedes", ["root"], unique=False)
    op.create_table(
        "decisions_supersedes_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decisions_supersedes_past")),
    )
    op.create_index("ix_decisions_supersedes_past_ended_by", "decisions_supersedes_past", ["ended_by"], unique=False)
    op.create_index("ix_decisions_supersedes_past_key", "decisions_supersedes_past", ["key"], unique=False)
    op.create_index("ix_decisions_supersedes_past_operation", "decisions_supersedes_past", ["operation"], unique=False)
    op.create_index("ix_decisions_supersedes_past_root", "decisions_supersedes_past", ["root"], unique=False)
    op.create_table(
        "decisions_unsettled",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("seat", sa.String(length=255), nullable=True),
        sa.Column("choice", sa.String(length=255), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisions_unsettled")),
    )
    op.create_index("ix_decisions_unsettled_operation", "decisions_unsettled", ["operation"], unique=False)
    op.create_index("ix_decisions_unsettled_root", "decisions_unsettled", ["root"], unique=False)
    op.create_table(
        "decisions_unsettled_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("seat", sa.String(length=255), nullable=True),
        sa.Column("choice", sa.String(length=255), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decisions_unsettled_past")),
    )
    op.create_index("ix_decisions_unsettled_past_ended_by", "decisions_unsettled_past", ["ended_by"], unique=False)
    op.create_index("ix_decisions_unsettled_past_key", "decisions_unsettled_past", ["key"], unique=False)
    op.create_index("ix_decisions_unsettled_past_operation", "decisions_unsettled_past", ["operation"], unique=False)
    op.create_index("ix_decisions_unsettled_past_root", "decisions_unsettled_past", ["root"], unique=False)
    op.create_table(
        "decisions_votes",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("choice", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("as_", sa.String(length=255), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("channel", sa.String(length=255), nullable=True),
        sa.Column("recorded_by", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decisions_votes")),
    )
    op.create_index("ix_decisions_votes_operation", "decisions_votes", ["operation"], unique=False)
    op.create_index("ix_decisions_votes_root", "decisions_votes", ["root"], unique=False)
    op.create_table(
        "decisions_votes_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("choice", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("as_", sa.String(length=255), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("channel", sa.String(length=255), nullable=True),
        sa.Column("recorded_by", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_decisions_votes_past")),
    )
    op.create_index("ix_decisions_votes_past_ended_by", "decisions_votes_past", ["ended_by"], unique=False)
    op.create_index("ix_decisions_votes_past_key", "decisions_votes_past", ["key"], unique=False)
    op.create_index("ix_decisions_votes_past_operation", "decisions_votes_past", ["operation"], unique=False)
    op.create_index("ix_decisions_votes_past_root", "decisions_votes_past", ["root"], unique=False)
    op.create_table(
        "due",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("collection", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("part", sa.String(length=255), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
        sa.UniqueConstraint("collection", "key", "kind", "part", "at", name="uq_due"),
    )
    op.create_index("ix_due_at", "due", ["at"], unique=False)
    op.create_table(
        "glossary",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("de", sa.Text(), nullable=True),
        sa.Column("en", sa.Text(), nullable=True),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("means", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_glossary")),
    )
    op.create_index("ix_glossary_operation", "glossary", ["operation"], unique=False)
    op.create_table(
        "glossary_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("de", sa.Text(), nullable=True),
        sa.Column("en", sa.Text(), nullable=True),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("means", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_glossary_past")),
    )
    op.create_index("ix_glossary_past_ended_by", "glossary_past", ["ended_by"], unique=False)
    op.create_index("ix_glossary_past_key", "glossary_past", ["key"], unique=False)
    op.create_index("ix_glossary_past_operation", "glossary_past", ["operation"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("event", sa.String(length=255), nullable=False),
        sa.Column("room", sa.String(length=255), nullable=False),
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received", InstantColumn(), nullable=False),
        sa.Column("done", InstantColumn(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("event", name=op.f("uq_inbox_event")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_sender", "inbox", ["sender"], unique=False)
    op.create_index("ix_inbox_state", "inbox", ["state", "account", "room", "id"], unique=False)
    op.create_table(
        "lease",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
    )
    op.create_table(
        "matrix_account",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.String(length=255), nullable=False),
        sa.Column("device_id", sa.String(length=255), nullable=False),
        sa.Column("homeserver", sa.String(length=255), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("sync_token", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_matrix_account")),
    )
    op.create_table(
        "matrix_device",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.String(length=255), nullable=False),
        sa.Column("device_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ed25519", sa.String(length=255), nullable=False),
        sa.Column("curve25519", sa.String(length=255), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", "user_id", "device_id", name=op.f("pk_matrix_device")),
    )
    op.create_table(
        "matrix_group_session",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("room", sa.String(length=255), nullable=False),
        sa.Column("sender_key", sa.String(length=255), nullable=False),
        sa.Column("session", sa.String(length=255), nullable=False),
        sa.Column("signing_key", sa.String(length=255), nullable=False),
        sa.Column("pickle", sa.Text(), nullable=False),
        sa.Column("forwarded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "room", "sender_key", "session", name=op.f("pk_matrix_group_session")),
    )
    op.create_table(
        "matrix_key_request",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("request", sa.String(length=255), nullable=False),
        sa.Column("session", sa.String(length=255), nullable=False),
        sa.Column("room", sa.String(length=255), nullable=False),
        sa.Column("algorithm", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("account", "request", name=op.f("pk_matrix_key_request")),
    )
    op.create_table(
        "matrix_olm_account",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("pickle", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_matrix_olm_account")),
    )
    op.create_table(
        "matrix_olm_session",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("session", sa.String(length=255), nullable=False),
        sa.Column("sender_key", sa.String(length=255), nullable=False),
        sa.Column("pickle", sa.Text(), nullable=False),
        sa.Column("created", InstantColumn(), nullable=False),
        sa.Column("used", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("account", "session", name=op.f("pk_matrix_olm_session")),
    )
    op.create_table(
        "matrix_room",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("room", sa.String(length=255), nullable=False),
        sa.Column("membership", sa.String(length=255), nullable=False),
        sa.Column("inviter", sa.String(length=255), nullable=True),
        sa.Column("encrypted", sa.Boolean(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("alias", sa.String(length=255), nullable=True),
        sa.Column("other", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("account", "room", name=op.f("pk_matrix_room")),
    )
    op.create_table(
        "matrix_undecrypted",
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("event", sa.String(length=255), nullable=False),
        sa.Column("room", sa.String(length=255), nullable=False),
        sa.Column("session", sa.String(length=255), nullable=False),
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("account", "event", name=op.f("pk_matrix_undecrypted")),
    )
    op.create_table(
        "meetings",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("host", sa.String(length=255), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("room", sa.String(length=255), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meetings")),
    )
    op.create_index("ix_meetings_operation", "meetings", ["operation"], unique=False)
    op.create_table(
        "meetings_attendance",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meetings_attendance")),
    )
    op.create_index("ix_meetings_attendance_operation", "meetings_attendance", ["operation"], unique=False)
    op.create_index("ix_meetings_attendance_root", "meetings_attendance", ["root"], unique=False)
    op.create_table(
        "meetings_attendance_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_meetings_attendance_past")),
    )
    op.create_index("ix_meetings_attendance_past_ended_by", "meetings_attendance_past", ["ended_by"], unique=False)
    op.create_index("ix_meetings_attendance_past_key", "meetings_attendance_past", ["key"], unique=False)
    op.create_index("ix_meetings_attendance_past_operation", "meetings_attendance_past", ["operation"], unique=False)
    op.create_index("ix_meetings_attendance_past_root", "meetings_attendance_past", ["root"], unique=False)
    op.create_table(
        "meetings_items",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meetings_items")),
    )
    op.create_index("ix_meetings_items_operation", "meetings_items", ["operation"], unique=False)
    op.create_index("ix_meetings_items_root", "meetings_items", ["root"], unique=False)
    op.create_table(
        "meetings_items_decisions",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meetings_items_decisions")),
    )
    op.create_index("ix_meetings_items_decisions_operation", "meetings_items_decisions", ["operation"], unique=False)
    op.create_index("ix_meetings_items_decisions_root", "meetings_items_decisions", ["root"], unique=False)
    op.create_table(
        "meetings_items_decisions_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_meetings_items_decisions_past")),
    )
    op.create_index(
        "ix_meetings_items_decisions_past_ended_by", "meetings_items_decisions_past", ["ended_by"], unique=False
    )
    op.create_index("ix_meetings_items_decisions_past_key", "meetings_items_decisions_past", ["key"], unique=False)
    op.create_index(
        "ix_meetings_items_decisions_past_operation", "meetings_items_decisions_past", ["operation"], unique=False
    )
    op.create_index("ix_meetings_items_decisions_past_root", "meetings_items_decisions_past", ["root"], unique=False)
    op.create_table(
        "meetings_items_notes",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meetings_items_notes")),
    )
    op.create_index("ix_meetings_items_notes_operation", "meetings_items_notes", ["operation"], unique=False)
    op.create_index("ix_meetings_items_notes_root", "meetings_items_notes", ["root"], unique=False)
    op.create_table(
        "meetings_items_notes_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_meetings_items_notes_past")),
    )
    op.create_index("ix_meetings_items_notes_past_ended_by", "meetings_items_notes_past", ["ended_by"], unique=False)
    op.create_index("ix_meetings_items_notes_past_key", "meetings_items_notes_past", ["key"], unique=False)
    op.create_index("ix_meetings_items_notes_past_operation", "meetings_items_notes_past", ["operation"], unique=False)
    op.create_index("ix_meetings_items_notes_past_root", "meetings_items_notes_past", ["root"], unique=False)
    op.create_table(
        "meetings_items_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_meetings_items_past")),
    )
    op.create_index("ix_meetings_items_past_ended_by", "meetings_items_past", ["ended_by"], unique=False)
    op.create_index("ix_meetings_items_past_key", "meetings_items_past", ["key"], unique=False)
    op.create_index("ix_meetings_items_past_operation", "meetings_items_past", ["operation"], unique=False)
    op.create_index("ix_meetings_items_past_root", "meetings_items_past", ["root"], unique=False)
    op.create_table(
        "meetings_items_tasks",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meetings_items_tasks")),
    )
    op.create_index("ix_meetings_items_tasks_operation", "meetings_items_tasks", ["operation"], unique=False)
    op.create_index("ix_meetings_items_tasks_root", "meetings_items_tasks", ["root"], unique=False)
    op.create_table(
        "meetings_items_tasks_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_meetings_items_tasks_past")),
    )
    op.create_index("ix_meetings_items_tasks_past_ended_by", "meetings_items_tasks_past", ["ended_by"], unique=False)
    op.create_index("ix_meetings_items_tasks_past_key", "meetings_items_tasks_past", ["key"], unique=False)
    op.create_index("ix_meetings_items_tasks_past_operation", "meetings_items_tasks_past", ["operation"], unique=False)
    op.create_index("ix_meetings_items_tasks_past_root", "meetings_items_tasks_past", ["root"], unique=False)
    op.create_table(
        "meetings_objections",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("resolved", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meetings_objections")),
    )
    op.create_index("ix_meetings_objections_operation", "meetings_objections", ["operation"], unique=False)
    op.create_index("ix_meetings_objections_root", "meetings_objections", ["root"], unique=False)
    op.create_table(
        "meetings_objections_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("resolved", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_meetings_objections_past")),
    )
    op.create_index("ix_meetings_objections_past_ended_by", "meetings_objections_past", ["ended_by"], unique=False)
    op.create_index("ix_meetings_objections_past_key", "meetings_objections_past", ["key"], unique=False)
    op.create_index("ix_meetings_objections_past_operation", "meetings_objections_past", ["operation"], unique=False)
    op.create_index("ix_meetings_objections_past_root", "meetings_objections_past", ["root"], unique=False)
    op.create_table(
        "meetings_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("date", sa.Text(), nullable=True),
        sa.Column("host", sa.String(length=255), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("room", sa.String(length=255), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_meetings_past")),
    )
    op.create_index("ix_meetings_past_ended_by", "meetings_past", ["ended_by"], unique=False)
    op.create_index("ix_meetings_past_key", "meetings_past", ["key"], unique=False)
    op.create_index("ix_meetings_past_operation", "meetings_past", ["operation"], unique=False)
    op.create_table(
        "name",
        sa.Column("collection", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("folded", sa.String(length=255), nullable=False),
        sa.Column("first", sa.String(length=255), nullable=False),
        sa.Column("shown", sa.String(length=255), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("collection", "key", "folded", name=op.f("pk_name")),
    )
    op.create_index("ix_name_first", "name", ["first"], unique=False)
    op.create_table(
        "operation",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.Column("command", sa.String(length=255), nullable=False),
        sa.Column("cause_kind", sa.String(length=255), nullable=False),
        sa.Column("cause", sa.String(length=255), nullable=False),
        sa.Column("room", sa.String(length=255), nullable=True),
        sa.Column("person", sa.String(length=255), nullable=True),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", InstantColumn(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_operation_cause", "operation", ["cause"], unique=False)
    op.create_index("ix_operation_person", "operation", ["person"], unique=False)
    op.create_index("ix_operation_undoes", "operation", ["undoes"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("room", sa.String(length=255), nullable=False),
        sa.Column("txn", sa.String(length=255), nullable=False),
        sa.Column("cause", sa.String(length=255), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("urgency", sa.String(length=255), nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=255), nullable=True),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created", InstantColumn(), nullable=False),
        sa.Column("not_before", InstantColumn(), nullable=False),
        sa.Column("sent", InstantColumn(), nullable=True),
        sa.Column("event", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event", name=op.f("uq_outbox_event")),
        sa.UniqueConstraint("txn", name=op.f("uq_outbox_txn")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_about", "outbox", ["room", "about"], unique=False)
    op.create_index("ix_outbox_cause", "outbox", ["cause"], unique=False)
    op.create_index("ix_outbox_state", "outbox", ["account", "state", "room", "id"], unique=False)
    op.create_table(
        "people",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("mxid", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=255), nullable=True),
        sa.Column("expertise", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_people")),
    )
    op.create_index("ix_people_mxid", "people", ["mxid"], unique=False)
    op.create_index("ix_people_operation", "people", ["operation"], unique=False)
    op.create_table(
        "people_absences",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_", sa.String(length=255), nullable=True),
        sa.Column("to", sa.String(length=255), nullable=True),
        sa.Column("deputy", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_people_absences")),
    )
    op.create_index("ix_people_absences_operation", "people_absences", ["operation"], unique=False)
    op.create_index("ix_people_absences_root", "people_absences", ["root"], unique=False)
    op.create_table(
        "people_absences_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_", sa.String(length=255), nullable=True),
        sa.Column("to", sa.String(length=255), nullable=True),
        sa.Column("deputy", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_people_absences_past")),
    )
    op.create_index("ix_people_absences_past_ended_by", "people_absences_past", ["ended_by"], unique=False)
    op.create_index("ix_people_absences_past_key", "people_absences_past", ["key"], unique=False)
    op.create_index("ix_people_absences_past_operation", "people_absences_past", ["operation"], unique=False)
    op.create_index("ix_people_absences_past_root", "people_absences_past", ["root"], unique=False)
    op.create_table(
        "people_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("mxid", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=255), nullable=True),
        sa.Column("expertise", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_people_past")),
    )
    op.create_index("ix_people_past_ended_by", "people_past", ["ended_by"], unique=False)
    op.create_index("ix_people_past_key", "people_past", ["key"], unique=False)
    op.create_index("ix_people_past_operation", "people_past", ["operation"], unique=False)
    op.create_table(
        "preference",
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("person", "name", name=op.f("pk_preference")),
    )
    op.create_table(
        "projects",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("phase", sa.String(length=255), nullable=True),
        sa.Column("phase_reason", sa.Text(), nullable=True),
        sa.Column("cadence", sa.Text(), nullable=True),
        sa.Column("topics", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("overall", sa.String(length=255), nullable=True),
        sa.Column("fresh_until", InstantColumn(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_projects")),
    )
    op.create_index("ix_projects_operation", "projects", ["operation"], unique=False)
    op.create_index("ix_projects_overall", "projects", ["overall"], unique=False)
    op.create_index("ix_projects_phase", "projects", ["phase"], unique=False)
    op.create_table(
        "projects_leads",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("holder", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_projects_leads")),
    )
    op.create_index("ix_projects_leads_operation", "projects_leads", ["operation"], unique=False)
    op.create_index("ix_projects_leads_root", "projects_leads", ["root"], unique=False)
    op.create_table(
        "projects_leads_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("holder", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_projects_leads_past")),
    )
    op.create_index("ix_projects_leads_past_ended_by", "projects_leads_past", ["ended_by"], unique=False)
    op.create_index("ix_projects_leads_past_key", "projects_leads_past", ["key"], unique=False)
    op.create_index("ix_projects_leads_past_operation", "projects_leads_past", ["operation"], unique=False)
    op.create_index("ix_projects_leads_past_root", "projects_leads_past", ["root"], unique=False)
    op.create_table(
        "projects_links",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_projects_links")),
    )
    op.create_index("ix_projects_links_operation", "projects_links", ["operation"], unique=False)
    op.create_index("ix_projects_links_root", "projects_links", ["root"], unique=False)
    op.create_table(
        "projects_links_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_projects_links_past")),
    )
    op.create_index("ix_projects_links_past_ended_by", "projects_links_past", ["ended_by"], unique=False)
    op.create_index("ix_projects_links_past_key", "projects_links_past", ["key"], unique=False)
    op.create_index("ix_projects_links_past_operation", "projects_links_past", ["operation"], unique=False)
    op.create_index("ix_projects_links_past_root", "projects_links_past", ["root"], unique=False)
    op.create_table(
        "projects_milestones",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key_", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("due", sa.String(length=255), nullable=True),
        sa.Column("done", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_projects_milestones")),
    )
    op.create_index("ix_projects_milestones_operation", "projects_milestones", ["operation"], unique=False)
    op.create_index("ix_projects_milestones_root", "projects_milestones", ["root"], unique=False)
    op.create_table(
        "projects_milestones_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key_", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("due", sa.String(length=255), nullable=True),
        sa.Column("done", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_projects_milestones_past")),
    )
    op.create_index("ix_projects_milestones_past_ended_by", "projects_milestones_past", ["ended_by"], unique=False)
    op.create_index("ix_projects_milestones_past_key", "projects_milestones_past", ["key"], unique=False)
    op.create_index("ix_projects_milestones_past_operation", "projects_milestones_past", ["operation"], unique=False)
    op.create_index("ix_projects_milestones_past_root", "projects_milestones_past", ["root"], unique=False)
    op.create_table(
        "projects_milestones_shifts",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_", sa.String(length=255), nullable=True),
        sa.Column("to", sa.String(length=255), nullable=True),
        sa.Column("noted", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_projects_milestones_shifts")),
    )
    op.create_index(
        "ix_projects_milestones_shifts_operation", "projects_milestones_shifts", ["operation"], unique=False
    )
    op.create_index("ix_projects_milestones_shifts_root", "projects_milestones_shifts", ["root"], unique=False)
    op.create_table(
        "projects_milestones_shifts_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_", sa.String(length=255), nullable=True),
        sa.Column("to", sa.String(length=255), nullable=True),
        sa.Column("noted", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_projects_milestones_shifts_past")),
    )
    op.create_index(
        "ix_projects_milestones_shifts_past_ended_by", "projects_milestones_shifts_past", ["ended_by"], unique=False
    )
    op.create_index("ix_projects_milestones_shifts_past_key", "projects_milestones_shifts_past", ["key"], unique=False)
    op.create_index(
        "ix_projects_milestones_shifts_past_operation", "projects_milestones_shifts_past", ["operation"], unique=False
    )
    op.create_index(
        "ix_projects_milestones_shifts_past_root", "projects_milestones_shifts_past", ["root"], unique=False
    )
    op.create_table(
        "projects_participants",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("role", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_projects_participants")),
    )
    op.create_index("ix_projects_participants_operation", "projects_participants", ["operation"], unique=False)
    op.create_index("ix_projects_participants_root", "projects_participants", ["root"], unique=False)
    op.create_table(
        "projects_participants_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("role", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_projects_participants_past")),
    )
    op.create_index("ix_projects_participants_past_ended_by", "projects_participants_past", ["ended_by"], unique=False)
    op.create_index("ix_projects_participants_past_key", "projects_participants_past", ["key"], unique=False)
    op.create_index(
        "ix_projects_participants_past_operation", "projects_participants_past", ["operation"], unique=False
    )
    op.create_index("ix_projects_participants_past_root", "projects_participants_past", ["root"], unique=False)
    op.create_table(
        "projects_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("phase", sa.String(length=255), nullable=True),
        sa.Column("phase_reason", sa.Text(), nullable=True),
        sa.Column("cadence", sa.Text(), nullable=True),
        sa.Column("topics", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("overall", sa.String(length=255), nullable=True),
        sa.Column("fresh_until", InstantColumn(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_projects_past")),
    )
    op.create_index("ix_projects_past_ended_by", "projects_past", ["ended_by"], unique=False)
    op.create_index("ix_projects_past_key", "projects_past", ["key"], unique=False)
    op.create_index("ix_projects_past_operation", "projects_past", ["operation"], unique=False)
    op.create_table(
        "projects_updates",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("health", sa.String(length=255), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_projects_updates")),
    )
    op.create_index("ix_projects_updates_operation", "projects_updates", ["operation"], unique=False)
    op.create_index("ix_projects_updates_root", "projects_updates", ["root"], unique=False)
    op.create_table(
        "projects_updates_needs",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_", sa.String(length=255), nullable=True),
        sa.Column("what", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_projects_updates_needs")),
    )
    op.create_index("ix_projects_updates_needs_operation", "projects_updates_needs", ["operation"], unique=False)
    op.create_index("ix_projects_updates_needs_root", "projects_updates_needs", ["root"], unique=False)
    op.create_table(
        "projects_updates_needs_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_", sa.String(length=255), nullable=True),
        sa.Column("what", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_projects_updates_needs_past")),
    )
    op.create_index(
        "ix_projects_updates_needs_past_ended_by", "projects_updates_needs_past", ["ended_by"], unique=False
    )
    op.create_index("ix_projects_updates_needs_past_key", "projects_updates_needs_past", ["key"], unique=False)
    op.create_index(
        "ix_projects_updates_needs_past_operation", "projects_updates_needs_past", ["operation"], unique=False
    )
    op.create_index("ix_projects_updates_needs_past_root", "projects_updates_needs_past", ["root"], unique=False)
    op.create_table(
        "projects_updates_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("health", sa.String(length=255), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_projects_updates_past")),
    )
    op.create_index("ix_projects_updates_past_ended_by", "projects_updates_past", ["ended_by"], unique=False)
    op.create_index("ix_projects_updates_past_key", "projects_updates_past", ["key"], unique=False)
    op.create_index("ix_projects_updates_past_operation", "projects_updates_past", ["operation"], unique=False)
    op.create_index("ix_projects_updates_past_root", "projects_updates_past", ["root"], unique=False)
    op.create_table(
        "prompt",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("room", sa.String(length=255), nullable=False),
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("outbox", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("expires", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt")),
    )
    op.create_index("ix_prompt_outbox", "prompt", ["outbox"], unique=False)
    op.create_index("ix_prompt_room", "prompt", ["room", "sender"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("for_", sa.String(length=255), nullable=True),
        sa.Column("at", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("about", sa.String(length=255), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reminders")),
    )
    op.create_index("ix_reminders_operation", "reminders", ["operation"], unique=False)
    op.create_table(
        "reminders_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("for_", sa.String(length=255), nullable=True),
        sa.Column("at", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("about", sa.String(length=255), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_reminders_past")),
    )
    op.create_index("ix_reminders_past_ended_by", "reminders_past", ["ended_by"], unique=False)
    op.create_index("ix_reminders_past_key", "reminders_past", ["key"], unique=False)
    op.create_index("ix_reminders_past_operation", "reminders_past", ["operation"], unique=False)
    op.create_table(
        "rooms",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("project", sa.String(length=255), nullable=True),
        sa.Column("language", sa.String(length=255), nullable=True),
        sa.Column("quiet", sa.Boolean(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rooms")),
    )
    op.create_index("ix_rooms_alias", "rooms", ["alias"], unique=False)
    op.create_index("ix_rooms_id", "rooms", ["id"], unique=False)
    op.create_index("ix_rooms_operation", "rooms", ["operation"], unique=False)
    op.create_table(
        "rooms_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("project", sa.String(length=255), nullable=True),
        sa.Column("language", sa.String(length=255), nullable=True),
        sa.Column("quiet", sa.Boolean(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rooms_past")),
    )
    op.create_index("ix_rooms_past_ended_by", "rooms_past", ["ended_by"], unique=False)
    op.create_index("ix_rooms_past_key", "rooms_past", ["key"], unique=False)
    op.create_index("ix_rooms_past_operation", "rooms_past", ["operation"], unique=False)
    op.create_table(
        "row_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_key")),
    )
    op.create_table(
        "seats",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=255), nullable=True),
        sa.Column("office", sa.Text(), nullable=True),
        sa.Column("holder", sa.String(length=255), nullable=True),
        sa.Column("from_", sa.Text(), nullable=True),
        sa.Column("to", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_seats")),
    )
    op.create_index("ix_seats_city", "seats", ["city"], unique=False)
    op.create_index("ix_seats_holder", "seats", ["holder"], unique=False)
    op.create_index("ix_seats_operation", "seats", ["operation"], unique=False)
    op.create_table(
        "seats_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=255), nullable=True),
        sa.Column("office", sa.Text(), nullable=True),
        sa.Column("holder", sa.String(length=255), nullable=True),
        sa.Column("from_", sa.Text(), nullable=True),
        sa.Column("to", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_seats_past")),
    )
    op.create_index("ix_seats_past_ended_by", "seats_past", ["ended_by"], unique=False)
    op.create_index("ix_seats_past_key", "seats_past", ["key"], unique=False)
    op.create_index("ix_seats_past_operation", "seats_past", ["operation"], unique=False)
    op.create_table(
        "solutions",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("worked", sa.Text(), nullable=True),
        sa.Column("did_not_work", sa.Text(), nullable=True),
        sa.Column("provider", sa.String(length=255), nullable=True),
        sa.Column("contact", sa.String(length=255), nullable=True),
        sa.Column("project", sa.String(length=255), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("repository", sa.Text(), nullable=True),
        sa.Column("maturity", sa.String(length=255), nullable=True),
        sa.Column("audience", sa.String(length=255), nullable=True),
        sa.Column("topics", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_solutions")),
    )
    op.create_index("ix_solutions_operation", "solutions", ["operation"], unique=False)
    op.create_table(
        "solutions_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=255), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("worked", sa.Text(), nullable=True),
        sa.Column("did_not_work", sa.Text(), nullable=True),
        sa.Column("provider", sa.String(length=255), nullable=True),
        sa.Column("contact", sa.String(length=255), nullable=True),
        sa.Column("project", sa.String(length=255), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("repository", sa.Text(), nullable=True),
        sa.Column("maturity", sa.String(length=255), nullable=True),
        sa.Column("audience", sa.String(length=255), nullable=True),
        sa.Column("topics", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_solutions_past")),
    )
    op.create_index("ix_solutions_past_ended_by", "solutions_past", ["ended_by"], unique=False)
    op.create_index("ix_solutions_past_key", "solutions_past", ["key"], unique=False)
    op.create_index("ix_solutions_past_operation", "solutions_past", ["operation"], unique=False)
    op.create_table(
        "solutions_reuse",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("stage", sa.String(length=255), nullable=True),
        sa.Column("obstacle", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_solutions_reuse")),
    )
    op.create_index("ix_solutions_reuse_operation", "solutions_reuse", ["operation"], unique=False)
    op.create_index("ix_solutions_reuse_root", "solutions_reuse", ["root"], unique=False)
    op.create_table(
        "solutions_reuse_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("stage", sa.String(length=255), nullable=True),
        sa.Column("obstacle", sa.Text(), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_solutions_reuse_past")),
    )
    op.create_index("ix_solutions_reuse_past_ended_by", "solutions_reuse_past", ["ended_by"], unique=False)
    op.create_index("ix_solutions_reuse_past_key", "solutions_reuse_past", ["key"], unique=False)
    op.create_index("ix_solutions_reuse_past_operation", "solutions_reuse_past", ["operation"], unique=False)
    op.create_index("ix_solutions_reuse_past_root", "solutions_reuse_past", ["root"], unique=False)
    op.create_table(
        "statements",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("channels", sa.Text(), nullable=True),
        sa.Column("embargo", sa.String(length=255), nullable=True),
        sa.Column("due", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_statements")),
    )
    op.create_index("ix_statements_operation", "statements", ["operation"], unique=False)
    op.create_table(
        "statements_approvals",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_statements_approvals")),
    )
    op.create_index("ix_statements_approvals_operation", "statements_approvals", ["operation"], unique=False)
    op.create_index("ix_statements_approvals_root", "statements_approvals", ["root"], unique=False)
    op.create_table(
        "statements_approvals_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("map_key", sa.String(length=255), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_statements_approvals_past")),
    )
    op.create_index("ix_statements_approvals_past_ended_by", "statements_approvals_past", ["ended_by"], unique=False)
    op.create_index("ix_statements_approvals_past_key", "statements_approvals_past", ["key"], unique=False)
    op.create_index("ix_statements_approvals_past_operation", "statements_approvals_past", ["operation"], unique=False)
    op.create_index("ix_statements_approvals_past_root", "statements_approvals_past", ["root"], unique=False)
    op.create_table(
        "statements_cites",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_statements_cites")),
    )
    op.create_index("ix_statements_cites_operation", "statements_cites", ["operation"], unique=False)
    op.create_index("ix_statements_cites_root", "statements_cites", ["root"], unique=False)
    op.create_table(
        "statements_cites_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_statements_cites_past")),
    )
    op.create_index("ix_statements_cites_past_ended_by", "statements_cites_past", ["ended_by"], unique=False)
    op.create_index("ix_statements_cites_past_key", "statements_cites_past", ["key"], unique=False)
    op.create_index("ix_statements_cites_past_operation", "statements_cites_past", ["operation"], unique=False)
    op.create_index("ix_statements_cites_past_root", "statements_cites_past", ["root"], unique=False)
    op.create_table(
        "statements_cities",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_statements_cities")),
    )
    op.create_index("ix_statements_cities_operation", "statements_cities", ["operation"], unique=False)
    op.create_index("ix_statements_cities_root", "statements_cities", ["root"], unique=False)
    op.create_table(
        "statements_cities_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_statements_cities_past")),
    )
    op.create_index("ix_statements_cities_past_ended_by", "statements_cities_past", ["ended_by"], unique=False)
    op.create_index("ix_statements_cities_past_key", "statements_cities_past", ["key"], unique=False)
    op.create_index("ix_statements_cities_past_operation", "statements_cities_past", ["operation"], unique=False)
    op.create_index("ix_statements_cities_past_root", "statements_cities_past", ["root"], unique=False)
    op.create_table(
        "statements_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("channels", sa.Text(), nullable=True),
        sa.Column("embargo", sa.String(length=255), nullable=True),
        sa.Column("due", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_statements_past")),
    )
    op.create_index("ix_statements_past_ended_by", "statements_past", ["ended_by"], unique=False)
    op.create_index("ix_statements_past_key", "statements_past", ["key"], unique=False)
    op.create_index("ix_statements_past_operation", "statements_past", ["operation"], unique=False)
    op.create_table(
        "statements_published",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_statements_published")),
    )
    op.create_index("ix_statements_published_operation", "statements_published", ["operation"], unique=False)
    op.create_index("ix_statements_published_root", "statements_published", ["root"], unique=False)
    op.create_table(
        "statements_published_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=255), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("at", sa.String(length=255), nullable=True),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_statements_published_past")),
    )
    op.create_index("ix_statements_published_past_ended_by", "statements_published_past", ["ended_by"], unique=False)
    op.create_index("ix_statements_published_past_key", "statements_published_past", ["key"], unique=False)
    op.create_index("ix_statements_published_past_operation", "statements_published_past", ["operation"], unique=False)
    op.create_index("ix_statements_published_past_root", "statements_published_past", ["root"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=255), nullable=True),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("due", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("source", sa.String(length=255), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_operation", "tasks", ["operation"], unique=False)
    op.create_table(
        "tasks_past",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("visibility", sa.String(length=255), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=255), nullable=True),
        sa.Column("city", sa.String(length=255), nullable=True),
        sa.Column("due", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=255), nullable=True),
        sa.Column("source", sa.String(length=255), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=255), nullable=True),
        sa.Column("verified_date", sa.String(length=255), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("operation", sa.Integer(), nullable=False),
        sa.Column("since", InstantColumn(), nullable=False),
        sa.Column("until", InstantColumn(), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_tasks_past")),
    )
    op.create_index("ix_tasks_past_ended_by", "tasks_past", ["ended_by"], unique=False)
    op.create_index("ix_tasks_past_key", "tasks_past", ["key"], unique=False)
    op.create_index("ix_tasks_past_operation", "tasks_past", ["operation"], unique=False)

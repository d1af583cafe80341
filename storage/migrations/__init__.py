"""The schema's versions, as Alembic migrations."""

HEAD = "0003"
"""The newest schema version; a test holds it against the migrations that exist."""

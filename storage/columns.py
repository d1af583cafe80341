"""Column types that store our values the same way in SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


def instant_text(at: datetime) -> str:
    """Write an aware `at` as UTC text of fixed width, so that text order is time order."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def read_instant(text: str) -> datetime:
    """Read what `instant_text` wrote, as an aware UTC datetime."""
    return datetime.fromisoformat(text)


class InstantColumn(TypeDecorator[datetime]):
    """An aware datetime, kept as sortable UTC text: SQLite has no time zones of its own."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Write an instant for the database."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the same
        """Read an instant from the database."""
        return None if value is None else read_instant(value)


LONG = Text()
KEY = String(255)

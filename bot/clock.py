"""The clock that the running program passes to whatever needs to know what time it is."""

from datetime import UTC, datetime


def clock() -> datetime:
    """The instant it is, in UTC."""
    return datetime.now(UTC)

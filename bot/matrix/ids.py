"""Ids that others wrote: of events, rooms and users; opaque, and not always what they should be."""

from collections.abc import Mapping
from typing import Any

_LONGEST = 255


def identifier(value: Any) -> str | None:
    """The id, if it can be one: storable, without spaces or invisible characters; else None."""
    if not isinstance(value, str) or not 1 < len(value) <= _LONGEST:
        return None
    return value if value.isprintable() and " " not in value else None


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}

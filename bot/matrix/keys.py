"""nio's key store over our database: read once, changed in memory, and written in transactions of ours."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from nio.crypto import (
    DeviceStore,
    GroupSessionStore,
    InboundGroupSession,
    OlmAccount,
    OlmDevice,
    OutgoingKeyRequest,
    Session,
    SessionStore,
)
from nio.store import MatrixStore
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.matrix import queries
from storage.matrix.record import (
    CryptoRecord,
    DeviceRecord,
    GroupSessionRecord,
    KeyRequestRecord,
    OlmAccountRecord,
    OlmSessionRecord,
)

T = TypeVar("T")

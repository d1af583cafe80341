"""Somebody who writes, for the storage tests."""

import pytest

from storage.database import Database
from tests.storage.scribe import Scribe


@pytest.fixture
def scribe(database: Database) -> Scribe:
    """Somebody who writes into the database."""
    return Scribe(database=database)

"""Every table there is, gathered in one MetaData by importing the modules that declare them."""

import storage.book
import storage.bundle_names
import storage.derived
import storage.erased
import storage.inbox
import storage.incidents
import storage.lease
import storage.matrix.tables
import storage.operations
import storage.outbox
import storage.people.preferences
import storage.prompts
import storage.register
import storage.work  # noqa: F401 - imported for the tables they declare
from storage.schema import metadata

__all__ = ["metadata"]

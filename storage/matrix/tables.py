"""The tables behind Matrix accounts, keys and rooms; every row belongs to one account."""

from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, Table, false

from storage.columns import KEY, LONG, InstantColumn
from storage.schema import metadata


def _of_account(name: str, *columns: Column[Any] | Index) -> Table:
    return Table(name, metadata, Column("account", KEY, primary_key=True), *columns)


ACCOUNT = _of_account(
    "matrix_account",
    Column("user_id", KEY, nullable=False),
    Column("device_id", KEY, nullable=False),
    Column("homeserver", KEY, nullable=False),
    Column("access_token", LONG, nullable=False),
    Column("began", InstantColumn),
    Column("sync_token", LONG),
    Column("master_key", KEY),
    Column("device_key", KEY),
)

OLM_ACCOUNT = _of_account(
    "matrix_olm_account",
    Column("pickle", LONG, nullable=False),
    Column("shared", Boolean, nullable=False),
)

OLM_SESSION = _of_account(
    "matrix_olm_session",
    Column("session", KEY, primary_key=True),
    Column("sender_key", KEY, nullable=False),
    Column("pickle", LONG, nullable=False),
    Column("created", InstantColumn, nullable=False),
    Column("used", InstantColumn, nullable=False),
)

GROUP_SESSION = _of_account(
    "matrix_group_session",
    Column("room", KEY, primary_key=True),
    Column("sender_key", KEY, primary_key=True),
    Column("session", KEY, primary_key=True),
    Column("signing_key", KEY, nullable=False),
    Column("pickle", LONG, nullable=False),
    Column("forwarded_by", LONG, nullable=False),
    Column("number", Integer),
)

DEVICE = _of_account(
    "matrix_device",
    Column("user_id", KEY, primary_key=True),
    Column("device_id", KEY, primary_key=True),
    Column("name", LONG, nullable=False),
    Column("ed25519", KEY, nullable=False),
    Column("curve25519", KEY, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("signed_by", KEY),
)

IDENTITY = _of_account(
    "matrix_identity",
    Column("user_id", KEY, primary_key=True),
    Column("pinned", KEY, nullable=False),
    Column("current", KEY, nullable=False),
)

KEY_REQUEST = _of_account(
    "matrix_key_request",
    Column("request", KEY, primary_key=True),
    Column("session", KEY, nullable=False),
    Column("room", KEY, nullable=False),
    Column("algorithm", KEY, nullable=False),
)

ROOM = _of_account(
    "matrix_room",
    Column("room", KEY, primary_key=True),
    Column("membership", KEY, nullable=False),
    Column("inviter", KEY),
    Column("encrypted", Boolean, nullable=False),
    Column("direct", Boolean, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("members", Integer, nullable=False),
    Column("name", LONG),
    Column("alias", KEY),
    Column("other", KEY),
    Column("successor", KEY),
)

UNDECRYPTED = _of_account(
    "matrix_undecrypted",
    Column("event", KEY, primary_key=True),
    Column("room", KEY, nullable=False),
    Column("session", KEY, nullable=False),
    Column("sender", KEY, nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("told", Boolean, nullable=False, server_default=false()),
    Column("thread", KEY),
    Index("ix_matrix_undecrypted_told", "account", "told", "at"),
)

WITHHELD = _of_account(
    "matrix_withheld",
    Column("sender", KEY, primary_key=True),
    Column("room", KEY, primary_key=True),
    Column("session", KEY, primary_key=True),
    Column("code", KEY, nullable=False),
    Column("at", InstantColumn, nullable=False),
)

TOLD = _of_account(
    "matrix_told",
    Column("user_id", KEY, primary_key=True),
    Column("at", InstantColumn, nullable=False),
)

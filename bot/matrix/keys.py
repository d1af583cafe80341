"""nio's key store over our database: read once, changed in memory, and written in transactions of ours."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import vodozemac
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

from bot.matrix.errors import KeysLocked
from bot.matrix.surplus import KeyName
from storage.database import Connection, Database
from storage.incidents import IncidentKind, record_incident
from storage.matrix.queries import forget, load, save, save_identities
from storage.matrix.record import (
    CryptoRecord,
    DeviceRecord,
    GroupSessionRecord,
    IdentityRecord,
    KeyRequestRecord,
    OlmAccountRecord,
    OlmSessionRecord,
    fingerprint,
)

T = TypeVar("T")
Change = Callable[[], CryptoRecord]


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What the database holds of one account's keys."""

    account: OlmAccountRecord | None
    sessions: tuple[OlmSessionRecord, ...]
    group_sessions: tuple[GroupSessionRecord, ...]
    devices: tuple[DeviceRecord, ...]
    identities: tuple[IdentityRecord, ...]
    requests: tuple[KeyRequestRecord, ...]


async def read_stored(connection: Connection, account: str) -> Stored:
    """Read all keys of an account."""
    return Stored(
        account=next(iter(await load(connection, account, OlmAccountRecord)), None),
        sessions=await load(connection, account, OlmSessionRecord),
        group_sessions=await load(connection, account, GroupSessionRecord),
        devices=await load(connection, account, DeviceRecord),
        identities=await load(connection, account, IdentityRecord),
        requests=await load(connection, account, KeyRequestRecord),
    )


@dataclass(frozen=True, kw_only=True)
class IdentityChange:
    """Somebody has another identity than `before`; both by the public master key."""

    user_id: str
    before: str
    now: str
    at: datetime


class Keys(MatrixStore):
    """The store nio's encryption machine works on. It never writes by itself: `transact` does, with what belongs to it.

    Changed objects wait in `_dirty` and are encrypted when they are written, so that many changes of one object
    between two transactions cost one row.
    """

    def __init__(self, *, account: str, user_id: str, device_id: str, pickle_key: str, stored: Stored) -> None:
        """Serve what was `stored`; nio's own initialisation would open a database of its own."""
        self.account = account
        self.user_id = user_id
        self.device_id = device_id
        self.pickle_key = pickle_key
        self._stored = stored
        self._dirty: dict[tuple[str, ...], Change] = {}
        self._gone: dict[tuple[str, ...], CryptoRecord] = {}
        self._signers = {(row.user_id, row.device_id): row.signed_by for row in stored.devices}
        self._identities: dict[str, IdentityRecord] = {}
        self._changes: tuple[IdentityChange, ...] = ()
        in_order = sorted(stored.group_sessions, key=lambda row: row.number or 0)
        # In the order in which they came, whatever the database makes of it.
        self._numbers = {KeyName(room=r.room, sender_key=r.sender_key, session=r.session): r.number for r in in_order}
        self._last = max((row.number or 0 for row in in_order), default=0)

    @property
    def changed(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._dirty or self._gone or self._identities or self._changes)

    async def transact(self, database: Database, body: Callable[[Connection], Awaitable[T]]) -> T:
        """Run `body` in one transaction together with everything that changed; if it fails, the changes wait on."""
        dirty, gone, identities, changes = self._dirty, self._gone, self._identities, self._changes
        self._dirty, self._gone, self._identities, self._changes = {}, {}, {}, ()
        records = [change() for change in dirty.values()]

        async def both(connection: Connection) -> T:
            await forget(connection, self.account, gone.values())
            await save(connection, self.account, records)
            await save_identities(connection, self.account, identities.values())
            await _report(connection, changes)
            return await body(connection)

        try:
            return await database.transact(both)
        except BaseException:
            # What changed again meanwhile is newer than what is put back.
            still = {key: change for key, change in dirty.items() if key not in self._gone}
            self._dirty, self._gone = still | self._dirty, gone | self._gone
            self._identities, self._changes = identities | self._identities, changes + self._changes
            raise

    async def flush(self, database: Database) -> None:
        """Write what changed, before a request that depends on it."""
        if self.changed:
            await self.transact(database, _nothing_else)

    def load_account(self) -> OlmAccount | None:
        """Give nio the device's own keys. Raises KeysLocked if they were encrypted with another secret."""
        row = self._stored.account
        return None if row is None else _unlocked(row, self.pickle_key)

    def save_account(self, account: OlmAccount) -> None:
        """Note that the device's own keys changed."""
        self._dirty["account",] = lambda: OlmAccountRecord(pickle=self._pickle(account), shared=account.shared)

    def _pickle(self, keys: OlmAccount | Session | InboundGroupSession) -> str:
        return keys.pickle(self.pickle_key).decode()

    def load_sessions(self) -> SessionStore:
        """Give nio the channels to other devices."""
        store = SessionStore()  # type: ignore[no-untyped-call]
        for row in self._stored.sessions:
            created, used = _local(row.created), _local(row.used)
            store.add(row.sender_key, Session.from_pickle(row.pickle.encode(), created, self.pickle_key, used))
        return store

    def save_session(self, curve_key: str, session: Session) -> None:
        """Note that a channel to another device is new or has moved on."""
        self._dirty["session", session.id] = lambda: OlmSessionRecord(
            session=session.id,
            sender_key=curve_key,
            pickle=self._pickle(session),
            created=session.creation_time.astimezone(UTC),
            used=session.use_time.astimezone(UTC),
        )

    def forget_session(self, curve_key: str, session: Session) -> None:
        """Note that a channel to another device is not kept any longer."""
        self.save_session(curve_key, session)
        self._forget(("session", session.id))

    def _forget(self, key: tuple[str, ...]) -> None:
        self._gone[key] = self._dirty.pop(key)()

    def load_inbound_group_sessions(self) -> GroupSessionStore:
        """Give nio the room keys."""
        store = GroupSessionStore()  # type: ignore[no-untyped-call]
        for row in self._stored.group_sessions:
            store.add(
                InboundGroupSession.from_pickle(
                    row.pickle.encode(),
                    row.signing_key,
                    row.sender_key,
                    row.room,
                    self.pickle_key,
                    json.loads(row.forwarded_by),
                )
            )
        return store

    def save_inbound_group_session(self, session: InboundGroupSession) -> None:
        """Note a new room key."""
        name = KeyName(room=session.room_id, sender_key=session.sender_key, session=session.id)
        if name not in self._numbers:
            self._last += 1
            self._numbers[name] = self._last
        number = self._numbers[name]
        self._dirty["group", session.room_id, session.sender_key, session.id] = lambda: GroupSessionRecord(
            room=session.room_id,
            sender_key=session.sender_key,
            session=session.id,
            signing_key=session.ed25519,
            pickle=self._pickle(session),
            forwarded_by=json.dumps(session.forwarding_chain),
            number=number,
        )

    def forget_inbound_group_session(self, session: InboundGroupSession) -> None:
        """Note that a room key is not kept any longer."""
        self.save_inbound_group_session(session)
        self._forget(("group", session.room_id, session.sender_key, session.id))
        del self._numbers[KeyName(room=session.room_id, sender_key=session.sender_key, session=session.id)]

    def room_keys(self) -> tuple[KeyName, ...]:
        """Which room keys there are, the newest first."""
        return tuple(reversed(self._numbers))

    def load_device_keys(self) -> DeviceStore:
        """Give nio everybody's devices."""
        store = DeviceStore()  # type: ignore[no-untyped-call]
        for row in self._stored.devices:
            keys = {"ed25519": row.ed25519, "curve25519": row.curve25519}
            store.add(OlmDevice(row.user_id, row.device_id, keys, row.name, row.deleted))
        return store

    def save_device_keys(self, device_keys: Mapping[str, Mapping[str, OlmDevice]]) -> None:
        """Note devices that are new, changed or gone."""
        for devices in device_keys.values():
            for device in devices.values():
                self._dirty["device", device.user_id, device.id] = self._device_change(device)

    def _device_change(self, device: OlmDevice) -> Change:
        return lambda: DeviceRecord(
            user_id=device.user_id,
            device_id=device.id,
            name=device.display_name,
            ed25519=device.ed25519,
            curve25519=device.curve25519,
            deleted=device.deleted,
            signed_by=self.signer_of(device),
        )

    def signer_of(self, device: OlmDevice) -> str | None:
        """The master key of the identity that has signed the device."""
        return self._signers.get((device.user_id, device.id))

    def save_signer(self, device: OlmDevice, master_key: str | None) -> None:
        """Note which identity has signed the device."""
        if self.signer_of(device) != master_key:
            self._signers[device.user_id, device.id] = master_key
            self.save_device_keys({device.user_id: {device.id: device}})

    def load_identities(self) -> tuple[IdentityRecord, ...]:
        """Everybody's identity, as it was stored when this began."""
        return self._stored.identities

    def save_identity(self, record: IdentityRecord) -> None:
        """Note somebody's identity as it is now; what is pinned is stored only with the first one."""
        self._identities[record.user_id] = record

    def save_change(self, change: IdentityChange) -> None:
        """Note that somebody's identity is another one, for administration to hear of."""
        self._changes += (change,)

    def load_outgoing_key_requests(self) -> dict[str, OutgoingKeyRequest]:
        """Give nio the room keys that were asked for."""
        rows = self._stored.requests
        return {r.request: OutgoingKeyRequest(r.request, r.session, r.room, r.algorithm) for r in rows}

    def add_outgoing_key_request(self, key_request: OutgoingKeyRequest) -> None:
        """Note that a room key was asked for."""
        self._dirty["request", key_request.request_id] = lambda: _request(key_request)

    def remove_outgoing_key_request(self, key_request: OutgoingKeyRequest) -> None:
        """Note that a room key is not asked for any more."""
        key = ("request", key_request.request_id)
        self._dirty.pop(key, None)
        self._gone[key] = _request(key_request)

    def ignore_devices(self, devices: Iterable[OlmDevice]) -> None:
        """Whom nio would call ignored we share keys with as well; there is nothing to note."""

    def is_device_verified(self, device: OlmDevice) -> bool:  # noqa: ARG002
        """Nobody compares emojis with a bot: no device is verified by hand."""
        return False

    def is_device_blacklisted(self, device: OlmDevice) -> bool:  # noqa: ARG002
        """No device is shut out by hand."""
        return False


async def _nothing_else(_connection: Connection) -> None:
    return None


def own_keys(row: OlmAccountRecord, pickle_key: str) -> Mapping[str, str]:
    """The public halves of the device's own keys, by algorithm. Raises KeysLocked as `Keys.load_account` does."""
    keys = _unlocked(row, pickle_key).identity_keys
    return {"curve25519": keys["curve25519"], "ed25519": keys["ed25519"]}


def _unlocked(row: OlmAccountRecord, pickle_key: str) -> OlmAccount:
    try:
        return OlmAccount.from_pickle(row.pickle.encode(), pickle_key, row.shared)
    except vodozemac.LibolmPickleException as error:
        # The older way to encrypt keys is tried last, so that its refusal stands for both.
        raise KeysLocked from error


def _local(at: datetime) -> datetime:
    """Give the naive local time that nio reckons with."""
    return at.astimezone().replace(tzinfo=None)


async def _report(connection: Connection, changes: Iterable[IdentityChange]) -> None:
    for one in changes:
        facts = {"user": one.user_id, "before": fingerprint(one.before), "now": fingerprint(one.now)}
        # Each new identity is reported, also a second one on the same day; a subject has at most 255 characters.
        subject = f"{one.now} {one.user_id}"[:255]
        await record_incident(connection, IncidentKind.IDENTITY_CHANGED, subject, facts, one.at)


def _request(request: OutgoingKeyRequest) -> KeyRequestRecord:
    return KeyRequestRecord(
        request=request.request_id, session=request.session_id, room=request.room_id, algorithm=request.algorithm
    )

"""Whom the bot believes and whom it gives room keys: people's identities, and the devices these have signed."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.demo.homeserver import Account, Homeserver
from bot.demo.person import Person
from bot.matrix.keys import Keys, Stored, read_stored
from bot.matrix.machine import Machine, Opened
from bot.matrix.signing import SigningKey, signed
from bot.matrix.trust import published
from commands.framework.inbound import Assurance
from storage.database import Database
from storage.incidents import Incident, IncidentKind, unreported
from storage.matrix.queries import accept_identity, identities
from storage.matrix.record import IdentityRecord, fingerprint
from tests.bot.matrix.bot import Bot, meet
from tests.bot.matrix.crosssigning import Answer, Signer
from tests.rig.fixtures import Arrive

ANNA, BEN = "@anna:x", "@ben:x"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


# What answers to keys queries say, without a homeserver.


async def machine(database: Database, user_id: str, device_id: str) -> Machine:
    account = f"{user_id} {device_id}"
    async with database.read() as connection:
        stored = await read_stored(connection, account)
    keys = Keys(account=account, user_id=user_id, device_id=device_id, pickle_key="geheim", stored=stored)
    return Machine(keys)


async def the_bot(database: Database) -> Machine:
    return await machine(database, "@bot:x", "BOT")


async def flush(made: Machine, database: Database) -> None:
    store: Any = made.store
    await store.flush(database)


def device(made: Machine) -> Answer:
    """The machine's device as it is published."""
    return made._signed(made._device_keys())


def by(made: Machine) -> Opened:
    """A message of this machine's device."""
    own = made.account.identity_keys
    return Opened(type="m", content={}, sender_key=own["curve25519"], signing_key=own["ed25519"])


def readers(bot: Machine, *users: str) -> list[str]:
    return sorted(f"{one.user_id} {one.id}" for one in bot.entitled(users))


def unsigned_answer(*devices: Answer) -> Answer:
    return {"device_keys": {ANNA: {one["device_id"]: copy.deepcopy(one) for one in devices}}}


async def incidents(database: Database) -> tuple[Incident, ...]:
    async with database.read() as connection:
        return await unreported(connection, most=10)


async def pins(database: Database, account: str, user: str = ANNA) -> IdentityRecord:
    async with database.read() as connection:
        (found,) = await identities(connection, account, [user])
    return found


async def test_of_a_user_with_an_identity_only_signed_devices_may_read_and_are_believed(database: Database) -> None:
    bot, phone, laptop = [await machine(database, *one) for one in (("@bot:x", "BOT"), (ANNA, "PHONE"), (ANNA, "LAP"))]
    anna = Signer(user_id=ANNA)
    bot.learn(anna.answer(anna.sign(device(phone)), device(laptop)), NOW)
    assert readers(bot, ANNA) == [f"{ANNA} PHONE"]
    assert bot.assurance(ANNA, by(phone)) is Assurance.IDENTITY
    assert bot.assurance(ANNA, by(laptop)) is Assurance.DEVICE
    assert bot.assurance(BEN, by(phone)) is Assurance.NONE


async def test_of_a_user_without_an_identity_all_devices_may_read(database: Database) -> None:
    bot, phone, laptop = [await machine(database, *one) for one in (("@bot:x", "BOT"), (ANNA, "PHONE"), (ANNA, "LAP"))]
    bot.learn(unsigned_answer(device(phone), device(laptop)), NOW)
    assert readers(bot, ANNA) == [f"{ANNA} LAP", f"{ANNA} PHONE"]
    assert bot.assurance(ANNA, by(phone)) is Assurance.DEVICE


async def test_other_devices_of_the_bot_itself_never_get_room_keys(database: Database) -> None:
    bot, other = await the_bot(database), await machine(database, "@bot:x", "OTHER")
    me = Signer(user_id="@bot:x")
    for answer in ({"device_keys": {"@bot:x": {"OTHER": device(other)}}}, me.answer(me.sign(device(other)))):
        bot.learn(answer, NOW)
        assert readers(bot, "@bot:x") == []


async def test_a_room_key_claimed_for_somebody_elses_device_makes_nobody_believed(database: Database) -> None:
    bot, phone, eve = [await machine(database, *one) for one in (("@bot:x", "BOT"), (ANNA, "PHONE"), ("@eve:x", "EVE"))]
    anna = Signer(user_id=ANNA)
    bot.learn(anna.answer(anna.sign(device(phone))), NOW)
    bot.learn({"device_keys": {"@eve:x": {"EVE": device(eve)}}}, NOW)
    half = Opened(type="m", content={}, sender_key=by(eve).sender_key, signing_key=by(phone).signing_key)
    assert bot.assurance(ANNA, half) is Assurance.NONE
    assert bot.assurance(ANNA, by(eve)) is Assurance.NONE
    assert bot.assurance("@eve:x", by(eve)) is Assurance.DEVICE


async def test_an_identity_that_is_hidden_after_it_was_seen_gives_no_device_more_than_it_had(
    database: Database,
) -> None:
    bot, phone, laptop = [await machine(database, *one) for one in (("@bot:x", "BOT"), (ANNA, "PHONE"), (ANNA, "LAP"))]
    anna = Signer(user_id=ANNA)
    bot.learn(anna.answer(anna.sign(device(phone))), NOW)
    await flush(bot, database)
    for made in (bot, await the_bot(database)):
        made.learn(unsigned_answer(device(phone), device(laptop)), NOW)
        assert readers(made, ANNA) == [f"{ANNA} PHONE"]
        assert made.assurance(ANNA, by(phone)) is Assurance.IDENTITY
        assert made.assurance(ANNA, by(laptop)) is Assurance.DEVICE
    assert await incidents(database) == ()


async def test_a_device_whose_keys_change_while_the_identity_is_hidden_is_not_signed_any_more(
    database: Database,
) -> None:
    bot, phone, other = [await machine(database, *one) for one in (("@bot:x", "BOT"), (ANNA, "PHONE"), (ANNA, "LAP"))]
    anna = Signer(user_id=ANNA)
    bot.learn(anna.answer(anna.sign(device(phone))), NOW)
    swapped = phone._device_keys()
    swapped["keys"]["curve25519:PHONE"] = other.account.identity_keys["curve25519"]
    bot.learn(unsigned_answer(phone._signed(swapped)), NOW)
    assert readers(bot, ANNA) == []


async def test_a_changed_identity_is_an_incident_and_no_longer_stands_behind_anybody(database: Database) -> None:
    bot, phone, laptop = [await machine(database, *one) for one in (("@bot:x", "BOT"), (ANNA, "PHONE"), (ANNA, "LAP"))]
    first, second = Signer(user_id=ANNA), Signer(user_id=ANNA)
    bot.learn(first.answer(first.sign(device(phone))), NOW)
    bot.learn(second.answer(first.sign(device(phone)), second.sign(device(laptop))), NOW)
    await flush(bot, database)

    (incident,) = await incidents(database)
    assert (incident.kind, incident.facts["user"]) == (IncidentKind.IDENTITY_CHANGED, ANNA)
    before, now = first.master.public, second.master.public
    assert incident.facts == {"user": ANNA, "before": fingerprint(before), "now": fingerprint(now)}
    for made in (bot, await the_bot(database)):
        assert readers(made, ANNA) == [f"{ANNA} LAP"]
        assert {made.assurance(ANNA, by(one)) for one in (phone, laptop)} == {Assurance.DEVICE}
        assert made.trust.unaccepted() == {ANNA}


async def test_an_accepted_identity_stands_behind_its_devices_and_a_refused_one_does_not(database: Database) -> None:
    bot, phone = await the_bot(database), await machine(database, ANNA, "PHONE")
    first, second = Signer(user_id=ANNA), Signer(user_id=ANNA)
    for signer in (first, second):
        bot.learn(signer.answer(signer.sign(device(phone))), NOW)
    await flush(bot, database)
    account = "@bot:x BOT"

    async def accepted(key: SigningKey) -> bool:
        return await database.transact(lambda connection: accept_identity(connection, account, ANNA, key.public))

    assert not await accepted(first.master)
    assert await accepted(second.master)
    bot.trust.accept([await pins(database, account)])
    for made in (bot, await the_bot(database)):
        assert made.assurance(ANNA, by(phone)) is Assurance.IDENTITY
        assert made.trust.unaccepted() == frozenset()


async def test_an_acceptance_that_the_session_has_not_noticed_yet_is_not_taken_back_by_it(database: Database) -> None:
    bot, phone, account = await the_bot(database), await machine(database, ANNA, "PHONE"), "@bot:x BOT"
    _, second, third = signers = [Signer(user_id=ANNA) for _ in range(3)]
    for signer in signers[:2]:
        bot.learn(signer.answer(signer.sign(device(phone))), NOW)
    await flush(bot, database)
    await database.transact(lambda connection: accept_identity(connection, account, ANNA, second.master.public))
    bot.learn(third.answer(third.sign(device(phone))), NOW)
    await flush(bot, database)
    stored = await pins(database, account)
    assert (stored.pinned, stored.current) == (second.master.public, third.master.public)


async def test_what_a_failed_transaction_did_not_write_of_identities_is_written_by_the_next(
    database: Database,
) -> None:
    bot, phone = await the_bot(database), await machine(database, ANNA, "PHONE")
    store: Any = bot.store
    for signer in (Signer(user_id=ANNA), Signer(user_id=ANNA)):
        bot.learn(signer.answer(signer.sign(device(phone))), NOW)

    async def failing(_connection: Any) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        await store.transact(database, failing)
    assert await incidents(database) == ()
    await flush(bot, database)
    assert [one.kind for one in await incidents(database)] == [IncidentKind.IDENTITY_CHANGED]
    assert not store.changed


async def test_a_device_that_its_owner_has_removed_is_believed_less(database: Database) -> None:
    bot, phone = await the_bot(database), await machine(database, ANNA, "PHONE")
    anna = Signer(user_id=ANNA)
    bot.learn(anna.answer(anna.sign(device(phone))), NOW)
    for gone in (unsigned_answer(), anna.answer()):
        bot.learn(gone, NOW)
        assert bot.assurance(ANNA, by(phone)) is Assurance.DEVICE
        assert readers(bot, ANNA) == []


async def test_a_signature_on_other_keys_than_those_the_device_is_known_by_is_none(database: Database) -> None:
    bot, phone, other = [await machine(database, *one) for one in (("@bot:x", "BOT"), (ANNA, "PHONE"), (ANNA, "LAP"))]
    bot.learn(unsigned_answer(device(phone)), NOW)
    other.device_id, anna = "PHONE", Signer(user_id=ANNA)
    bot.learn(anna.answer(anna.sign(device(other))), NOW)
    # A device keeps the key it was first seen with: whoever has another one is another device.
    assert bot.assurance(ANNA, by(phone)) is Assurance.DEVICE
    assert bot.assurance(ANNA, by(other)) is Assurance.NONE
    assert readers(bot, ANNA) == []


def _padded(one: Signer) -> Answer:
    key = one.self_signing.public + "="
    return signed({"user_id": ANNA, "usage": ["self_signing"], "keys": {f"ed25519:{key}": key}}, ANNA, one.master)


def _misnamed(one: Signer) -> Answer:
    keys = {"ed25519:X": one.self_signing.public}
    return signed({"user_id": ANNA, "usage": ["self_signing"], "keys": keys}, ANNA, one.master)


def _of_ben(one: Signer) -> Answer:
    return signed(_by_nobody(one) | {"user_id": BEN}, ANNA, one.master)


def _by_nobody(one: Signer) -> Answer:
    return {name: value for name, value in one.self_signing_key.items() if name != "signatures"}


def _by_another(one: Signer) -> Answer:
    return signed(_by_nobody(one), ANNA, SigningKey(seed=bytes(32)))


@pytest.mark.parametrize(
    ("master", "self_signing"),
    [
        (lambda one: one.self_signing_key, lambda one: one.self_signing_key),
        (lambda one: one.master_key | {"user_id": BEN}, lambda one: one.self_signing_key),
        (lambda one: one.master_key | {"usage": ["user_signing"]}, lambda one: one.self_signing_key),
        (lambda one: one.master_key | {"keys": {}}, lambda one: one.self_signing_key),
        (lambda one: one.master_key | {"keys": {"ed25519:X": one.master.public}}, lambda one: one.self_signing_key),
        (lambda one: one.master_key, _padded),
        (lambda one: one.master_key, _misnamed),
        (lambda one: one.master_key, _of_ben),
        (lambda one: one.master_key, lambda one: one.master_key),
        (lambda one: one.master_key, lambda one: one.user_signing_key),
        (lambda one: one.master_key, _by_nobody),
        (lambda one: one.master_key, _by_another),
        (lambda one: one.master_key, lambda _one: None),
    ],
)
def test_an_identity_counts_only_if_every_link_of_it_holds(
    master: Callable[[Signer], Any], self_signing: Callable[[Signer], Any]
) -> None:
    anna = Signer(user_id=ANNA)
    assert published(anna.answer(), ANNA) is not None
    answer = {"master_keys": {ANNA: master(anna)}, "self_signing_keys": {ANNA: self_signing(anna)}}
    assert published(answer, ANNA) is None


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_JUNK = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


def _items(value: Any) -> Iterable[tuple[Any, Any]]:
    return value.items() if isinstance(value, dict) else ()


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    return [path, *(place for name, one in _items(value) for place in _paths(one, (*path, name)))]


def _spoilt(answer: Answer, path: tuple[Any, ...], junk: Any) -> Answer:
    made = copy.deepcopy(answer)
    place: Any = made
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = junk
    return made


def _fresh(user_id: str, device_id: str) -> Machine:
    nothing = Stored(account=None, sessions=(), group_sessions=(), devices=(), identities=(), requests=())
    return Machine(Keys(account="a", user_id=user_id, device_id=device_id, pickle_key="geheim", stored=nothing))


@settings(max_examples=300, deadline=None)
@given(drawn=st.data())
def test_no_junk_in_an_answer_raises_or_costs_anybody_else_anything(drawn: st.DataObject) -> None:
    bot, theirs = _fresh("@bot:x", "BOT"), {user: _fresh(user, "D") for user in (ANNA, BEN)}
    signers = {user: Signer(user_id=user) for user in theirs}
    answers = [signers[user].answer(signers[user].sign(device(made))) for user, made in theirs.items()]
    sound = {kind: answers[0][kind] | answers[1][kind] for kind in answers[0]}
    spoilable = [path for path in _paths(sound) if len(path) > 1 and path[1] == BEN]
    spoilt = sound
    for path in drawn.draw(st.lists(st.sampled_from(spoilable), min_size=1, max_size=3)):
        if path in _paths(spoilt):
            spoilt = _spoilt(spoilt, path, drawn.draw(_JUNK))
    bot.learn(spoilt, NOW)
    assert readers(bot, ANNA) == [f"{ANNA} D"]
    assert bot.assurance(ANNA, by(theirs[ANNA])) is Assurance.IDENTITY
    # What is sound afterwards counts, whatever was there before.
    bot.learn(sound, NOW)
    assert bot.assurance(BEN, by(theirs[BEN])) is Assurance.IDENTITY


@given(answer=st.dictionaries(st.sampled_from(["device_keys", "master_keys", "self_signing_keys"]), _JUNK))
def test_an_answer_that_is_junk_as_a_whole_teaches_nothing(answer: Answer) -> None:
    bot = _fresh("@bot:x", "BOT")
    bot.learn(answer, NOW)
    assert list(bot.device_store) == []
    assert bot.trust.unaccepted() == frozenset()


# On a homeserver.


Second = Callable[[Person], Awaitable[Person]]


@pytest.fixture
async def second_device(synapse: Homeserver, tmp_path: Path) -> AsyncIterator[Second]:
    """Signs a person in on another device, which listens until the test ends."""
    async with AsyncExitStack() as stack:

        async def signed_in(person: Person) -> Person:
            account = await synapse.login(person.account.localpart, person.account.password)
            return await stack.enter_async_context(Person.at(synapse.url, account, tmp_path / account.device_id))

        yield signed_in


async def identity(synapse: Homeserver, *devices: Account) -> Signer:
    """A (new) identity of these devices' owner, which signs them."""
    made = Signer(user_id=devices[0].user_id)
    await made.publish(synapse, devices[0])
    for one in devices:
        await made.sign_device(synapse, one)
    return made


async def judged(bot: Bot, person: Person, room: str, text: str) -> Assurance:
    """What stands behind a message of this person."""
    await person.say(room, text)
    (heard,) = await bot.hear()
    assert heard.text == text
    return heard.assurance


async def served(bot: Bot, room: str) -> set[str]:
    """The devices that have the key of the bot's last message."""
    return {device for _, device in bot.session.machine.outbound_group_sessions[room].users_shared_with}


@pytest.mark.synapse
async def test_an_unsigned_device_cannot_read_the_bot_and_a_signed_one_can(
    bot: Bot, arrive: Arrive, second_device: Second, synapse: Homeserver
) -> None:
    phone, ben = await arrive("anna"), await arrive("ben")
    laptop = await second_device(phone)
    anna = await identity(synapse, phone.account)
    room = await meet(bot, phone, ben)

    await bot.say(room, "nur für geprüfte Geräte", cause="$1")
    assert (await phone.next_from(bot.user_id, room)).body == "nur für geprüfte Geräte"
    assert (await ben.next_from(bot.user_id, room)).body == "nur für geprüfte Geräte"
    assert await served(bot, room) == {phone.device_id, ben.device_id}
    assert (await laptop.next_from(bot.user_id, room, kinds={"undecryptable"})).kind == "undecryptable"

    await anna.sign_device(synapse, laptop.account)
    await until_changed(bot, phone.user_id)
    await bot.say(room, "nun auch hier", cause="$2")
    assert (await laptop.next_from(bot.user_id, room)).body == "nun auch hier"


async def until_changed(bot: Bot, user: str) -> None:
    """Receive until the homeserver has told that this user's devices or identity are not what they were."""
    while user not in bot.session.machine.users_for_key_query:
        await bot.receive()


@pytest.mark.synapse
async def test_a_changed_identity_is_reported_and_believed_again_when_accepted_and_after_restarts(
    bot: Bot, arrive: Arrive, synapse: Homeserver
) -> None:
    phone = await arrive("anna")
    first = await identity(synapse, phone.account)
    room = await meet(bot, phone)
    assert await judged(bot, phone, room, "!eins") is Assurance.IDENTITY
    await bot.restart()
    assert await judged(bot, phone, room, "!zwei") is Assurance.IDENTITY
    assert await incidents(bot.database) == ()

    second = await identity(synapse, phone.account)
    assert await judged(bot, phone, room, "!drei") is Assurance.DEVICE
    (incident,) = await incidents(bot.database)
    assert (incident.kind, incident.facts["user"]) == (IncidentKind.IDENTITY_CHANGED, phone.user_id)
    assert incident.facts["before"] == fingerprint(first.master.public)
    await bot.say(room, "hier weiter lesbar")
    assert (await phone.next_from(bot.user_id, room)).body == "hier weiter lesbar"
    await bot.restart()
    assert await judged(bot, phone, room, "!vier") is Assurance.DEVICE

    key = second.master.public
    await bot.database.transact(lambda connection: accept_identity(connection, "default", phone.user_id, key))
    assert await judged(bot, phone, room, "!fünf") is Assurance.IDENTITY
    await bot.restart()
    assert await judged(bot, phone, room, "!sechs") is Assurance.IDENTITY
    (incident,) = await incidents(bot.database)
    assert incident.count == 1


@pytest.mark.synapse
async def test_whoever_has_no_identity_reads_and_is_heard_on_every_device(
    bot: Bot, arrive: Arrive, second_device: Second
) -> None:
    phone = await arrive("ben")
    laptop = await second_device(phone)
    room = await meet(bot, phone)
    assert await judged(bot, phone, room, "!eins") is Assurance.DEVICE
    await bot.say(room, "für alle")
    for one in (phone, laptop):
        assert (await one.next_from(bot.user_id, room)).body == "für alle"


@pytest.mark.synapse
async def test_an_identity_changed_while_the_bot_was_away_is_noticed_with_the_next_message(
    bot: Bot, arrive: Arrive, synapse: Homeserver
) -> None:
    phone = await arrive("anna")
    await identity(synapse, phone.account)
    room = await meet(bot, phone)
    assert await judged(bot, phone, room, "!eins") is Assurance.IDENTITY
    await bot.stop()
    await identity(synapse, phone.account)
    await bot.start()
    assert await judged(bot, phone, room, "!zwei") is Assurance.DEVICE

"""What strangers and unlucky homeservers do to a bot, on a real homeserver: it goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.demo.homeserver import Account, Homeserver
from bot.matrix.errors import RateLimited, Refused, Unauthorized, Unreachable, WrongAccount
from bot.matrix.render import content
from tests.bot.matrix.bot import Another, Bot, meet, words
from tests.rig.fixtures import Arrive, Register

pytestmark = pytest.mark.synapse

_OLM = "m.olm.v1.curve25519-aes-sha2"
_CLIENT = "/_matrix/client/v3"


async def _to_device(synapse: Homeserver, sender: Account, bot: Bot, content: dict[str, Any], txn: str) -> None:
    body = {"messages": {bot.user_id: {bot.session.device_id: content}}}
    await synapse.api("PUT", f"{_CLIENT}/sendToDevice/m.room.encrypted/{txn}", token=sender.access_token, body=body)


async def test_malformed_messages_of_a_stranger_are_counted_and_stop_nothing(
    bot: Bot, arrive: Arrive, register: Register, synapse: Homeserver
) -> None:
    anna, stranger = await arrive("anna"), await register("fremd")
    room = await meet(bot, anna)
    key = bot.session.machine.account.identity_keys["curve25519"]
    payloads: list[dict[str, Any]] = [{"type": 0, "body": "&"}, {"type": 1, "body": "AA"}, {"type": 0}, {"type": 1}]
    for number, payload in enumerate(payloads):
        message = {"algorithm": _OLM, "sender_key": "x" * 43, "ciphertext": {key: payload}}
        await _to_device(synapse, stranger, bot, message, f"junk{number}")
    await anna.say(room, "!trotzdem")
    assert words(await bot.hear()) == ["!trotzdem"]
    assert bot.session.machine.junk["to_device"] == len(payloads)


async def test_junk_device_keys_of_one_member_do_not_silence_the_bot(
    bot: Bot, another: Another, register: Register, synapse: Homeserver
) -> None:
    # Whoever listens must be as hardened as the bot: nio's own client stops listening here.
    listener = await another(await register("zuhoererin"))
    odd = await register("seltsam")
    junk = {
        "user_id": odd.user_id,
        "device_id": odd.device_id,
        "algorithms": [_OLM, "m.megolm.v1.aes-sha2"],
        "keys": {f"curve25519:{odd.device_id}": "not a key", f"ed25519:{odd.device_id}": "neither"},
        "signatures": {odd.user_id: {f"ed25519:{odd.device_id}": "nor a signature"}},
    }
    await synapse.api("POST", f"{_CLIENT}/keys/upload", token=odd.access_token, body={"device_keys": junk})
    encryption = {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    made = {"preset": "private_chat", "initial_state": [encryption], "invite": [bot.user_id, listener.user_id]}
    room = (await synapse.api("POST", f"{_CLIENT}/createRoom", token=odd.access_token, body=made))["room_id"]
    for one in (bot, listener):
        await one.until_joined(room)
    await bot.until_member(room, listener.user_id)

    await bot.say(room, "", content=content("!gelesen", "!gelesen", msgtype="m.text"))
    assert words(await listener.hear(2))[1:] == ["!gelesen"]
    assert bot.session.machine.junk["device"] == 1


async def test_a_junk_one_time_key_of_one_member_does_not_silence_the_bot(
    bot: Bot, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, odd = await arrive("anna"), await arrive("seltsam")
    room = await meet(bot, anna, odd)
    befriend = bot.session.machine.befriend

    def spoilt(one_time_keys: Any) -> None:
        for key in one_time_keys[odd.user_id][odd.device_id].values():
            key["key"] = "&"
            del key["signatures"]
            signature = odd._client.olm.sign_json(key)
            key["signatures"] = {odd.user_id: {f"ed25519:{odd.device_id}": signature}}
        befriend(one_time_keys)

    monkeypatch.setattr(bot.session.machine, "befriend", spoilt)
    await bot.say(room, "eins", cause="$1")
    await bot.say(room, "zwei", cause="$2")
    assert (await anna.next_from(bot.user_id, room)).body == "eins"
    assert bot.session.machine.junk["one_time_key"] == 1


async def test_when_all_one_time_keys_are_taken_new_ones_and_a_spare_are_there(
    bot: Bot, register: Register, synapse: Homeserver
) -> None:
    greedy = await register("gierig")
    claim = {"one_time_keys": {bot.user_id: {bot.session.device_id: "signed_curve25519"}}}

    async def taken() -> dict[str, Any]:
        answer = await synapse.api("POST", f"{_CLIENT}/keys/claim", token=greedy.access_token, body=claim)
        (key,) = answer["one_time_keys"][bot.user_id][bot.session.device_id].values()
        assert isinstance(key, dict)
        return key

    keys = [await taken() for _ in range(51)]
    assert [key.get("fallback", False) for key in keys] == [False] * 50 + [True]
    await bot.restart()
    assert not (await taken()).get("fallback", False)


Request = Callable[..., Awaitable[dict[str, Any]]]


def first_of(request: Request, where: str, error: BaseException) -> Request:
    """The same requests, but the first one to this endpoint fails."""
    errors = [error]

    async def made(method: str, path: str, **rest: Any) -> dict[str, Any]:
        if where in path and errors:
            raise errors.pop()
        return await request(method, path, **rest)

    return made


@pytest.mark.parametrize("where", ["/keys/query", "/keys/claim", "/sendToDevice/"])
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Refused(status=403, errcode="M_FORBIDDEN"), Unreachable),
        (RateLimited(retry_after=timedelta(seconds=1)), RateLimited),
        (Unreachable(reason="away"), Unreachable),
        (asyncio.CancelledError(), asyncio.CancelledError),
    ],
    ids=["refused", "limited", "unreachable", "cancelled"],
)
async def test_a_room_whose_key_could_not_be_shared_gets_it_with_the_next_attempt_from_the_same_login(
    bot: Bot, arrive: Arrive, monkeypatch: pytest.MonkeyPatch, where: str, error: BaseException, told: type[Exception]
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    known, token = bot.session.rooms.known(room), await bot.token()
    monkeypatch.setattr(bot.session.wire, "request", first_of(bot.session.wire.request, where, error))

    said = content("für alle lesbar", "für alle lesbar")
    with pytest.raises(told):
        await bot.session.send(known, "m.room.message", said, "txn")
    assert not any(key.users_shared_with for key in bot.session.machine.outbound_group_sessions.values())
    await bot.session.send(known, "m.room.message", said, "txn")

    assert (await anna.next_from(bot.user_id, room)).body == "für alle lesbar"
    assert await bot.token() == token


class Directory:
    """Answers keys queries in the homeserver's place, and counts whom they ask for."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.asked: list[list[str]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def request(self, _method: str, path: str, *, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        assert path.endswith("/keys/query")
        self.asked.append(sorted(body["device_keys"]))
        self.meanwhile()
        return self.answer


async def test_people_on_a_homeserver_that_is_away_are_not_asked_for_on_each_occasion(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, away, gone = "@anna:here.example", "@ben:away.example", "@chris:odd.example"
    directory = Directory({"device_keys": {there: {}}, "failures": {"away.example": {"status": 503}}})
    monkeypatch.setattr(bot.session.wire, "request", directory.request)
    for _ in range(3):
        await bot.session.query_keys([there, away, gone])
    assert directory.asked == [[there, away, gone]]

    later = datetime.now(UTC) + timedelta(minutes=6)
    monkeypatch.setattr(bot.session, "now", lambda: later)
    await bot.session.query_keys([there, away, gone])
    # Whoever is only missing is asked for again; a homeserver that is away is tried by itself, off the way of others.
    assert directory.asked[1:] == [[gone]]


async def test_whoever_changes_while_an_answer_about_them_is_on_its_way_is_asked_for_again(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, ben = "@anna:here.example", "@ben:here.example"
    directory = Directory({"device_keys": {anna: {}, ben: {}}})
    monkeypatch.setattr(bot.session.wire, "request", directory.request)
    directory.meanwhile = lambda: bot.session.machine.mark_changed([anna])
    await bot.session.query_keys([anna, ben])
    directory.meanwhile = lambda: None
    for _ in range(2):
        await bot.session.query_keys([anna, ben])
    assert directory.asked == [[anna, ben], [anna]]


async def test_a_token_that_is_no_longer_valid_ends_the_receiving(bot: Bot, synapse: Homeserver) -> None:
    await synapse.api("POST", f"{_CLIENT}/logout/all", token=await bot.token(), body={})
    with pytest.raises(Unauthorized):
        await bot.receive()
    with pytest.raises(Unauthorized):
        await bot.open()


async def test_a_wrong_password_is_told_from_a_wrong_account(bot: Bot, register: Register, synapse: Homeserver) -> None:
    other = await register("andere")
    bot.configured = type(bot.configured)(homeserver=synapse.url, user_id=other.user_id, password=other.password)
    with pytest.raises(WrongAccount):
        await bot.open()
    bot.configured = type(bot.configured)(
        name="second", homeserver=synapse.url, user_id=other.user_id, password="falsch"
    )
    with pytest.raises(Unauthorized):
        await bot.open()
    bot.configured = type(bot.configured)(
        name="second", homeserver=synapse.url, user_id=other.user_id, access_token=await bot.token()
    )
    with pytest.raises(WrongAccount):
        await bot.open()

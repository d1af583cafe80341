"""Invitations, joining, and what must never reach the inbox, on a real homeserver."""

import pytest

from bot.demo.homeserver import Homeserver
from commands.framework.inbound import Kind
from tests.bot.matrix.bot import Another, Bot, meet, words
from tests.rig.fixtures import Arrive, Register

pytestmark = pytest.mark.synapse


async def test_a_joining_is_told_once_with_the_event_of_our_own_membership(
    bot: Bot, arrive: Arrive, synapse: Homeserver
) -> None:
    anna = await arrive("anna")
    room = await anna.create_room(invite=[bot.user_id])
    (joined,) = await bot.hear()
    ours = [e for e in await synapse.events(room) if e.get("state_key") == bot.user_id]
    assert (joined.kind, joined.event, joined.room) == (Kind.JOINED, ours[-1]["event_id"], room)
    assert ours[-1]["content"]["membership"] == "join"

    await synapse.api(
        "PUT",
        f"/_matrix/client/v3/profile/{bot.user_id}/displayname",
        token=await bot.token(),
        body={"displayname": "Bote"},
    )
    await anna.say(room, "!danach")
    assert words(await bot.hear()) == ["!danach"]
    await bot.restart()
    await bot.receive()
    assert not await bot.letters()


async def test_whoever_throws_us_out_and_invites_us_again_is_greeted_again(bot: Bot, arrive: Arrive) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await anna.kick(room, bot.user_id)
    while bot.session.rooms.known(room).joined:
        await bot.receive()
    await anna.invite(room, bot.user_id)
    assert [one.kind for one in await bot.hear()] == [Kind.JOINED]


async def test_invitations_of_others_are_declined(
    synapse: Homeserver, register: Register, arrive: Arrive, another: Another
) -> None:
    anna = await arrive("anna")
    bot = await another(await register("bote"), servers=frozenset({"anderswo.example"}))
    room = await anna.create_room(invite=[bot.user_id])
    while not await _left(synapse, room, bot.user_id):
        await bot.receive()
    assert not bot.session.rooms.known(room).joined


async def _left(synapse: Homeserver, room: str, user_id: str) -> bool:
    return any(
        e.get("state_key") == user_id and e["content"].get("membership") == "leave" for e in await synapse.events(room)
    )


@pytest.mark.parametrize("encrypted", [False, True])
async def test_what_was_said_before_we_joined_never_reaches_the_inbox(
    bot: Bot, arrive: Arrive, *, encrypted: bool
) -> None:
    anna = await arrive("anna")
    room = await anna.create_room(encrypted=encrypted)
    for number in range(60):
        await anna.say(room, f"!alt {number}")
    await anna.invite(room, bot.user_id)
    await bot.until_joined(room)
    await anna.settle(room, [bot.user_id])
    await anna.say(room, "!neu")
    heard = await bot.hear(2)
    assert [one.kind for one in heard] == [Kind.JOINED, Kind.MESSAGE]
    assert heard[-1].text == "!neu"
    assert not bot.session.undecrypted


async def test_what_was_said_before_the_first_start_never_reaches_the_inbox(
    synapse: Homeserver, register: Register, arrive: Arrive, another: Another
) -> None:
    anna, account = await arrive("anna"), await register("bote")
    room = await anna.create_room(invite=[account.user_id])
    await synapse.api("POST", f"/_matrix/client/v3/join/{room}", token=account.access_token, body={})
    await anna.say(room, "!alt")
    bot = await another(account)
    await anna.say(room, "!neu")
    assert words(await bot.hear()) == ["!neu"]


@pytest.mark.parametrize("encrypted", [False, True])
async def test_ordinary_talk_leaves_no_trace(bot: Bot, arrive: Arrive, *, encrypted: bool) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben, encrypted=encrypted)
    talk = await anna.say(room, "Gestern war das Plätzchenbacken schön")
    await ben.say(room, "Ja, das Plätzchenbacken war es", reply_to=talk)
    await ben.react(room, talk, "👍")
    await anna.say(room, "!status P-1 grün")
    assert words(await bot.hear()) == ["!status P-1 grün"]
    await bot.stop()
    dump = bot.dump()
    assert "Plätzchen" not in dump
    assert talk not in dump


async def test_edits_deletions_reactions_threads_and_replies_arrive_as_such(bot: Bot, arrive: Arrive) -> None:
    anna = await arrive("anna")
    ben = await arrive("ben")
    room = await meet(bot, anna, ben)
    asked = await anna.say(room, "!status P-1 gelb")
    await bot.say(room, "Verstanden")
    reply = await anna.next_from(bot.user_id, room)
    await bot.receive()
    await anna.say(room, "!status P-1 rot", edit_of=asked)
    await anna.say(room, "doch nicht", reply_to=reply.event_id)
    await anna.say(room, "!hilfe", thread=asked)
    await anna.react(room, reply.event_id, "👍🏽")
    await anna.redact(room, asked)

    heard = await bot.hear(6)
    assert [one.kind for one in heard] == [
        Kind.MESSAGE,
        Kind.EDIT,
        Kind.MESSAGE,
        Kind.MESSAGE,
        Kind.REACTION,
        Kind.DELETION,
    ]
    assert (heard[1].target, heard[1].text) == (asked, "!status P-1 rot")
    assert (heard[2].reply_to, heard[2].text) == (reply.event_id, "doch nicht")
    assert (heard[3].thread, heard[3].text) == (asked, "!hilfe")
    assert (heard[4].target, heard[4].key) == (reply.event_id, "👍")
    assert heard[5].target == asked
    assert all(one.trusted and not one.direct for one in heard)


async def test_what_was_deleted_before_we_read_it_has_no_effect_edited_or_not(bot: Bot, arrive: Arrive) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    asked = await anna.say(room, "!status P-1 gelb")
    await anna.say(room, "!status P-1 rot", edit_of=asked)
    await anna.redact(room, asked)
    await anna.say(room, "!hilfe")
    assert words(await bot.hear()) == ["!hilfe"]


async def test_a_room_of_two_is_a_direct_chat_and_everything_in_it_is_for_us(bot: Bot, arrive: Arrive) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await anna.say(room, "Was steht an?")
    (heard,) = await bot.hear()
    assert heard.direct

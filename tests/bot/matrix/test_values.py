"""What people do in rooms becomes values: polls, edits, threads, mentions, by all their names, on a real homeserver."""

from typing import Any

import pytest

from bot.demo.homeserver import Homeserver
from bot.matrix.render import POLL, POLL_END, poll_content, poll_end_content
from commands.framework.inbound import Assurance, Kind
from tests.bot.matrix.bot import Bot, meet, words
from tests.rig.fixtures import Arrive

pytestmark = pytest.mark.synapse

ANSWERS = {"ja": "Dafür", "nein": "Dagegen"}
UNSTABLE, STABLE = "org.matrix.msc3381.poll.response", "m.poll.response"


def answer(poll: str, *choices: str, stable: bool = False) -> dict[str, Any]:
    chosen: dict[str, Any] = {"m.selections": list(choices)} if stable else {UNSTABLE: {"answers": list(choices)}}
    return {"m.relates_to": {"rel_type": "m.reference", "event_id": poll}, **chosen}


@pytest.mark.parametrize("encrypted", [False, True])
async def test_answers_to_a_poll_of_ours_arrive_with_their_choices_by_both_names(
    bot: Bot, arrive: Arrive, *, encrypted: bool
) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna, encrypted=encrypted)
    await bot.say(room, "", type=POLL, content=poll_content("Einverstanden?", ANSWERS))
    poll = await anna.next_from(bot.user_id, room, kinds={"other"})
    assert (poll.type, poll.encrypted) == (POLL, encrypted)
    assert [one["id"] for one in poll.content[POLL]["answers"]] == ["ja", "nein"]

    first = await anna.send(room, UNSTABLE, answer(poll.event_id, "ja"))
    second = await anna.send(room, STABLE, answer(poll.event_id, "nein", "ja", stable=True))
    await anna.say(room, "!hilfe")
    heard = await bot.hear(3)
    assert [(one.kind, one.event, one.target, one.choices) for one in heard[:2]] == [
        (Kind.POLL_ANSWER, first, poll.event_id, ("ja",)),
        (Kind.POLL_ANSWER, second, poll.event_id, ("nein", "ja")),
    ]
    assert words(heard[2:]) == ["!hilfe"]
    assert all(one.trusted for one in heard)

    await bot.say(room, "", ordinal=1, type=POLL_END, content=poll_end_content(poll.event_id, "Dafür"))
    end = await anna.next_from(bot.user_id, room, kinds={"other"})
    assert (end.type, end.content["m.relates_to"]["event_id"]) == (POLL_END, poll.event_id)


async def test_an_unencrypted_answer_to_an_encrypted_poll_is_not_trusted(bot: Bot, arrive: Arrive) -> None:
    anna = await arrive("anna")
    room = await meet(bot, anna)
    await bot.say(room, "", type=POLL, content=poll_content("Einverstanden?", ANSWERS))
    poll = await anna.next_from(bot.user_id, room, kinds={"other"})
    await anna.send_plain(room, UNSTABLE, answer(poll.event_id, "ja"))
    (heard,) = await bot.hear()
    assert (heard.kind, heard.assurance) == (Kind.POLL_ANSWER, Assurance.NONE)


async def test_polls_of_others_and_their_answers_leave_no_trace(bot: Bot, arrive: Arrive) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    poll = await anna.send(room, POLL, poll_content("Wohin zum Plätzchenessen?", ANSWERS))
    await ben.send(room, UNSTABLE, answer(poll, "ja"))
    await anna.say(room, "!hilfe")
    assert words(await bot.hear()) == ["!hilfe"]
    assert poll not in bot.dump()


@pytest.mark.parametrize("seen", [False, True])
@pytest.mark.parametrize("encrypted", [False, True])
async def test_an_edit_of_somebody_elses_message_is_none(
    bot: Bot, arrive: Arrive, *, encrypted: bool, seen: bool
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben, encrypted=encrypted)
    said = await anna.say(room, "Wie war das noch?")
    if not seen:
        await bot.receive()
    await ben.say(room, "!status P-1 rot", edit_of=said)
    await anna.say(room, "!status P-1 gelb", edit_of=said)
    (heard,) = await bot.hear()
    assert (heard.kind, heard.sender, heard.text) == (Kind.EDIT, anna.user_id, "!status P-1 gelb")


async def test_an_edit_of_an_edit_or_of_what_is_no_message_is_none(
    bot: Bot, arrive: Arrive, synapse: Homeserver
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    said = await anna.say(room, "!status P-1 rot")
    edit = await anna.say(room, "!status P-1 gelb", edit_of=said)
    assert [one.kind for one in await bot.hear(2)] == [Kind.MESSAGE, Kind.EDIT]
    await anna.say(room, "!status P-1 blau", edit_of=edit)
    joining = next(one for one in await synapse.events(room) if one.get("state_key") == anna.user_id)
    await anna.say(room, "!status P-1 lila", edit_of=joining["event_id"])
    await anna.say(room, "!hilfe")
    assert words(await bot.hear()) == ["!hilfe"]


async def test_a_reply_inside_a_thread_is_one_and_the_fallback_for_older_clients_is_none(
    bot: Bot, arrive: Arrive
) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    root = await anna.say(room, "Thema")
    await bot.say(room, "Antwort")
    ours = (await anna.next_from(bot.user_id, room)).event_id
    said = {"msgtype": "m.text", "body": "!hilfe"}
    for thread, falls_back in (("m.thread", True), ("m.thread", False), ("io.element.thread", None)):
        relation: dict[str, Any] = {"rel_type": thread, "event_id": root, "m.in_reply_to": {"event_id": ours}}
        if falls_back is not None:
            relation["is_falling_back"] = falls_back
        await anna.send(room, "m.room.message", {**said, "m.relates_to": relation})
    heard = await bot.hear(3)
    assert [(one.thread, one.reply_to) for one in heard] == [(root, None), (root, ours), (root, ours)]


async def test_whoever_names_us_in_any_of_the_usual_ways_is_heard(bot: Bot, arrive: Arrive) -> None:
    anna, ben = await arrive("anna"), await arrive("ben")
    room = await meet(bot, anna, ben)
    pill = f'<a href="https://matrix.to/#/{bot.user_id}">Bote</a>'
    ways: list[dict[str, Any]] = [
        {"body": "Bote: eins", "m.mentions": {"user_ids": [bot.user_id]}},
        {"body": "Bote zwei", "org.matrix.msc3952.mentions": {"user_ids": [bot.user_id]}},
        {"body": "Bote: drei", "format": "org.matrix.custom.html", "formatted_body": f"{pill}: drei"},
        {"body": f"{bot.user_id} vier"},
        {"body": "Bote, fünf"},
    ]
    for way in ways:
        await anna.send(room, "m.room.message", {"msgtype": "m.text", **way})
    await anna.say(room, "Der Bote ist gut")
    assert words(await bot.hear(5)) == ["eins", "zwei", "drei", "vier", "fünf"]


@pytest.mark.parametrize("version", ["10", "11", "12"])
async def test_a_deletion_names_its_message_in_rooms_of_every_version(
    bot: Bot, arrive: Arrive, synapse: Homeserver, version: str
) -> None:
    anna = await arrive("anna")
    body = {"preset": "private_chat", "invite": [bot.user_id], "room_version": version}
    where = "/_matrix/client/v3/createRoom"
    room = (await synapse.api("POST", where, token=anna.account.access_token, body=body))["room_id"]
    await bot.until_joined(room)
    await bot.hear()
    said = await anna.say(room, "!hilfe")
    await bot.hear()
    await anna.redact(room, said)
    (heard,) = await bot.hear()
    assert (heard.kind, heard.target) == (Kind.DELETION, said)

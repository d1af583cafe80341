"""People read each other in encrypted rooms, through an outage too, and the server cannot."""

import asyncio
from pathlib import Path

import pytest

from bot.demo.homeserver import Refused, homeserver
from bot.demo.person import NothingHeard, Person
from tests.rig.fixtures import Arrive

pytestmark = pytest.mark.synapse


async def meet(host: Person, guest: Person, *, encrypted: bool) -> str:
    """A room both are in, ready to talk."""
    room = await host.create_room(name="Lenkungskreis", encrypted=encrypted, invite=[guest.user_id])
    await guest.join(await guest.until_invited())
    await host.settle(room, [guest.user_id])
    await guest.settle(room, [host.user_id])
    return room


async def test_an_encrypted_talk_goes_on_after_an_outage_and_the_server_reads_none_of_it(tmp_path: Path) -> None:
    async with homeserver(tmp_path) as server:
        accounts = [await server.register(name, "Passwort") for name in ("anna", "bert")]
        async with (
            Person.at(server.url, accounts[0], tmp_path) as anna,
            Person.at(server.url, accounts[1], tmp_path) as bert,
        ):
            room = await meet(anna, bert, encrypted=True)
            question = await anna.say(room, "Wie steht es?")
            assert (await bert.next_from(anna.user_id, room)).body == "Wie steht es?"
            await bert.say(room, "Gut.", reply_to=question)
            assert (await anna.reply_to(question)).body == "Gut."

            await server.stop()
            waiting = asyncio.create_task(anna.say(room, "Sind Sie noch da?"))
            await server.start()
            await waiting
            heard = await bert.next_from(anna.user_id, room)
            assert (heard.body, heard.encrypted) == ("Sind Sie noch da?", True)
            assert [one for one in anna.heard + bert.heard if one.kind == "undecryptable"] == []

            spoken = [event for event in await server.events(room) if "state_key" not in event]
            assert [event["type"] for event in spoken] == ["m.room.encrypted"] * 3
            assert "noch da" not in str(spoken)


async def test_a_person_who_comes_back_with_the_same_device_reads_on(tmp_path: Path, arrive: Arrive) -> None:
    anna = await arrive("anna")
    bert = await arrive("bert")
    room = await meet(anna, bert, encrypted=True)
    await anna.say(room, "Bis gleich.")
    await bert.next_from(anna.user_id, room)
    await bert.close()

    async with Person.at(bert.url, bert.account, tmp_path) as again:
        await anna.say(room, "Willkommen zurück.")
        assert (await again.next_from(anna.user_id, room)).body == "Willkommen zurück."


async def test_a_key_that_comes_late_opens_the_message_where_it_stands(arrive: Arrive) -> None:
    anna, bert = await arrive("anna"), await arrive("bert")
    room = await meet(anna, bert, encrypted=True)
    await anna.say(room, "eins")
    await bert.next_from(anna.user_id, room)
    keys = bert._client.olm.inbound_group_store._entries
    withheld = dict(keys)
    keys.clear()
    await anna.say(room, "zwei")
    await bert.next_from(anna.user_id, room, kinds={"undecryptable"})

    keys.update(withheld)
    anna._client.invalidate_outbound_session(room)
    await anna.say(room, "drei")
    await bert.next_from(anna.user_id, room)
    assert [one.body for one in bert.heard] == ["eins", "zwei", "drei"]


async def test_replies_threads_edits_reactions_and_redactions_are_told_apart(arrive: Arrive) -> None:
    anna, bert = await arrive("anna"), await arrive("bert")
    room = await meet(anna, bert, encrypted=False)
    question = await anna.say(room, "Frage", formatted="<b>Frage</b>", mentions=[bert.user_id])
    heard = await bert.next_from(anna.user_id, room)
    assert (heard.html, heard.content["m.mentions"], heard.encrypted) == (
        "<b>Frage</b>",
        {"user_ids": [bert.user_id]},
        False,
    )
    other = await anna.say(room, "Andere Frage")
    aside = await bert.say(room, "Zur anderen", reply_to=other)
    answer = await bert.say(room, "Antwort", reply_to=question, msgtype="m.notice")
    assert (await anna.reply_to(question, sender=bert.user_id)).event_id == answer
    assert (await anna.reply_to(other)).event_id == aside

    in_thread = await bert.say(room, "Im Faden", thread=question)
    threaded = await anna.next_from(bert.user_id, room, after=answer)
    assert (threaded.event_id, threaded.thread) == (in_thread, question)

    await bert.say(room, "Bessere Antwort", edit_of=answer)
    edit = await anna.next_from(bert.user_id, room, kinds={"edit"})
    assert (edit.target, edit.body) == (answer, "Bessere Antwort")

    await bert.react(room, question, "✅")
    reaction = await anna.reply_to(question, kinds={"reaction"})
    assert (reaction.target, reaction.key) == (question, "✅")

    await bert.redact(room, answer)
    assert (await anna.next_from(bert.user_id, room, kinds={"redaction"})).target == answer


async def test_an_unencrypted_message_in_an_encrypted_room_is_seen_as_such(arrive: Arrive) -> None:
    anna, bert = await arrive("anna"), await arrive("bert")
    room = await meet(anna, bert, encrypted=True)
    await anna.send_plain(room, "m.room.message", {"msgtype": "m.text", "body": "offen"})
    assert not (await bert.next_from(anna.user_id, room)).encrypted


async def test_what_was_said_before_somebody_came_is_not_heard_and_silence_is_reported(arrive: Arrive) -> None:
    anna, bert = await arrive("anna"), await arrive("bert")
    room = await anna.create_room(invite=[bert.user_id])
    await anna.say(room, "Vorgeschichte")
    await bert.join(await bert.until_invited())
    assert bert.heard == []
    with pytest.raises(NothingHeard, match="to speak in"):
        await bert.next_from(anna.user_id, room, timeout=0.05)


async def test_a_person_whose_token_is_gone_says_so_to_who_waits(arrive: Arrive) -> None:
    anna = await arrive("anna")
    room = await anna.create_room()
    await anna._request("POST", "/logout", {})
    with pytest.raises(Refused, match="M_UNKNOWN_TOKEN"):
        await anna.next_from("@bert:stadtbote.localhost", room)
    with pytest.raises(Refused):
        await anna.close()
    anna._failure = None

"""Rooms that go on in others, that everybody can read, and polls, through the front door."""

from typing import Any

from sqlalchemy import update

from commands.framework.inbound import Assurance
from storage.operations import operations_by_cause
from storage.outbox import OUTBOX, Parcel, enqueue
from tests.conversation import ACCOUNT, SECRET, Conversation, Heard, address

GOES_ON = "Dieser Raum setzt den bisherigen fort; die Zuordnung gilt weiter: {}."


async def bound(talk: Conversation, kind: str = "lenkung") -> None:
    """Bind a room that nobody knew, by its id."""
    await talk.says("koord-m", f"!raum {kind}", room="fremd")


async def test_the_binding_follows_a_room_and_is_said_in_one_line(talk: Conversation) -> None:
    await bound(talk, "arbeit")
    await talk.says("koord-m", "!raum sprache:de ruhe:an", room="fremd")
    await talk.becomes("neu", alias="#neu:muenchen.example")
    said = await talk.moves("fremd", "neu")
    assert said.text == GOES_ON.format("Arbeitsraum")
    assert (await talk.joins("neu", continues="fremd")).replies == ()
    shown = await talk.says("koord-n", "!raum", room="neu")
    assert "Dieser Raum ist zugeordnet: Arbeitsraum." in shown.text
    assert "Ruhe: Erinnerungen sind hier abgeschaltet." in shown.text
    assert "noch nicht zugeordnet" in (await talk.says("koord-n", "!raum", room="fremd")).text
    (room,) = [row for row in (await talk.dump())["rooms"] if address("neu") in row]
    assert "#neu:muenchen.example" in room


async def test_a_room_known_by_an_address_that_came_along_says_that_it_goes_on(talk: Conversation) -> None:
    await talk.becomes("neu", alias="#lenkung:muenchen.example")
    assert (await talk.moves("lenkung", "neu")).text == GOES_ON.format("Lenkungsraum")
    assert (await talk.joins("neu", continues="lenkung")).replies == ()


async def test_a_room_that_lost_its_encryption_on_the_way_says_so(talk: Conversation) -> None:
    await bound(talk)
    await talk.becomes("neu", encrypted=False)
    said = await talk.moves("fremd", "neu")
    assert said.text == f"{GOES_ON.format('Lenkungsraum')} Anders als bisher ist er nicht verschlüsselt."


async def test_a_new_room_that_has_a_binding_of_its_own_keeps_it(talk: Conversation) -> None:
    await bound(talk)
    await talk.becomes("neu")
    await talk.says("koord-m", "!raum gäste", room="neu")
    assert (await talk.moves("fremd", "neu")).replies == ()
    assert "zugeordnet: Gästeraum" in (await talk.joins("neu", continues="fremd")).text
    assert "zugeordnet: Lenkungsraum" in (await talk.says("koord-m", "!raum", room="fremd")).text


async def test_where_nothing_was_bound_the_new_room_is_greeted(talk: Conversation) -> None:
    await talk.becomes("neu")
    assert (await talk.moves("fremd", "neu")).replies == ()
    assert "noch nicht zugeordnet" in (await talk.joins("neu", continues="fremd")).text


async def test_the_move_of_a_binding_is_an_operation_with_its_cause(talk: Conversation) -> None:
    await bound(talk)
    said = await talk.moves("fremd", "neu")
    async with talk.database.read() as connection:
        (found,) = await operations_by_cause(connection, said.event)
    assert (found.command, found.room, found.person) == ("rooms.move", address("neu"), None)


async def test_what_waits_untried_goes_along_and_a_question_can_be_answered_in_the_new_room(talk: Conversation) -> None:
    await bound(talk)
    asked = await talk.says("koord-m", "!statsu P-1 grün", room="fremd")
    assert "Meinten Sie" in asked.text
    talk.dispatcher.desk.office.underway.inherited = 0
    tried = await queue(talk, "schon versucht", attempts=1)
    waits = await queue(talk, "wartet noch", content={"m.relates_to": {"m.in_reply_to": {"event_id": "$x"}}})
    edit = await queue(talk, "* neu", replaces=1)
    said = await talk.moves("fremd", "neu")
    went = {row["id"]: row["room"] for row in await talk.outbox()}
    assert [went[tried], went[waits], went[edit]] == [address("fremd"), address("neu"), address("fremd")]
    assert [(one.room, "m.relates_to" in one.content) for one in said.replies if one.text == "wartet noch"] == [
        (address("neu"), False)
    ]
    assert (await talk.says("koord-m", "ja", room="neu")).text == "✅"


async def test_what_may_be_on_its_way_already_does_not_go_along(talk: Conversation) -> None:
    await bound(talk)
    first, second = await queue(talk, "eins"), await queue(talk, "zwei")
    talk.dispatcher.desk.office.underway.inherited = 0
    talk.dispatcher.desk.office.underway.begin(first)
    await talk.moves("fremd", "neu")
    went = {row["id"]: row["room"] for row in await talk.outbox()}
    assert (went[first], went[second]) == (address("fremd"), address("neu"))


async def test_nothing_goes_along_into_a_room_that_everybody_can_read(talk: Conversation) -> None:
    await bound(talk)
    talk.dispatcher.desk.office.underway.inherited = 0
    waits = await queue(talk, "nur für den Lenkungskreis")
    await talk.becomes("neu", public=True)
    await talk.moves("fremd", "neu")
    assert {row["id"]: row["room"] for row in await talk.outbox()}[waits] == address("fremd")


async def queue(talk: Conversation, text: str, *, attempts: int = 0, **parcel: Any) -> int:
    """Put a message for the room into the outbox that nobody sends now."""
    content = {"msgtype": "m.notice", "body": text, "formatted_body": text, **parcel.pop("content", {})}
    facts: dict[str, Any] = {"account": ACCOUNT, "room": address("fremd"), "cause": f"${text}", "ordinal": 0}
    made = Parcel(**facts, type="m.room.message", content=content, **parcel)
    number = await talk.database.transact(lambda connection: enqueue(connection, made, SECRET, talk.now))
    if attempts:
        values = {"attempts": attempts}
        await talk.database.transact(
            lambda connection: connection.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(values))
        )
    return number


# --- rooms that everybody can read ------------------------------------------------------------------------------------


async def test_a_room_that_everybody_can_read_shows_what_guests_see_whatever_it_is_bound_as(talk: Conversation) -> None:
    await bound(talk)
    assert "Digitaler Bauantrag" in (await talk.says("koord-m", "!zeige P-1", room="fremd")).text
    await talk.becomes("fremd", public=True)
    assert "Digitaler Bauantrag" not in (await talk.says("koord-m", "!zeige P-1", room="fremd")).text
    assert "öffentlich zugänglich" in (await talk.says("koord-m", "!raum", room="fremd")).text


async def test_a_project_room_that_everybody_can_read_does_not_show_its_project(talk: Conversation) -> None:
    await bound(talk, "projekt P-1")
    assert "Digitaler Bauantrag" in (await talk.says("koord-m", "!zeige P-1", room="fremd")).text
    await talk.becomes("fremd", public=True)
    assert "Digitaler Bauantrag" not in (await talk.says("koord-m", "!zeige P-1", room="fremd")).text


# --- polls ------------------------------------------------------------------------------------------------------------


async def poll(talk: Conversation) -> Heard:
    """A message of the bot that stands for a poll."""
    return (await talk.says("koord-m", "!hilfe")).replies[0]


async def test_the_first_answer_to_a_poll_is_told_that_the_register_counts(talk: Conversation) -> None:
    asked = await poll(talk)
    said = await talk.chooses("koord-n", asked, "ja")
    assert "Es gilt nur, was im Register steht" in said.text
    assert said.replies[0].content["m.relates_to"]["m.in_reply_to"]["event_id"] == asked.event
    assert (await talk.chooses("koord-m", asked, "nein")).replies == ()


async def test_an_unencrypted_answer_in_an_encrypted_room_is_told_so(talk: Conversation) -> None:
    said = await talk.chooses("koord-n", await poll(talk), "ja", assurance=Assurance.NONE)
    assert "unverschlüsselt" in said.text

"""The admin room: told of what needs a person, once, grouped, with the number that the person got."""

import re
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs

from bot.admin import AdminRoom
from storage.database import Connection
from storage.incidents import IncidentKind, record_incident
from storage.matrix.queries import save
from storage.matrix.record import RoomRecord
from tests.bot.faulty import BREAKS
from tests.conversation import ACCOUNT, Conversation, Heard
from tests.rig.town import Town

ROOM = "!verwaltung:stadtbote.example"
ALIAS = "#verwaltung:stadtbote.example"
WRITTEN = "Zwetschgendatschi"

FACTS = {
    IncidentKind.HANDLING_FAILED: {"room": "!r"},
    IncidentKind.UNDELIVERABLE: {"room": "!r", "errcode": "M_FORBIDDEN"},
    IncidentKind.INVITATION_DECLINED: {"room": "!r", "inviter": "@fremd:example.org"},
    IncidentKind.IDENTITY_CHANGED: {"user": "@anna:x", "before": "AAAA", "now": "BBBB"},
    IncidentKind.REMOVED_FROM_ROOM: {"room": "!r", "by": "@anna:x"},
    IncidentKind.MOVE_NOT_FOLLOWED: {"room": "!r", "by": "@anna:x"},
    IncidentKind.SUCCESSOR_SHUT: {"room": "!r", "by": "@anna:x"},
    IncidentKind.NOT_RECEIVED: {"room": "!r"},
}


async def unknown(_alias: str) -> str | None:
    return None


def admin(talk: Conversation, address: str = ALIAS, directory: Callable[[str], Any] = unknown) -> AdminRoom:
    desk = talk.dispatcher.desk
    return AdminRoom(database=talk.database, house=desk.house, office=desk.office, address=address, directory=directory)


async def has(talk: Conversation, *rooms: RoomRecord) -> None:
    await talk.database.transact(lambda connection: save(connection, ACCOUNT, rooms))


async def joined(talk: Conversation, **facts: Any) -> None:
    await has(talk, RoomRecord(**{"room": ROOM, "membership": "join", "members": 3, "alias": ALIAS, **facts}))


async def incident(talk: Conversation, subject: str, kind: IncidentKind = IncidentKind.HANDLING_FAILED) -> str:
    async def record(connection: Connection) -> str:
        return await record_incident(connection, kind, subject, FACTS[kind], talk.now)

    return await talk.database.transact(record)


async def told(talk: Conversation, room: AdminRoom) -> Sequence[Heard]:
    """What the admin room hears now."""
    while await room.step(talk.now):
        pass
    return await talk._deliver()


def break_help(*_args: object) -> None:
    raise RuntimeError(WRITTEN)


async def test_a_message_that_breaks_the_program_is_reported_with_the_number_that_the_person_got(
    talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await joined(talk)
    monkeypatch.setattr(sys.modules["commands.desk.commands"], "help_overview", break_help)
    with capture_logs() as logs:
        broken = await talk.says("koord-m", "!hilfe")
        (report,) = await told(talk, admin(talk))
    number = next(line["reference"] for line in logs if line["event"] == "incident")
    assert f"Nummer {number}" in broken.text
    assert report.room == ROOM
    assert report.text.splitlines() == [
        "Hierum muss sich jemand kümmern:",
        (
            f"- `{number}`: Eine Nachricht in `#lenkung:muenchen.example ({broken.room})` ist wegen eines Fehlers im "
            "Programm nicht bearbeitet worden. Bitte suchen Sie diese Nummer im Protokoll und melden Sie den Fehler "
            "der Entwicklung."
        ),
    ]
    assert (report.content["msgtype"], report.content["m.mentions"]) == ("m.text", {})
    assert WRITTEN not in str([report.content, logs])
    assert await told(talk, admin(talk)) == ()


async def test_incidents_are_one_message_of_ten_lines_at_most(talk: Conversation) -> None:
    await joined(talk)
    numbers = [await incident(talk, f"$e{number}") for number in range(13)]
    (report,) = await told(talk, admin(talk))
    first, *lines, last = report.text.splitlines()
    assert first == "Hierum muss sich jemand kümmern (13 Vorfälle):"
    assert [number in line for number, line in zip(numbers[:10], lines, strict=True)] == [True] * 10
    assert last == "und 3 weitere, siehe Protokoll"


async def test_what_happens_again_within_a_day_is_counted_and_not_repeated(talk: Conversation) -> None:
    await joined(talk)
    room = admin(talk)
    await incident(talk, "!r")
    talk.now += timedelta(hours=1)
    await incident(talk, "!r")
    (report,) = await told(talk, room)
    assert "Seit Mi., 18.11.2026, 10:00 Uhr 2-mal, zuletzt Mi., 18.11.2026, 11:00 Uhr." in report.text
    talk.now += timedelta(hours=22)
    await incident(talk, "!r")
    assert await told(talk, room) == ()
    talk.now += timedelta(hours=1)
    await incident(talk, "!r")
    assert len(await told(talk, room)) == 1


async def test_every_incident_is_one_line_in_the_log_even_without_an_admin_room(talk: Conversation) -> None:
    number = await incident(talk, "$e")
    room = admin(talk, address="")
    with capture_logs() as logs:
        assert await told(talk, room) == ()
    assert [(line["event"], line["reference"]) for line in logs] == [("incident", number)]
    await joined(talk)
    assert await told(talk, admin(talk)) == ()


async def test_incidents_wait_while_the_bot_is_not_in_the_admin_room_and_the_log_says_so_once(
    talk: Conversation,
) -> None:
    room = admin(talk)
    await incident(talk, "$1")
    with capture_logs() as logs:
        assert await told(talk, room) == ()
        await incident(talk, "$2")
        assert await told(talk, room) == ()
    assert [line["event"] for line in logs] == ["incident", "admin_room_missing", "incident"]
    await joined(talk)
    (report,) = await told(talk, room)
    assert "(2 Vorfälle)" in report.text


@pytest.mark.parametrize("address", [ROOM, ALIAS])
async def test_the_room_is_found_by_its_id_or_by_asking_for_an_alias(talk: Conversation, address: str) -> None:
    async def directory(alias: str) -> str | None:
        return {ALIAS: ROOM}.get(alias)

    await joined(talk, alias=None)
    await incident(talk, "$1")
    (report,) = await told(talk, admin(talk, address=address, directory=directory))
    assert report.room == ROOM


async def test_an_admin_room_that_moved_is_told_where_it_is_now(talk: Conversation) -> None:
    await has(talk, RoomRecord(room="!alt", membership="join", successor=ROOM))
    await joined(talk)
    await incident(talk, "$1")
    (report,) = await told(talk, admin(talk, address="!alt"))
    assert report.room == ROOM


async def test_rooms_that_continue_each_other_in_a_circle_stop_nothing(talk: Conversation) -> None:
    await has(talk, RoomRecord(room="!alt", membership="join", successor=ROOM))
    await joined(talk, successor="!alt")
    await incident(talk, "$1")
    assert len(await told(talk, admin(talk, address="!alt"))) == 1


async def test_a_report_that_cannot_be_delivered_is_not_reported_to_where_it_cannot_be(talk: Conversation) -> None:
    await joined(talk)

    async def undeliverable(connection: Connection) -> None:
        facts = {"room": ROOM, "errcode": "M_FORBIDDEN"}
        await record_incident(connection, IncidentKind.UNDELIVERABLE, ROOM, facts, talk.now)

    await talk.database.transact(undeliverable)
    assert await told(talk, admin(talk)) == ()
    await incident(talk, "$2")
    assert len(await told(talk, admin(talk))) == 1


async def test_a_room_is_named_as_people_know_it_beside_its_id(talk: Conversation) -> None:
    await joined(talk)
    await talk.becomes("fremd", name="Runde der Referate", alias=None)
    room, facts = "!fremd:stadtbote.example", {"errcode": "M_FORBIDDEN"}

    async def undeliverable(connection: Connection) -> None:
        await record_incident(connection, IncidentKind.UNDELIVERABLE, room, {"room": room, **facts}, talk.now)

    await talk.database.transact(undeliverable)
    (heard,) = await told(talk, admin(talk))
    assert "`Runde der Referate (!fremd:stadtbote.example)`" in heard.text


@pytest.mark.parametrize("kind", IncidentKind)
async def test_every_kind_of_incident_is_told_with_its_ids(talk: Conversation, kind: IncidentKind) -> None:
    await joined(talk)
    number = await incident(talk, "subject", kind)
    (report,) = await told(talk, admin(talk))
    assert all(f"`{fact}`" in report.text for fact in (number, *FACTS[kind].values()))


async def test_before_there_is_a_cooperation_the_configuration_names_the_language(blank: Conversation) -> None:
    await joined(blank)
    await incident(blank, "$1")
    (report,) = await told(blank, admin(blank))
    assert report.text.startswith("Hierum muss sich jemand kümmern")


@pytest.mark.synapse
async def test_administration_reads_in_its_encrypted_room_what_broke_in_another(town: Town) -> None:
    alias = f"#{town.localpart('verwaltung')}:{town.server.server_name}"
    with town.bot.config.open("a", encoding="utf-8") as config:
        config.write(f'[admin]\nroom = "{alias}"\n')
    await town.import_register()
    await town.bot.start(module="tests.bot.faulty")
    office, room = await town.room("koord-n", kind=None), await town.room("koord-m")
    nils, anna = await town.person("koord-n"), await town.person("koord-m")
    directory = f"/_matrix/client/v3/directory/room/{quote(alias, safe='')}"
    await town.server.api("PUT", directory, token=nils.account.access_token, body={"room_id": office})

    broken = await anna.say(room, f"!{BREAKS} {WRITTEN}")
    apology = await anna.reply_to(broken, sender=town.bot_id)
    # What waits is told as soon as the bot runs, and then once a minute.
    await town.bot.stop()
    await town.start()
    report = await nils.next_from(town.bot_id, office)
    (number,) = re.findall(r"Nummer (\w{8})", apology.body)
    assert f"`{number}`: Eine Nachricht in `{room}`" in report.body
    assert (report.encrypted, report.msgtype) == (True, "m.text")
    assert WRITTEN not in report.body

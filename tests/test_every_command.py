"""Promises that hold for every command there is, found by its declaration."""

from collections.abc import Iterator
from typing import Any

import pytest

from commands import ALL
from commands.framework.command import AnyCommand
from storage.values import Language
from tests.conversation import ADMIN, Conversation, Said

EVERY = [command for noun in ALL for command in noun.commands]

ROOMS = {"rooms.room": "fremd", "rooms.setup": "direkt"}
"""Where a command that is about its room is tried; all others in the steering room."""

WHO = {"desk.accept_identity": ADMIN}
"""Who may type what coordination may not."""

ELSEWHERE = {"desk.undo", "rooms.setup"}
"""Undo undoes another command in the tests below; the set-up asks step by step and has tests of its own."""


def examples(*, changing: bool) -> list[Any]:
    tried = [c for c in EVERY if c.changes == changing and c.name not in ELSEWHERE]
    return [example for command in tried for example in _examples(command)]


def _examples(command: AnyCommand) -> Iterator[Any]:
    for number, example in enumerate(command.examples):
        for language in Language:
            yield pytest.param(command, getattr(example, language.value), id=f"{command.name}-{number}-{language}")


def refused(text: str) -> bool:
    return text.endswith(("Es wurde nichts geändert.", "Nothing was changed."))


async def runs(talk: Conversation, command: AnyCommand, typed: str) -> Said:
    """Let coordination type a command (or whoever may), and confirm it where that is asked for."""
    room, who = ROOMS.get(command.name, "lenkung"), WHO.get(command.name, "koord-m")
    said = await talk.says(who, typed, room=room)
    asked = command.preview is not None and said.text and not refused(said.text)
    return await talk.says(who, "ja", room=room, reply_to=said) if asked else said


@pytest.mark.parametrize(("command", "typed"), examples(changing=False))
async def test_a_command_that_reads_answers_and_changes_nothing(
    talk: Conversation, command: AnyCommand, typed: str
) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", typed, room=ROOMS.get(command.name, "lenkung"))
    assert said.text
    assert not refused(said.text), said.text
    assert await talk.dump() == before


@pytest.mark.parametrize(("command", "typed"), examples(changing=True))
async def test_a_command_that_changes_can_be_undone_and_leaves_nothing_behind(
    talk: Conversation, command: AnyCommand, typed: str
) -> None:
    room = ROOMS.get(command.name, "lenkung")
    before = await talk.dump()
    said = await runs(talk, command, typed)
    assert said.text
    assert not refused(said.text), said.text
    if await talk.dump() == before:
        # Without a value it shows: then there is nothing to undo either.
        assert "keine Änderung" in (await talk.says("koord-m", "!rückgängig", room=room)).text
        return
    undone = await talk.says("koord-m", "!rückgängig", room=room)
    assert "Zurückgenommen" in undone.text
    assert await talk.dump() == before


@pytest.mark.parametrize(("command", "typed"), examples(changing=True))
async def test_deleting_the_message_of_a_command_takes_it_back(
    talk: Conversation, command: AnyCommand, typed: str
) -> None:
    before = await talk.dump()
    said = await runs(talk, command, typed)
    await talk.deletes(said)
    assert await talk.dump() == before


@pytest.mark.parametrize("command", [c for c in EVERY if c.name not in ELSEWHERE], ids=lambda c: c.name)
async def test_a_command_is_refused_to_whoever_lacks_its_right_with_who_has_it(
    talk: Conversation, command: AnyCommand
) -> None:
    before = await talk.dump()
    for example in command.examples:
        said = await talk.says("@fremd:example.org", example.de, room=ROOMS.get(command.name, "gast"))
        assert said.text
    assert await talk.dump() == before


def test_every_command_has_examples_in_both_languages() -> None:
    bare = [c.name for c in EVERY if not c.examples or not all(e.de and e.en for e in c.examples)]
    assert bare == []

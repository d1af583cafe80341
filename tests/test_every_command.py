"""Promises that hold for every command there is, found by its declaration."""

from collections.abc import Iterator

import pytest

from commands import ALL
from commands.framework.command import AnyCommand
from storage.values import Language
from tests.conversation import Conversation

CHANGING = [command for noun in ALL for command in noun.commands if command.changes]
READING = [command for noun in ALL for command in noun.commands if not command.changes]


def examples(commands: list[AnyCommand]) -> Iterator[object]:
    for command in commands:
        for number, example in enumerate(command.examples):
            for language in Language:
                yield pytest.param(getattr(example, language.value), id=f"{command.name}-{number}-{language}")


def refused(text: str) -> bool:
    return text.endswith(("Es wurde nichts geändert.", "Nothing was changed."))


@pytest.mark.parametrize("typed", examples(READING))
async def test_a_command_that_reads_answers_and_changes_nothing(talk: Conversation, typed: str) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", typed)
    assert said.text
    assert not refused(said.text), said.text
    assert await talk.dump() == before

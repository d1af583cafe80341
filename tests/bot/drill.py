"""Many commands in one room, and what must come of them: each has its effect once and its answer once, in order."""

import asyncio
import random
from collections.abc import Iterable, Sequence

from bot.demo.person import Heard
from tests.rig.town import Town

_KEY = "koord-m"
_LONGEST_SECONDS = 120


class Drill:
    """Commands of one person in one encrypted room with the bot of a `town`; `said` has their events by title."""

    def __init__(self, town: Town, room: str, chance: random.Random) -> None:
        self.town = town
        self.room = room
        self.said: dict[str, str] = {}
        self._chance = chance

    @classmethod
    async def begin(cls, town: Town, chance: random.Random) -> "Drill":
        """Make the room of a running town."""
        return cls(town, await town.room(_KEY), chance)

    async def say(self, many: int) -> None:
        """Say so many commands, one after another."""
        for title in self._titles(many):
            await self._say(title)

    async def say_at_once(self, many: int) -> None:
        """Say so many commands, none waiting for another; their order is the homeserver's."""
        await asyncio.gather(*(self._say(title) for title in self._titles(many)))

    def _titles(self, many: int) -> Iterable[str]:
        # Titles that resemble each other would be asked about.
        return [self._chance.randbytes(10).hex() for _ in range(many)]

    async def _say(self, title: str) -> None:
        person = await self.town.person(_KEY)
        self.said[title] = await person.say(self.room, f'!neu projekt "{title}"')

    async def until_answered(self, many: int) -> None:
        """Wait until the person has so many answers to what was said here."""
        person = await self.town.person(_KEY)

        def enough(heard: Sequence[Heard]) -> bool | None:
            return len(self._answers(heard)) >= many or None

        await person.until(enough, awaited=f"{many} answers", timeout=_LONGEST_SECONDS)

    def _answers(self, heard: Iterable[Heard]) -> list[Heard]:
        events = set(self.said.values())
        return [one for one in heard if one.sender == self.town.bot_id and one.in_reply_to in events]

    async def expect_each_once_in_order(self) -> None:
        """The commands in the homeserver's order are the projects, and the answers, in theirs; nothing is there twice.

        What each answer says is the project that its command made.
        """
        await self.until_answered(len(self.said))
        # An answer too many would come before that to a later question.
        await self.town.ask(_KEY, self.room, "!ich")
        events = await self.town.server.events(self.room)
        titles = {event: title for title, event in self.said.items()}
        ordered = [event["event_id"] for event in events if event["event_id"] in titles]
        assert len(ordered) == len(self.said)
        assert [_answered(event) for event in events if _answered(event) in titles] == ordered
        projects = self._projects()
        assert [title for _, title in projects] == [titles[event] for event in ordered]
        await self._expect_told(projects)

    def _projects(self) -> list[tuple[str, str]]:
        rows = self.town.rows("SELECT key, title FROM projects")
        made = [(key, title) for key, title in rows if title in self.said]
        return sorted(made, key=lambda row: int(row[0].partition("-")[2]))

    async def _expect_told(self, projects: list[tuple[str, str]]) -> None:
        person = await self.town.person(_KEY)
        told = {one.in_reply_to: one.body for one in self._answers(person.heard)}
        assert [one for one in person.heard if one.kind == "undecryptable"] == []
        for key, title in projects:
            assert key in told[self.said[title]]
            assert title in told[self.said[title]]


def _answered(event: dict[str, object]) -> object:
    """The event that this one replies to; that stands outside of what is encrypted."""
    content = event["content"]
    relation = content.get("m.relates_to") if isinstance(content, dict) else None
    return relation.get("m.in_reply_to", {}).get("event_id") if isinstance(relation, dict) else None

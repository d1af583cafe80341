"""Where the people of the demo cooperation live: all on one homeserver, or each city's on its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from bot.demo.cast import BUNDLE, Part, moved
from bot.demo.federation import Federation
from bot.demo.homeserver import Homeserver, homeserver

CITIES = {"muenchen": "München", "nuernberg": "Nürnberg", "augsburg": "Augsburg"}
"""The cities that play, by the name their homeservers have in the bundle; the bot lives with the first."""


class Hosting(Enum):
    """How many homeservers there are: one for everybody, or one for each city."""

    TOGETHER = "together"
    FEDERATED = "federated"


@dataclass(frozen=True, kw_only=True)
class Homes:
    """The bot lives on `main`, and so does everybody whose city has no homeserver of its own in `cities`."""

    main: Homeserver
    cities: Mapping[str, Homeserver] = field(default_factory=dict)

    @property
    def servers(self) -> tuple[Homeserver, ...]:
        """Every homeserver once, the bot's first."""
        return (self.main, *(one for one in self.cities.values() if one is not self.main))

    @property
    def names(self) -> tuple[str, ...]:
        """The homeservers' names, as they stand in Matrix IDs."""
        return tuple(one.server_name for one in self.servers)

    def bundle(self, *, suffix: str = "") -> str:
        """The demo cooperation with everybody's Matrix ID where they live; `suffix` is added to each localpart."""
        cities = {city: one.server_name for city, one in self.cities.items()}
        text = BUNDLE.read_text(encoding="utf-8")
        return moved(text, self.main.server_name, suffix=suffix, homes=cities)

    def of(self, part: Part) -> Homeserver:
        """Where somebody lives."""
        return next(one for one in self.servers if one.server_name == part.server_name)


@asynccontextmanager
async def homes(directory: Path, hosting: Hosting, *, keep: bool) -> AsyncIterator[Homes]:
    """Run the homeservers inside `directory` for as long as the block lasts; `keep` leaves their files.

    Raises HomeserverFailed.
    """
    match hosting:
        case Hosting.TOGETHER:
            async with homeserver(directory, keep=keep) as server:
                yield Homes(main=server)
        case Hosting.FEDERATED:
            servers = Federation(directory / "homeservers", tuple(CITIES))
            await servers.start()
            try:
                yield federated(servers)
            finally:
                await servers.stop()


def federated(servers: Federation) -> Homes:
    """Each city on its own homeserver of this federation."""
    cities = {city: servers[city] for city in CITIES}
    return Homes(main=next(iter(cities.values())), cities=cities)

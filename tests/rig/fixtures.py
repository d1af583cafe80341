"""A homeserver and people on it for tests; to be named in the `pytest_plugins` of the root conftest."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.federation import Federation
from bot.demo.homeserver import Account, Homeserver
from bot.demo.person import Person

Register = Callable[[str], Awaitable[Account]]
Arrive = Callable[[str], Awaitable[Person]]


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    """One homeserver for the session (with xdist: per worker), in no event loop; others use it too: do not stop it."""
    server = Homeserver(tmp_path_factory.mktemp("synapse"))
    asyncio.run(server.start())
    yield server
    asyncio.run(server.stop())


@pytest.fixture(scope="session")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """Three homeservers that talk to each other, by city; whoever stops one of them starts it again."""
    servers = Federation(tmp_path_factory.mktemp("federation"), ("muenchen", "nuernberg", "augsburg"))
    asyncio.run(servers.start())
    yield servers
    asyncio.run(servers.stop())


@pytest.fixture
def register(synapse: Homeserver) -> Register:
    """Registers `name` under a localpart that no other test has."""

    async def registered(name: str) -> Account:
        return await synapse.register(f"{name}-{secrets.token_hex(4)}", "Passwort", displayname=name.title())

    return registered


@pytest_asyncio.fixture
async def arrive(synapse: Homeserver, register: Register, tmp_path: Path) -> AsyncIterator[Arrive]:
    """People who listen until the test ends, made by the name they go by."""
    async with AsyncExitStack() as stack:

        async def arrived(name: str) -> Person:
            return await stack.enter_async_context(Person.at(synapse.url, await register(name), tmp_path))

        yield arrived

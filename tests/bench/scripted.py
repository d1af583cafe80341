"""The least that can answer a burst: it sends so many replies in order, over plain HTTP, when it is told to begin."""

import asyncio
import os
import signal
import sys
from itertools import count
from urllib.parse import quote

import aiohttp

READY = "ready\n"


async def run(homeserver: str, room: str, many: str) -> None:
    """Send `many` replies for every SIGUSR1, one after another, as an order demands it."""
    begin = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, begin.set)
    headers = {"Authorization": f"Bearer {os.environ['ACCESS_TOKEN']}"}
    path = f"{homeserver}/_matrix/client/v3/rooms/{quote(room)}/send/m.room.message"
    async with aiohttp.ClientSession(headers=headers) as client:
        sys.stdout.write(READY)
        sys.stdout.flush()
        for burst in count():
            await begin.wait()
            begin.clear()
            for number in range(int(many)):
                content = {"msgtype": "m.notice", "body": f"{number}"}
                async with client.put(f"{path}/{burst}-{number}", json=content) as response:
                    await response.read()


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))

"""The demo cooperation on the demo's own homeservers: its people get accounts there, the bundle their IDs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from storage.bundle_format import read_bundle

BUNDLE = Path(__file__).parent / "staedtekooperation.yaml"
_MXID = re.compile(r"@(?P<name>[^\s:\"]+):(?P<city>[a-z0-9-]+)\.example\b")
_SERVER = re.compile(r"\[(?P<city>[a-z0-9-]+)\.example\]")
_NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Part:
    """Somebody of the demo cooperation: the key in the bundle, the Matrix ID on our homeservers, and the name."""

    key: str
    user_id: str
    name: str

    @property
    def localpart(self) -> str:
        """The Matrix ID without `@` and server."""
        return self.user_id[1:].partition(":")[0]

    @property
    def server_name(self) -> str:
        """The homeserver's name in the Matrix ID."""
        return self.user_id.partition(":")[2]


def moved(text: str, server_name: str, *, suffix: str = "", homes: Mapping[str, str] = _NOBODY) -> str:
    """The bundle `text` with every Matrix ID moved to `server_name`.

    `@koordination:nuernberg.example` becomes `@koordination-nuernberg` there; `suffix` is added to each name. Cities
    with a homeserver of their own (`homes`: `nuernberg` to its server's name) keep their people, and the bundle says
    which server is theirs.
    """

    def person(found: re.Match[str]) -> str:
        city = found["city"]
        return f"@{found['name']}-{city}{suffix}:{homes.get(city, server_name)}"

    def server(found: re.Match[str]) -> str:
        return f'["{homes[found["city"]]}"]' if found["city"] in homes else found[0]

    return _SERVER.sub(server, _MXID.sub(person, text))


def cast(text: str) -> dict[str, Part]:
    """Everybody with a Matrix ID in a bundle that was moved, by key."""
    people = read_bundle(text, name=BUNDLE.name).people
    return {person.key: Part(key=person.key, user_id=person.mxid, name=person.name) for person in people if person.mxid}

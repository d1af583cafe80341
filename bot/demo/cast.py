"""The demo cooperation on the demo's own homeserver: its people get accounts there, and the bundle their Matrix IDs."""

import re
from dataclasses import dataclass
from pathlib import Path

from storage.bundle_format import read_bundle

BUNDLE = Path(__file__).parent / "staedtekooperation.yaml"
_MXID = re.compile(r"@(?P<name>[^\s:\"]+):(?P<server>[a-z0-9-]+)\.example\b")


@dataclass(frozen=True, kw_only=True)
class Part:
    """Somebody of the demo cooperation: the key in the bundle, the localpart on our homeserver, and the name."""

    key: str
    localpart: str
    name: str


def moved(text: str, server_name: str, *, suffix: str = "") -> str:
    """The bundle `text` with every Matrix ID moved to `server_name`.

    `@koordination:nuernberg.example` becomes `@koordination-nuernberg` there; `suffix` is added to each name.
    """
    return _MXID.sub(rf"@\g<name>-\g<server>{suffix}:{server_name}", text)


def cast(text: str) -> dict[str, Part]:
    """Everybody with a Matrix ID in a bundle that was moved, by key."""
    people = read_bundle(text, name=BUNDLE.name).people
    return {
        person.key: Part(key=person.key, localpart=person.mxid[1:].partition(":")[0], name=person.name)
        for person in people
        if person.mxid
    }

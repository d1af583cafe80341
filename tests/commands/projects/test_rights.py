"""Which role may run which command on a project that its city leads, takes part in, observes, or has no part in."""

import pytest

from tests.conversation import Conversation

LINES = {
    "show": "!zeige {p}",
    "status": "!status {p} gelb – hakt",
    "new": "!neu projekt Bauakte",
    "milestone": "!neu meilenstein {p} Abnahme bis:1.7.2027",
    "edit": "!ändern {p} ziel:Neu",
    "postpone": "!verschieben {p} Probe bis:1.8.2027 – spät",
    "involve": "!beteiligen {p} STMD beobachtet",
    "lead": "!beteiligen {p} STMD federführend",
}
ALL = frozenset(LINES)
READ = frozenset({"show"})
STAFF = READ | {"new"}
CHANGE = ALL - {"lead"}

TABLE = [
    ("koord-m", "P-7", ALL - {"status"}, "coordination, its city has no part: it is asked for which city"),
    ("koord-m", "P-1", ALL, "coordination, its city contributes"),
    ("koord-n", "P-1", ALL, "voting seat of the lead city"),
    ("vertr-n", "P-1", ALL, "deputy of the lead city"),
    ("koord-a", "P-1", CHANGE, "voting seat of a city that reuses"),
    ("koord-n", "P-4", STAFF, "voting seat of a city without a part"),
    ("koord-r", "P-2", READ, "guest of a city that observes"),
    ("referat-bst", "P-5", READ | {"status"}, "guest of a partner that contributes"),
    ("referat-bst", "P-1", READ, "guest of a partner without a part"),
    ("@fremd:example.org", "P-1", READ, "nobody in the register"),
]


@pytest.mark.parametrize(("who", "key", "allowed"), [row[:3] for row in TABLE], ids=[row[3] for row in TABLE])
async def test_rights_come_from_seats(talk: Conversation, who: str, key: str, allowed: frozenset[str]) -> None:
    await talk.says("koord-m", f"!neu meilenstein {key} Probe bis:1.6.2027")
    before = await talk.dump()
    for command, line in LINES.items():
        said = await talk.says(who, line.format(p=key))
        after = await talk.dump()
        assert (after != before) is (command in allowed and command != "show"), command
        if command not in allowed and not said.text.startswith("Für welche Stadt"):
            assert "Berechtigt" in said.text
            assert said.text.endswith("Es wurde nichts geändert.")
        before = after

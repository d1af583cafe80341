"""A small room of our own to try texts, rendering and help on."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commands.framework.caller import Caller, Place
from commands.framework.command import Args, Command, Example, Never, Right, named, placed, rest, words
from commands.framework.noun import Noun
from commands.framework.refs import ProjectRef
from commands.framework.reply import Reply, reply
from commands.framework.texts import ROOMS, Texts
from storage.projects.record import Health
from storage.records import Kept
from storage.scope import unlimited
from storage.seats.record import Role, Seat
from storage.values import Language
from storage.work import Work

NOW = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")

NOUNS_OF_OTHERS = {
    "agreements": ("Vereinbarung", "agreement"),
    "decisions": ("Beschluss", "decision"),
    "tasks": ("Aufgabe", "task"),
    "meetings": ("Sitzung", "meeting"),
    "statements": ("Text", "statement"),
}

GERMAN: Mapping[str, Any] = {
    "reply": {
        "created": "{project} ist angelegt.",
        "moved": "{project} endet jetzt am {day}: `!verschieben {project} bis:{day}`",
        "both": "**Neu:** {project}, danach {project}.",
        "left": {"one": "Noch {count} Projekt.", "other": "Noch {count} Projekte."},
        "said": "Gesagt: {what}",
    },
    "error": {"Gone": "{project} gibt es nicht."},
    "never": {"outside": "Es ist schon bekannt."},
    "command": {
        "status": {"title": "Status melden", "help": "Hält fest, wie ein Projekt steht.", "notes": "Auch per Antwort."},
        "new": {"title": "Projekt anlegen", "help": "Legt ein Projekt an."},
        "publish": {"title": "Veröffentlichen", "help": "Macht es bekannt."},
    },
    "arg": {"status": {"project": "Um welches Projekt geht es?"}, "new": {"title": "Wie heißt das Projekt?"}},
    "word": {
        "Health": {"green": ["grün", "gut"], "yellow": ["gelb"], "red": ["rot", "kritisch"]},
        "Role": {role.value: [f"Rolle {role.value}"] for role in Role},
    },
    "noun": {name: {"one": words[0], "many": words[0]} for name, words in NOUNS_OF_OTHERS.items()}
    | {"projects": {"one": "Projekt", "many": "Projekte"}},
    "field": {"projects": {"title": "Titel"}},
}
ENGLISH: Mapping[str, Any] = {
    "reply": {
        "created": "{project} was created.",
        "moved": "{project} now ends on {day}: `!postpone {project} until:{day}`",
        "both": "**New:** {project}, then {project}.",
        "left": {"one": "{count} project left.", "other": "{count} projects left."},
        "said": "Said: {what}",
    },
    "error": {"Gone": "There is no {project}."},
    "never": {"outside": "It is already known."},
    "command": {
        "status": {"title": "Report status", "help": "Records how a project is doing.", "notes": "Or just reply."},
        "new": {"title": "Add a project", "help": "Adds a project."},
        "publish": {"title": "Publish", "help": "Makes it known."},
    },
    "arg": {"status": {"project": "Which project is it about?"}, "new": {"title": "What is the project called?"}},
    "word": {
        "Health": {"green": ["green"], "yellow": ["yellow", "amber"], "red": ["red"]},
        "Role": {role.value: [f"role {role.value}"] for role in Role},
    },
    "noun": {name: {"one": words[1], "many": words[1]} for name, words in NOUNS_OF_OTHERS.items()}
    | {"projects": {"one": "project", "many": "projects"}},
    "field": {"projects": {"title": "Title"}},
}


def framework_texts(language: Language) -> Mapping[str, Any]:
    """The framework's own file in this language."""
    return tomllib.loads((ROOMS / "framework" / f"texts.{language}.toml").read_text("utf-8"))


def sample_texts() -> Texts:
    """The framework's texts and those of the room above."""
    return Texts.of(
        {
            "framework": {language: framework_texts(language) for language in Language},
            "samples": {Language.DE: GERMAN, Language.EN: ENGLISH},
        }
    )


class StatusArgs(Args):
    """How a project is doing."""

    project: Annotated[ProjectRef, placed("projekt", "project")]
    health: Annotated[Health | None, placed("ampel", "health")] = None
    until: Annotated[date | None, named("bis", "until")] = None
    text: Annotated[str | None, rest("text", "text")] = None


class NewArgs(Args):
    """A new project."""

    title: Annotated[str, rest("titel", "title")]


async def _nothing(_work: Work, _caller: Caller, _args: Args) -> Reply:
    return reply()


STATUS = Command(
    name="samples.status",
    verb=words("status stand", "update status"),
    args=StatusArgs,
    run=_nothing,
    right=Right.SEATED,
    examples=(
        Example(de="!status P-1 gelb – Vergabe verzögert sich", en="!update P-1 yellow – award delayed"),
        Example(de="!status P-1", en="!update P-1"),
        Example(de="!stand P-1 rot", en="!status P-1 red"),
    ),
)
NEW = Command(
    name="samples.new",
    verb=words("neu", "new"),
    object=words("projekt", "project"),
    args=NewArgs,
    run=_nothing,
    right=Right.STAFF,
    examples=(Example(de="!neu projekt Hundesteuer", en="!new project Dog tax"),),
)
PUBLISH = Command(
    name="samples.publish",
    verb=words("veröffentlichen", "publish"),
    args=Args,
    run=_nothing,
    right=Right.COORDINATION,
    examples=(Example(de="!veröffentlichen", en="!publish"),),
    undo=Never(reason="outside"),
)
SAMPLES = Noun(
    room="samples",
    commands=(STATUS, NEW, PUBLISH),
    collection="projects",
    words=words("projekt projekte", "project projects"),
)


def seat(role: Role, city: str = "M") -> Kept[Seat]:
    """A seat held today."""
    held = Seat(key="s1", city=city, body="Lenkungskreis", role=role, holder="u1")
    return Kept(key="s1", record=held, operation=1, since=NOW)


def caller(*seats: Kept[Seat], language: Language = Language.DE, administrator: bool = False) -> Caller:
    """Somebody with these seats, where Munich and Nuremberg are members."""
    return Caller(
        mxid="@a:muenchen.example",
        person=None,
        seats=seats,
        members=frozenset({"M", "N"}),
        administrator=administrator,
        coordinated=False,
        language=language,
        place=Place(room="!r:muenchen.example", direct=False),
        scope=unlimited(),
        now=NOW,
        zone=BERLIN,
        event="$1",
    )


def coordinated(someone: Caller) -> Caller:
    """The same while somebody holds a coordination seat."""
    return replace(someone, coordinated=True)

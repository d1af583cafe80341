"""A few commands as a room might declare them, and the names of a small register, for the tests of the grammar."""

from datetime import date
from typing import Annotated, Any

from commands.calendar.workdays import Calendar
from commands.framework.caller import Caller
from commands.framework.command import AnyCommand, Args, Command, Example, Right, Words, named, placed, rest, words
from commands.framework.grammar import Grammar
from commands.framework.names import Names
from commands.framework.reading import Reading
from commands.framework.refs import (
    AnyRef,
    BarrierRef,
    CityRef,
    DecisionRef,
    FirstDay,
    PastDay,
    PersonRef,
    ProjectRef,
)
from commands.framework.reply import Reply
from commands.framework.texts import Texts
from storage.derived import Name
from storage.folding import fold_words
from storage.projects.record import Health, ParticipantRole, Phase
from storage.seats.record import Role
from storage.values import (
    CODE,
    Count,
    Duration,
    Form,
    Language,
    Line,
    Mxid,
    PartialDate,
    Server,
    Text,
    Url,
    Vocabulary,
)
from storage.work import Work


class Choice(Vocabulary):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Again(Vocabulary):
    NO_LONGER = "no_longer"


class Status(Args):
    project: Annotated[ProjectRef, placed("projekt", "project")]
    health: Annotated[Health | None, placed("ampel", "health")] = None
    city: Annotated[CityRef | None, named("stadt", "city")] = None
    text: Annotated[Text | None, rest("text", "text")] = None


class Show(Args):
    record: Annotated[AnyRef, placed("kennung", "id")]
    on: Annotated[PastDay | None, named("am", "on")] = None


class ListProjects(Args):
    health: Annotated[Health | None, placed("ampel", "health")] = None
    phase: Annotated[Phase | None, named("phase", "phase")] = None
    cities: Annotated[tuple[CityRef, ...], named("städte", "cities")] = ()


class NewProject(Args):
    title: Annotated[Line, placed("titel", "title")]
    leads: Annotated[tuple[CityRef, ...], named("federführung", "lead")] = ()
    phase: Annotated[Phase | None, named("phase", "phase")] = None
    topics: Annotated[tuple[Line, ...], named("themen", "topics")] = ()
    cadence: Annotated[Duration | None, named("takt", "cadence")] = None
    link: Annotated[Url | None, named("link", "link")] = None
    goal: Annotated[Text | None, rest("ziel", "goal")] = None


class NewMilestone(Args):
    project: Annotated[ProjectRef, placed("projekt", "project")]
    title: Annotated[Line, placed("titel", "title")]
    due: Annotated[date, placed("bis", "due")]


class NewPerson(Args):
    mxid: Annotated[Mxid, placed("adresse", "address")]
    name: Annotated[Line, placed("name", "name")]


class NewCity(Args):
    code: Annotated[str, Form(CODE.pattern, CODE.like), placed("kürzel", "code")]
    name: Annotated[Line, placed("name", "name")]
    server: Annotated[Server | None, named("server", "server")] = None
    since: Annotated[PartialDate | None, named("seit", "since")] = None


class Postpone(Args):
    project: Annotated[ProjectRef, placed("projekt", "project")]
    milestone: Annotated[Line, placed("meilenstein", "milestone")]
    to: Annotated[date, named("auf", "to")]
    reason: Annotated[Text, rest("grund", "reason")]


class Vote(Args):
    decision: Annotated[DecisionRef, placed("beschluss", "decision")]
    choice: Annotated[Choice, placed("stimme", "choice")]
    reason: Annotated[Text | None, rest("grund", "reason")] = None


class CloseBarrier(Args):
    barrier: Annotated[BarrierRef, placed("hürde", "barrier")]
    source: Annotated[Line | None, named("quelle", "source")] = None


class CloseDecision(Args):
    decision: Annotated[DecisionRef, placed("beschluss", "decision")]


class Remind(Args):
    at: Annotated[date, placed("wann", "when")]
    text: Annotated[Text, rest("text", "text")]


class Search(Args):
    text: Annotated[Text, rest("text", "text")]


class Involve(Args):
    project: Annotated[ProjectRef, placed("projekt", "project")]
    cities: Annotated[tuple[CityRef, ...], placed("städte", "cities")]
    role: Annotated[ParticipantRole | None, placed("rolle", "role")] = None


class Blocks(Args):
    barrier: Annotated[BarrierRef, placed("hürde", "barrier")]
    project: Annotated[ProjectRef, placed("projekt", "project")]
    again: Annotated[Again | None, placed("ende", "end")] = None


class SeatArgs(Args):
    city: Annotated[CityRef, placed("stadt", "city")]
    role: Annotated[Role, placed("rolle", "role")]
    holder: Annotated[PersonRef | None, placed("person", "person")] = None
    office: Annotated[Line | None, named("amt", "office")] = None
    since: Annotated[FirstDay | None, named("ab", "from")] = None


class Agenda(Args):
    number: Annotated[Count, placed("nummer", "number")]
    title: Annotated[Line, placed("titel", "title")]


class Nothing(Args):
    pass


class Topic(Args):
    topic: Annotated[Line | None, placed("thema", "topic")] = None


async def _run(work: Work, caller: Caller, args: Any) -> Reply:
    return Reply()


def fake(
    name: str,
    verb: Words,
    args: type[Args],
    *examples: tuple[str, str],
    object: Words | None = None,  # noqa: A002 - the declaration's word
    subject: str | None = None,
    bang: bool = False,
    changes: bool = True,
) -> AnyCommand:
    """A command that does nothing."""
    return Command(
        name=f"fakes.{name}",
        verb=verb,
        args=args,
        run=_run,
        right=Right.EVERYBODY,
        examples=tuple(Example(de=de, en=en) for de, en in examples),
        object=object,
        subject=subject,
        bang=bang,
        changes=changes,
    )


NEW = words("neu", "new")
COMMANDS = (
    fake(
        "status", words("status stand", "update status"), Status,
        ("!status P-1 gelb – Schnittstelle fehlt", "!update P-1 yellow – interface missing"),
    ),
    fake("show", words("zeige", "show"), Show, ("!zeige P-1 am:1.7.2026", "!show P-1 on:2026-07-01"), changes=False),
    fake(
        "projects", words("liste", "list"), ListProjects, ("!liste projekte rot", "!list projects red"),
        object=words("projekte", "projects"), changes=False,
    ),
    fake(
        "project", NEW, NewProject,
        ("!neu projekt Digitaler Bauantrag federführung:M,N – Anträge online",
         "!new project Digital building permit lead:M,N – applications online"),
        object=words("projekt", "project"),
    ),
    fake(
        "milestone", NEW, NewMilestone,
        ("!neu meilenstein P-1 Pilotstart 11.12.2026", "!new milestone P-1 Pilot starts 2026-12-11"),
        object=words("meilenstein", "milestone"),
    ),
    fake(
        "person", NEW, NewPerson,
        ('!neu person @neu:muenchen.example "Neu hier"', '!new person @neu:muenchen.example "New here"'),
        object=words("person", "person"),
    ),
    fake(
        "city", NEW, NewCity,
        ("!neu stadt BA Bamberg server:bamberg.example", "!new city BA Bamberg server:bamberg.example"),
        object=words("stadt", "city"),
    ),
    fake(
        "postpone", words("verschieben", "postpone"), Postpone,
        ("!verschieben P-1 Pilotstart auf:11.12.2026 – Vergabe dauert",
         "!postpone P-1 Pilot start to:2026-12-11 – procurement takes longer"),
    ),
    fake("vote", words("stimme", "vote"), Vote, ("!stimme B-7 ja", "!vote B-7 yes")),
    fake(
        "solved", words("schließen", "close"), CloseBarrier, ("!schließen H-2", "!close H-2"), subject="barriers"
    ),
    fake(
        "result", words("feststellen", "close"), CloseDecision, ("!feststellen B-7", "!close B-7"), subject="decisions"
    ),
    fake(
        "remind", words("erinnern", "remind"), Remind,
        ("!erinnern nächsten Freitag – Folien schicken", "!remind next Friday – send slides"),
    ),
    fake("search", words("suche", "search"), Search, ("!suche Parkausweis", "!search parking"), changes=False),
    fake(
        "involve", words("beteiligen", "involve"), Involve,
        ("!beteiligen P-1 A,R beobachtet", "!involve P-1 A observes"),
    ),
    fake("blocks", words("blockiert", "blocks"), Blocks, ("!blockiert H-2 P-1", "!blocks H-2 P-1")),
    fake(
        "seat", words("sitz", "seat"), SeatArgs,
        ('!sitz M stimme @koord:muenchen.example amt:"IT-Referent" ab:heute',
         '!seat M voting @koord:muenchen.example office:"CIO" from:today'),
    ),
    fake("agenda", words("top", "agenda"), Agenda, ("!top 3 Haushalt", "!agenda 3 Budget")),
    fake("back", words("da", "back"), Nothing, ("!da", "!back"), bang=True),
    fake("help", words("hilfe", "help"), Topic, ("!hilfe", "!help"), changes=False),
)  # fmt: skip
NOUNS = (words("projekte", "projects"),)

WORDS_DE = {
    "Health": {"green": ["grün"], "yellow": ["gelb"], "red": ["rot"]},
    "Phase": {
        "idea": ["Idee"], "planned": ["geplant"], "concept": ["Konzept"], "implementation": ["Umsetzung"],
        "pilot": ["Pilot"], "operation": ["Betrieb"], "completed": ["abgeschlossen"], "paused": ["ruht"],
        "abandoned": ["abgebrochen"],
    },
    "ParticipantRole": {"contributes": ["wirkt mit"], "reuses": ["nutzt nach"], "observes": ["beobachtet"]},
    "Role": {
        "voting": ["stimme"], "deputy": ["vertretung"], "office": ["büro"], "press": ["presse"],
        "member": ["mitglied"], "coordination": ["koordination"], "guest": ["gast"],
    },
    "Choice": {"for": ["ja", "dafür"], "against": ["nein", "dagegen"], "abstain": ["enthaltung"]},
    "Again": {"no_longer": ["nicht mehr"]},
}  # fmt: skip
WORDS_EN = {
    "Health": {"green": ["green"], "yellow": ["yellow", "amber"], "red": ["red"]},
    "Phase": {phase.value: [phase.value] for phase in Phase},
    "ParticipantRole": {role.value: [role.value] for role in ParticipantRole},
    "Role": {role.value: [role.value] for role in Role},
    "Choice": {"for": ["yes", "for"], "against": ["no", "against"], "abstain": ["abstain"]},
    "Again": {"no_longer": ["no longer"]},
}
PLACES_DE = {"day": "DATUM", "duration": "DAUER", "count": "ZAHL", "record": "KENNUNG", "word": "WORT", "text": "TEXT"}
PLACES_EN = {"day": "DATE", "duration": "DURATION", "count": "NUMBER", "record": "ID", "word": "WORD", "text": "TEXT"}
TEXTS = Texts.of(
    {
        "framework": {
            Language.DE: {"word": WORDS_DE, "parse": PLACES_DE, "noun": {"cities": {"one": "Stadt", "many": "Städte"}}},
            Language.EN: {"word": WORDS_EN, "parse": PLACES_EN, "noun": {"cities": {"one": "city", "many": "cities"}}},
        }
    }
)
GRAMMAR = Grammar.of(COMMANDS, nouns=NOUNS, texts=TEXTS)


def name(collection: str, key: str, shown: str) -> Name:
    """A name as the register keeps it."""
    return Name(collection=collection, key=key, folded=" ".join(fold_words(shown)), shown=shown)


NAMES = Names.of(
    (
        name("projects", "P-1", "Digitaler Bauantrag"),
        name("projects", "P-1", "Bauantrag"),
        name("projects", "P-2", "Bürgerkonto"),
        name("projects", "P-3", "Bauen & Wohnen"),
        name("projects", "P-4", "Smart City"),
        name("projects", "P-5", "Smart City"),
        name("cities", "M", "München"),
        name("cities", "M", "Munich"),
        name("cities", "N", "Nürnberg"),
        name("cities", "A", "Augsburg"),
        name("cities", "R", "Regensburg"),
        name("people", "u1", "Koordination München"),
    ),
    people={"@koord:muenchen.example": "u1"},
)
TODAY = date(2026, 11, 18)  # a Wednesday


def reading(language: Language = Language.DE, *, project: str | None = None, bang_needed: bool = True) -> Reading:
    """A message in a room of the cooperation."""
    return Reading(
        language=language,
        today=TODAY,
        names=NAMES,
        project=project,
        bang_needed=bang_needed,
        called=("@stadtbote:example.org", "stadtbote"),
        calendars=(Calendar(),),
    )

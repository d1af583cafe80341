"""Status: as a command, as free text replied to the bot, and what follows from a question the bot asked about it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any

from commands.framework.caller import Caller
from commands.framework.command import Args, named, placed, rest
from commands.framework.inbound import NO, YES
from commands.framework.parties import access_city, city_name, city_names
from commands.framework.phrasing import readable
from commands.framework.refs import CityRef, ProjectRef, Ref
from commands.framework.reply import (
    Block,
    Bullets,
    Foreign,
    Inline,
    Question,
    Reply,
    Tell,
    done,
    item,
    line,
    reply,
    say,
)
from commands.framework.telling import told
from commands.projects.access import WhichCity, access_project, access_project_to_report
from commands.projects.actions import correct, postpone_milestone, report
from commands.projects.cards import status_lines
from commands.projects.rules import FINAL_AFTER, MayNotReport, ProjectNotFound, Said, cause, correctable, lacks_cause
from commands.projects.saying import MEANING, ref, titled, update_words
from commands.projects.understanding import (
    Ambiguous,
    Doubt,
    ShiftSaid,
    Understood,
    denies,
    needs_in,
    shifts_in,
    understand_status,
    without_answer,
)
from storage.cities.queries import cities
from storage.cities.record import City
from storage.derived import names_beginning
from storage.folding import fold, fold_words
from storage.projects.record import Health, Need, Project, Update
from storage.records import Kept
from storage.values import Text
from storage.work import Work

MINUTES = int(FINAL_AFTER.total_seconds()) // 60
PICKED = (Health.GREEN, Health.YELLOW, Health.RED)
"""The order in which healths are offered by number."""


class StatusArgs(Args):
    """`!status P-1 gelb – Grund`; without health and text it shows the status."""

    project: Annotated[ProjectRef, placed("projekt", "project")]
    health: Annotated[Health | None, placed("ampel", "health")] = None
    city: Annotated[CityRef | None, named("stadt", "city")] = None
    text: Annotated[Text | None, rest("grund", "reason")] = None


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """A status as it was understood, before it is clear whether it may be given."""

    said: Said
    shifts: tuple[ShiftSaid, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Given:
    """A status that was recorded: by whose hand for which city, and what to go on with."""

    project: Project
    update: Update
    shifts: tuple[ShiftSaid, ...]
    name: Foreign
    needed: Mapping[str, Foreign]
    tell: tuple[Tell, ...] = ()


# --- the command -----------------------------------------------------------------------------------------------------


async def run_status(work: Work, caller: Caller, args: StatusArgs) -> Reply:
    """Record a status, or show it where nothing is said."""
    if args.health is None and args.text is None:
        return await show_status(work, caller, args.project.key)
    city = await access_city(work, caller, args.city) if args.city else None
    project, reporting = await access_project_to_report(work, caller, args.project.key, city)
    if isinstance(reporting, WhichCity):
        return await _ask_city(work, caller, project.record, reporting, args.health, args.text)
    heard = await _heard_in_command(work, caller, project.record, args)
    if heard is Doubt.QUESTION:
        return await show_status(work, caller, project.key)
    if isinstance(heard, Doubt):
        return _ask_health(project.record, reporting, args.text or "", await city_name(work, caller, reporting))
    given = await _record(work, caller, project, reporting, heard)
    return _recorded(given)


async def show_status(work: Work, caller: Caller, key: str) -> Reply:
    """How each city sees the project."""
    kept = await access_project(work, caller, key)
    return reply(*await status_lines(work, caller, kept.record, work.now), about=key)


async def _heard_in_command(work: Work, caller: Caller, project: Project, args: StatusArgs) -> _Heard | Doubt:
    text = args.text or ""
    known = await _cities_in(work, caller, text)
    if args.health is not None:
        if denies(text):
            return Doubt.NEGATED
        said = Said(health=args.health, text=text, needs=needs_in(text, known))
        return _Heard(said=said, shifts=shifts_in(text, project, caller.today))
    understood = understand_status(text, project=project, cities=known, today=caller.today)
    if isinstance(understood, Understood):
        return _heard(understood)
    if understood.reason in (Doubt.NEUTRAL, Doubt.THANKS):
        return _Heard(said=Said(health=None, text=text, needs=needs_in(text, known)))
    return understood.reason


def _heard(understood: Understood) -> _Heard:
    said = Said(health=understood.health, text=understood.text, needs=understood.needs)
    return _Heard(said=said, shifts=understood.shifts)


def _recorded(given: _Given) -> Reply:
    """What the command answers: ✅ where nothing was read between the lines and nothing is asked."""
    first = line(say("projects.reply.recorded", project=ref(given.project), city=given.name, status=_words(given)))
    more = [*_needs_lines(given), *_asked(given)]
    if not more:
        return replace(done(first, about=given.project.id), tell=given.tell)
    return replace(_going_on(given, first, *more), tell=given.tell)


# --- free text -------------------------------------------------------------------------------------------------------


async def status_from_text(work: Work, caller: Caller, key: str, text: str) -> Reply | None:
    """Take free text that replies to a message about the project as a status of the caller's city.

    None: it is none (a question), or the caller gives none here and the text is not clearly meant as one.
    Raises MayNotReport where it clearly is.
    """
    try:
        project = await access_project(work, caller, key)
    except ProjectNotFound:
        return None
    text = readable(text)
    understood = await _understand(work, caller, project.record, text)
    if isinstance(understood, Ambiguous) and understood.reason in (Doubt.QUESTION, Doubt.THANKS):
        return None if understood.reason is Doubt.QUESTION else reply(line(say("projects.reply.welcome")))
    try:
        project, reporting = await access_project_to_report(work, caller, key, None)
    except MayNotReport:
        if isinstance(understood, Ambiguous):
            return None
        raise
    if isinstance(reporting, WhichCity):
        return await _ask_city(work, caller, project.record, reporting, None, text)
    if isinstance(understood, Ambiguous):
        return _ask_health(project.record, reporting, text, await city_name(work, caller, reporting))
    return _echo(await _record(work, caller, project, reporting, _heard(understood)))


def _echo(given: _Given) -> Reply:
    first = line(say("projects.reply.echo", project=ref(given.project), city=given.name, status=_words(given)))
    asked = _asked(given) or [line(say("projects.reply.correct_by_reply"))]
    return replace(_going_on(given, first, *_needs_lines(given), *asked), tell=given.tell)


def _going_on(given: _Given, *blocks: Block) -> Reply:
    body: dict[str, Any] = {
        "then": "projects.correct",
        "project": given.project.id,
        "city": given.update.city,
        "at": given.update.at.isoformat(),
    }
    if lacks_cause(given.update):
        body["awaits"] = "cause"
    elif given.shifts:
        body["shift"] = {"title": given.shifts[0].title, "to": given.shifts[0].to.isoformat()}
    return reply(*blocks, about=given.project.id, question=Question(kind="echo", body=body, minutes=MINUTES))


def _words(given: _Given) -> Inline:
    return update_words(given.update)


def _needs_lines(given: _Given) -> list[Block]:
    if not _seen(given):
        return []
    needs = tuple(say("projects.reply.need", what=Foreign(n.what), city=given.needed[n.from_]) for n in _seen(given))
    return [line(say("projects.reply.needs", needs=needs))]


def _seen(given: _Given) -> tuple[Need, ...]:
    return tuple(need for need in given.update.needs if need.from_ in given.needed)


def _asked(given: _Given) -> list[Block]:
    """What is asked after a status: the cause of yellow and red first, else whether a milestone moves."""
    if lacks_cause(given.update):
        return [line(say("projects.reply.why", health=given.update.health))]
    if given.shifts:
        shift = given.shifts[0]
        return [line(say("projects.reply.shift_offered", title=Foreign(shift.title), to=shift.to))]
    return []


# --- answers to what was asked ---------------------------------------------------------------------------------------


async def correct_status(work: Work, caller: Caller, body: Mapping[str, Any], text: str) -> Reply | None:
    """A reply to the echo of a status: a yes, the cause that was asked for, or a correction.

    None for a question. What comes later than 15 minutes after the status, or after a newer one, is a new status.
    """
    word = _word(text)
    if word in YES or word in NO:
        return await _yes_or_no(work, caller, body, agreed=word in YES)
    key, given_at = str(body["project"]), datetime.fromisoformat(str(body["at"]))
    project, city = await access_project_to_report(work, caller, key, str(body["city"]))
    before = correctable(project.record, city=str(city), by=caller.key, at=given_at, now=work.now)
    if before is None:
        return await status_from_text(work, caller, key, text)
    heard = await _heard_in_correction(work, caller, project.record, before, body, without_answer(readable(text)))
    match heard:
        case Doubt.QUESTION:
            return None
        case Doubt.THANKS:
            return reply(line(say("projects.reply.kept")))
        case Doubt():
            name = await city_name(work, caller, before.city)
            return _ask_health(project.record, before.city, text, name, at=given_at)
        case _:
            return await _correct(work, caller, project, before, heard)


async def _heard_in_correction(
    work: Work, caller: Caller, project: Project, before: Update, body: Mapping[str, Any], text: str
) -> _Heard | Doubt:
    """The status as corrected, or why the words do not say it; what they leave unsaid stays."""
    understood = await _understand(work, caller, project, text)
    doubt = understood.reason if isinstance(understood, Ambiguous) else None
    if doubt in (Doubt.QUESTION, Doubt.THANKS):
        return doubt
    if body.get("awaits") == "cause" and not _names_other_health(understood, before):
        return _Heard(said=Said(health=before.health, text=text, needs=await _needs(work, caller, text)))
    if isinstance(understood, Understood):
        return _corrected(before, understood)
    if understood.reason is Doubt.NEUTRAL:
        return _Heard(said=Said(health=before.health, text=text, needs=before.needs))
    return understood.reason


async def _correct(work: Work, caller: Caller, project: Kept[Project], before: Update, heard: _Heard) -> Reply:
    update = await correct(work, project, before, heard.said)
    return _echo(await _given(work, caller, project.record, update, heard.shifts))


def _names_other_health(understood: Understood | Ambiguous, before: Update) -> bool:
    """Whether the answer to "why?" is nothing but another colour."""
    return isinstance(understood, Understood) and understood.health not in (None, before.health) and not understood.text


def _corrected(before: Update, understood: Understood) -> _Heard:
    """The status as corrected: what the correction leaves unsaid stays."""
    said = Said(
        health=understood.health or before.health,
        text=understood.text or cause(before) or "",
        needs=understood.needs or before.needs,
    )
    return _Heard(said=said, shifts=understood.shifts)


async def _yes_or_no(work: Work, caller: Caller, body: Mapping[str, Any], *, agreed: bool) -> Reply:
    shift = body.get("shift")
    if agreed and shift:
        to = date.fromisoformat(shift["to"])
        return await _shift(work, caller, body, str(shift["title"]), to)
    if agreed or shift or body.get("awaits") == "cause":
        return reply(line(say("projects.reply.kept")))
    project = await access_project(work, caller, str(body["project"]))
    given_at = datetime.fromisoformat(str(body["at"]))
    name = await city_name(work, caller, str(body["city"]))
    return _ask_health(project.record, str(body["city"]), "", name, at=given_at)


async def _shift(work: Work, caller: Caller, body: Mapping[str, Any], title: str, to: date) -> Reply:
    key = str(body["project"])
    project = await access_project(work, caller, key)
    given_at = datetime.fromisoformat(str(body["at"]))
    said = next((u for u in project.record.updates if u.city == body["city"] and u.at == given_at), None)
    reason = (cause(said) if said else None) or title
    before, now = await postpone_milestone(work, caller, key, title, to=to, reason=reason)
    return reply(
        line(
            say(
                "projects.reply.shifted",
                project=ref(project.record),
                title=Foreign(now.title),
                first=before.due,
                to=now.due,
            )
        ),
        about=key,
    )


async def pick_health(work: Work, caller: Caller, body: Mapping[str, Any], text: str) -> Reply | None:
    """The answer to "green, yellow or red?": a number or words; asked once, then left. None for a question."""
    key, asked_about = str(body["project"]), str(body.get("text", ""))
    project, city = await access_project_to_report(work, caller, key, str(body["city"]))
    heard = await _picked(work, caller, project.record, text)
    if heard is None:
        return None
    if heard.said.health is None:
        return reply(line(say("projects.reply.still_unclear", project=ref(project.record))), about=key)
    before = _asked_to_correct(project.record, str(city), caller, body, work.now)
    words = heard.said.text or asked_about or (cause(before) if before else None) or ""
    needs = heard.said.needs or await _needs(work, caller, words)
    heard = _Heard(said=Said(health=heard.said.health, text=words, needs=needs), shifts=heard.shifts)
    if before is not None:
        return await _correct(work, caller, project, before, heard)
    return _echo(await _record(work, caller, project, str(city), heard))


def _asked_to_correct(
    project: Project, city: str, caller: Caller, body: Mapping[str, Any], now: datetime
) -> Update | None:
    """The status that the question was about, if it was about one and that may still be corrected."""
    if "at" not in body:
        return None
    given_at = datetime.fromisoformat(str(body["at"]))
    return correctable(project, city=city, by=caller.key, at=given_at, now=now)


async def _picked(work: Work, caller: Caller, project: Project, text: str) -> _Heard | None:
    word = _word(text)
    if word.isdigit() and 1 <= int(word) <= len(PICKED):
        return _Heard(said=Said(health=PICKED[int(word) - 1], text=""))
    understood = await _understand(work, caller, project, readable(text))
    if isinstance(understood, Understood):
        return _heard(understood)
    return None if understood.reason is Doubt.QUESTION else _Heard(said=Said(health=None, text=""))


async def pick_city(work: Work, caller: Caller, body: Mapping[str, Any], text: str) -> Reply | None:
    """The answer to "for which city?": a number, a code or a name. None if it is neither."""
    city = await city_of_answer(work, caller, tuple(body["choices"]), text)
    if city is None:
        return None
    health = Health(body["health"]) if body.get("health") else None
    said = str(body["text"]) if body.get("text") else None
    project = Ref("projects", str(body["project"]))
    return await run_status(
        work, caller, StatusArgs(project=project, health=health, city=Ref("cities", city), text=said)
    )


async def city_of_answer(work: Work, caller: Caller, choices: tuple[str, ...], text: str) -> str | None:
    """The one of these cities that an answer names by number, code or name; None if it names none."""
    word = _word(text)
    if word.isdigit() and 1 <= int(word) <= len(choices):
        return choices[int(word) - 1]
    if word in YES and len(choices) == 1:
        return choices[0]
    found = await cities(work, caller.scope, frozenset(choices))
    called = {code: {fold(code), *(fold(name) for name in _names(found[code]))} for code in choices if code in found}
    return next((code for code, names in called.items() if fold(word) in names), None)


# --- asking ----------------------------------------------------------------------------------------------------------


def _ask_health(project: Project, city: str, text: str, name: Foreign, *, at: datetime | None = None) -> Reply:
    body: dict[str, Any] = {"then": "projects.health", "project": project.id, "city": city, "text": text}
    if at is not None:
        body["at"] = at.isoformat()
    return reply(
        line(say("projects.reply.unclear", project=ref(project), city=name)),
        Bullets(tuple(item(MEANING[health]) for health in PICKED), numbered=1),
        about=project.id,
        question=Question(kind="step", body=body, minutes=MINUTES),
    )


async def _ask_city(
    work: Work, caller: Caller, project: Project, which: WhichCity, health: Health | None, text: str | None
) -> Reply:
    names = await city_names(work, caller.scope, which.choices, caller.language)
    body = {
        "then": "projects.city",
        "project": project.id,
        "health": health.value if health else None,
        "text": text,
        "choices": list(names),
    }
    return reply(
        line(say("projects.reply.which_city", project=titled(project))),
        Bullets(tuple(item(name) for name in names.values()), numbered=1),
        about=project.id,
        question=Question(kind="step", body=body),
    )


# --- what is needed around it ----------------------------------------------------------------------------------------


async def _record(work: Work, caller: Caller, project: Kept[Project], city: str, heard: _Heard) -> _Given:
    update = await report(work, caller, project, city=city, said=heard.said)
    given = await _given(work, caller, project.record, update, heard.shifts)
    words = update_words(update)
    tell = await told(
        work,
        caller,
        (city,),
        lambda name: say("projects.reply.told_status", project=ref(project.record), city=name, status=words),
    )
    return replace(given, tell=tell)


async def _given(work: Work, caller: Caller, project: Project, update: Update, shifts: tuple[ShiftSaid, ...]) -> _Given:
    name = await city_name(work, caller, update.city)
    needed = await city_names(work, caller.scope, (n.from_ for n in update.needs), caller.language)
    return _Given(project=project, update=update, shifts=shifts, name=name, needed=needed)


async def _understand(work: Work, caller: Caller, project: Project, text: str) -> Understood | Ambiguous:
    known = await _cities_in(work, caller, text)
    return understand_status(text, project=project, cities=known, today=caller.today)


async def _needs(work: Work, caller: Caller, text: str) -> tuple[Need, ...]:
    return needs_in(text, await _cities_in(work, caller, text))


async def _cities_in(work: Work, caller: Caller, text: str) -> Mapping[str, City]:
    """The cities that the text may name, by code, as far as the caller may see them."""
    words = fold_words(text)
    found = await names_beginning(work, caller.scope, words)
    codes = {name.key for name in found if name.collection == "cities"} | {word.upper() for word in words}
    return await cities(work, caller.scope, frozenset(codes))


def _names(city: City) -> tuple[str, ...]:
    return (city.name.de, city.name.en, *city.aliases)


def _word(text: str) -> str:
    return text.strip().casefold().rstrip(".!")

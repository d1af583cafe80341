"""A status in free text: what the words say about health, needs and milestones, or why they do not say it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from commands.calendar.phrases import find_ranges
from commands.calendar.values import Range, Tense
from commands.projects.cues import (
    ALONE_GREEN,
    ALONE_RED,
    APART,
    ASKS,
    BARE,
    COLOURS,
    COMING,
    CONDITION,
    DOUBT,
    GREEN,
    NEGATION,
    NEGATION_AFTER,
    NEGATION_INSIDE,
    PAST,
    RED,
    RESOLVED,
    THANKS,
    YELLOW,
)
from storage.cities.record import City
from storage.folding import fold, fold_words
from storage.projects.record import Health, Milestone, Need, Project
from storage.projects.standing import open_milestones

LONGEST = 4_000
"""Signs of a text that are looked at; a status is shorter."""


class Doubt(StrEnum):
    """Why a text is taken for no status: it changes nothing."""

    QUESTION = "question"
    THANKS = "thanks"
    NEGATED = "negated"
    MIXED = "mixed"
    UNCLEAR = "unclear"
    NEUTRAL = "neutral"
    """It says nothing about health, but may well be what there is to say."""


@dataclass(frozen=True, kw_only=True)
class ShiftSaid:
    """A milestone for which the text names another day."""

    title: str
    to: date


@dataclass(frozen=True, kw_only=True)
class Understood:
    """A status: `text` is what remains without the word that only names the health; it may be empty.

    `certain`: the health was said outright or follows from words that all say the same.
    """

    health: Health | None
    text: str
    needs: tuple[Need, ...] = ()
    shifts: tuple[ShiftSaid, ...] = ()
    certain: bool = True


@dataclass(frozen=True, kw_only=True)
class Ambiguous:
    """No status, and why not."""

    reason: Doubt


def understand_status(
    text: str, *, project: Project, cities: Mapping[str, City], today: date
) -> Understood | Ambiguous:
    """Read a reply about `project` in German or English.

    `cities` are those that a need may name, by code; a day without a year is the nearest to come after `today`.
    Questions, thanks, contradictions and negated words are `Ambiguous`. Needs or a milestone's new day make a status
    even where nothing is said about health.
    """
    said = _statements(text[:LONGEST])
    if isinstance(said, Doubt):
        return Ambiguous(reason=said)
    needs = needs_in(text[:LONGEST], cities)
    shifts = shifts_in(text[:LONGEST], project, today)
    judged = _judge(said)
    if isinstance(judged, Doubt):
        if judged is Doubt.NEUTRAL and (needs or shifts):
            return Understood(health=None, text=text.strip(), needs=needs, shifts=shifts)
        return Ambiguous(reason=judged)
    health, certain = judged
    return Understood(health=health, text=without_health(text, health), needs=needs, shifts=shifts, certain=certain)


_TAKEN_BACK = re.compile(
    r"(?:ist |is )?(?:es |it )?(?:auch )?(?:nicht mehr|nicht|no longer|not any ?more|not)"
    r"(?:$|[,.;!]| (?:aber|but|jetzt|now)\b)"
)


def denies(text: str) -> bool:
    """Whether words right after a health word take it back: "rot nicht mehr", "green no longer"."""
    return _TAKEN_BACK.match(fold(text).strip(" -–—,.:")) is not None


# --- sentences and clauses -------------------------------------------------------------------------------------------

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[?!])")
_CLAUSE = re.compile(
    r"[,;:()]\s*|\s[-–—]\s|(?<!\d)\.(?!\w)|\.\.+|[!?]"
    r"|\s(?=(?:aber|jedoch|allerdings|sondern|nur dass|dafuer|obwohl|weil)\b)"
    r"|\s(?=(?:but|however|although|though|yet|whereas|because|since)\b)"
    r"|\s(?:und|and)\s(?=(?:der|die|das|wir|es|nun|jetzt|we|it|the|now)\b)"
)
# Pictures say nothing here, but for the circles in the colours of health.
_DECORATION = re.compile("(?![🟢🟡🟠🔴])[\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]")
_APOSTROPHES = str.maketrans("’‘´`", "''''")


def _statements(text: str) -> tuple[str, ...] | Doubt:
    """The folded clauses that state something, without questions and thanks; or that there are none."""
    sentences = [s.strip() for s in _SENTENCE.split(fold(text.translate(_APOSTROPHES))) if s and s.strip(" .!…")]
    stating = [s for s in sentences if not _asks(s)]
    if sentences and not stating:
        return Doubt.QUESTION
    clauses = tuple(c for s in stating for part in _CLAUSE.split(s) if (c := (part or "").strip(" .'\"„“”*_")))
    plain = (_DECORATION.sub("", clause).strip() for clause in clauses if not THANKS.fullmatch(clause))
    meant = tuple(clause for clause in plain if clause and not THANKS.fullmatch(clause))
    if clauses and not meant:
        return Doubt.THANKS
    return meant


def _asks(sentence: str) -> bool:
    return sentence.rstrip().endswith("?") or (ASKS.match(sentence) is not None and "," not in sentence)


# --- health -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """What the clauses say: colours outright, other words, and what was only negated."""

    colours: frozenset[Health]
    words: frozenset[Health]
    denied: frozenset[Health]
    doubted: bool


def _judge(clauses: tuple[str, ...]) -> tuple[Health, bool] | Doubt:
    heard = _hear(clauses)
    if heard.colours:
        return _by_colour(heard)
    if heard.doubted:
        return Doubt.UNCLEAR
    if not heard.words:
        return Doubt.NEGATED if heard.denied else Doubt.NEUTRAL
    return _by_words(heard)


def _by_colour(heard: _Heard) -> tuple[Health, bool] | Doubt:
    if len(heard.colours) > 1:
        return Doubt.MIXED
    colour = next(iter(heard.colours))
    extremes = {Health.GREEN: Health.RED, Health.RED: Health.GREEN}
    contradicted = colour is Health.GREEN and (Health.RED in heard.words or Health.GREEN in heard.denied)
    return Doubt.MIXED if contradicted and colour in extremes else (colour, True)


def _by_words(heard: _Heard) -> tuple[Health, bool] | Doubt:
    words = heard.words
    if {Health.GREEN, Health.RED} <= words:
        return Doubt.MIXED
    if words == {Health.GREEN} and Health.GREEN in heard.denied:
        return Doubt.NEGATED
    worst = next(h for h in (Health.RED, Health.YELLOW, Health.GREEN) if h in words)
    return worst, len(words) == 1


def _hear(clauses: Iterable[str]) -> _Heard:
    colours, words, denied, doubted = set[Health](), set[Health](), set[Health](), False
    condition = False
    for clause in clauses:
        feared, condition = condition, CONDITION.match(clause) is not None
        named, rest, refused = _colours(clause)
        colours |= named
        denied |= refused
        doubted = doubted or DOUBT.search(rest) is not None
        if not named:
            said, negated = _words(rest, feared=feared)
            words |= said
            denied |= negated
    return _Heard(colours=frozenset(colours), words=frozenset(words), denied=frozenset(denied), doubted=doubted)


_COLOUR = r"(?:gruen|gelb|rot|green|yellow|amber|orange|red|🟢|🟡|🟠|🔴)"
_FROM_TO = re.compile(rf"(?:von|from) {_COLOUR} (?:auf|zu|nach|to) |{_COLOUR} ?(?:->|→|=>) ?")
_INSTEAD = re.compile(
    rf"(?:statt|anstatt|als|than|instead of|rather than|vorher|bisher|zuletzt|previously|formerly) {_COLOUR}"
)
_NOT_QUITE = re.compile(rf"(?:fast|beinahe|nahezu|bald|almost|nearly|soon) {_COLOUR}")


def _colours(clause: str) -> tuple[set[Health], str, set[Health]]:
    """Colours said outright, the clause without them, and colours that were denied."""
    rest = clause
    for gone in (_FROM_TO, _INSTEAD, _NOT_QUITE):
        rest = gone.sub(lambda found: "· " * len(found[0].split()), rest)
    named, denied = set[Health](), set[Health]()
    open_ = COMING.search(rest) is not None or PAST.search(rest) is not None
    for health, pattern in COLOURS.items():
        for found in pattern.finditer(rest):
            if _negated(rest, found.start(), found.end()):
                denied.add(health)
            elif not open_:
                named.add(health)
    for pattern in COLOURS.values():
        rest = pattern.sub("·", rest)
    return named, rest, denied


def _words(clause: str, *, feared: bool) -> tuple[set[Health], set[Health]]:
    """What other words say about health, and what they only deny."""
    clause = re.sub(r"\b(?:nicht nur|not only|nicht zuletzt|not least)\b", "·", clause)
    if ALONE_GREEN.fullmatch(clause):
        return {Health.GREEN}, set()
    if ALONE_RED.fullmatch(clause):
        return {Health.YELLOW if feared else Health.RED}, set()
    said, denied = set[Health](), set[Health]()
    found = {health: list(_found(pattern, clause)) for health, pattern in _PATTERNS}
    for health, spans in found.items():
        for span in spans:
            if not any(_covers(other, span) for others in found.values() for other in others):
                (denied if _negated(clause, *span) else said).add(health)
    if any(_negated(clause, *span) for span in _found(BARE, clause)):
        denied.add(Health.GREEN)
    return _as_it_is_now(clause, said, denied, feared=feared), denied


_PATTERNS = ((Health.RED, RED), (Health.YELLOW, YELLOW), (Health.GREEN, GREEN))


def _found(pattern: re.Pattern[str], clause: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in pattern.finditer(clause))


def _covers(other: tuple[int, int], span: tuple[int, int]) -> bool:
    """Whether an idiom holds these words: then it says what they mean ("keine Probleme")."""
    return other != span and other[0] <= span[0] and span[1] <= other[1]


_TROUBLE = {Health.RED, Health.YELLOW}


def _as_it_is_now(clause: str, said: set[Health], denied: set[Health], *, feared: bool) -> set[Health]:
    """Without trouble that is over or only feared: what is feared puts a project at risk."""
    trouble = said & _TROUBLE
    resolved = RESOLVED.search(clause)
    if resolved and _negated(clause, *resolved.span()):
        return said | ({Health.YELLOW} if denied & _TROUBLE else set())
    if resolved:
        return {Health.GREEN}
    if trouble and PAST.search(clause):
        return said - trouble
    if feared or COMING.search(clause):
        return {Health.YELLOW} if trouble else said if APART.search(clause) else set()
    return said


def _negated(clause: str, start: int, end: int) -> bool:
    """Whether a negation stands up to three words before, or, as German likes it, a "nicht" up to four after."""
    before, inside, after = clause[:start].split()[-3:], clause[start:end].split(), clause[end:].split()[:4]
    if any(NEGATION.match(word) for word in before):
        return True
    # An idiom that holds its own negation has done with it: "nichts geht mehr, solange das Geld nicht da ist".
    return not any(NEGATION_INSIDE.match(word) for word in inside) and any(NEGATION_AFTER.match(word) for word in after)


_NAMES = {
    Health.GREEN: r"gr(?:ü|ue)n|auf kurs|green|on track|🟢",
    Health.YELLOW: r"gelb|gef(?:ä|ae)hrdet|yellow|amber|at risk|🟡|🟠",
    Health.RED: r"rot|kritisch|red|critical|🔴",
}


def without_health(text: str, health: Health) -> str:
    """The text without a leading word that only names this health: "gelb – Schnittstelle fehlt"."""
    found = re.match(rf"(?i)\s*(?:{_NAMES[health]})\s*(?:[-–—:,;.!]+\s*|$)", text)
    rest = text[found.end() :] if found else text
    return rest.strip()


def without_answer(text: str) -> str:
    """The text of a correction without its "no": "nein, rot" is "rot"; a lone "no" stays."""
    word = r"(?:nein|nee|no|doch|falsch|korrektur|stimmt (?:so )?nicht|wrong|correction|sorry|sondern)"
    return re.sub(rf"(?i)^\s*(?:{word}\s*[,:;.!–—-]*\s+)+", "", text).strip() or text


# --- needs -----------------------------------------------------------------------------------------------------------

_OF = r"(?:aus|von|vom|seitens) (?:der Stadt |dem |der )?"
_NEEDS = (
    r"\b(?:brauch|benötig|benoetig)(?:en|e|t)\b(?P<a>[^.;!?\n]*?)\b{of}(?P<city>{city})\b(?P<b>[^.;,!?\n]*)",
    r"\bwart(?:en|e|et)\b[^.;,!?\n]{{0,30}}?\bauf (?P<a>[^.;,!?\n]*?)\b{of}(?P<city>{city})\b",
    r"\bfehl(?:t|en)\b(?P<a>[^.;,!?\n]*?)\b{of}(?P<city>{city})\b",
    r"\b(?:aus|von) (?P<city>{city}) (?:fehl(?:t|en)|brauchen wir|benötigen wir)\b(?P<a>[^.;,!?\n]*)",
    r"(?:^|[.;,!?\n] *)(?P<a>[^.;,!?\n]{{2,120}}?) (?:aus|von|vom|der Stadt) (?P<city>{city}) fehl(?:t|en)\b",
    r"\b(?:need|needs|require|requires)\b(?P<a>[^.;!?\n]*?)\bfrom (?P<city>{city})\b",
    r"\bwaiting (?:for|on) (?P<a>[^.;,!?\n]*?)\bfrom (?P<city>{city})\b",
    r"\b(?:missing|lacking) (?P<a>[^.;,!?\n]*?)\bfrom (?P<city>{city})\b",
    r"(?:^|[.;,!?\n] *)(?P<a>[^.;,!?\n]{{2,120}}?) from (?P<city>{city}) (?:is|are) (?:still )?missing\b",
)
_LEADING = re.compile(
    r"(?i)^(?:noch|dringend|dafür|dafuer|hierfür|jetzt|unbedingt|bitte|bis|wir|uns|nur|still|urgently|only|just|also|"
    r"auch|die|den|das|der|dem|ein|eine|einen|the|a|an|some|immer)\b *"
)
_TRAILING = re.compile(r"(?i)[ ,]*\b(?:noch|still|immer|die|der|aus|dringend|mehr)$")
_NOTHING = re.compile(r"(?i)^(?:nichts|nix|kein\w*|nicht|nothing|no|not|none)\b")


def needs_in(text: str, cities: Mapping[str, City]) -> tuple[Need, ...]:
    """What the text says is needed, and from which city: "brauchen … aus München", "need … from Munich"."""
    codes = {name.casefold(): code for code, city in cities.items() for name in _called(code, city)}
    if not codes:
        return ()
    # Codes are capitals; names may be typed in any case.
    names = "|".join(sorted((_any_case(n, codes[n]) for n in codes), key=len, reverse=True))
    needs: dict[tuple[str, str], Need] = {}
    for pattern in _NEEDS:
        for found in re.finditer(pattern.format(city=names, of=_OF), text, re.IGNORECASE):
            what = _what(found)
            code = codes[found["city"].casefold()]
            if what and not any(code == c and (what in w or w in what) for c, w in needs):
                needs[code, what] = Need(from_=code, what=what)
    return tuple(needs.values())


def _called(code: str, city: City) -> tuple[str, ...]:
    names = (city.name.de, city.name.en, *city.aliases)
    return (code, *names, *(fold(name) for name in names))


def _any_case(name: str, code: str) -> str:
    return f"(?-i:{re.escape(code)})" if name == code.casefold() else re.escape(name)


def _what(found: re.Match[str]) -> str:
    parts = [found["a"], *([found["b"]] if "b" in found.groupdict() else [])]
    for part in parts:
        what = _stripped(part)
        if _NOTHING.match(what):
            return ""
        if what:
            return what[:500]
    return ""


def _stripped(part: str) -> str:
    what = part.strip(" ,:-–—")
    while (shorter := _TRAILING.sub("", _LEADING.sub("", what))) != what:
        what = shorter.strip(" ,:-–—")
    return what


# --- milestones ------------------------------------------------------------------------------------------------------

_MOVES = re.compile(
    r"verschieb|verschob|verlegt|rutsch|spaeter|erst |neuer termin|moved|moves|postpon|slip|pushed|new date|later"
)


def shifts_in(text: str, project: Project, today: date) -> tuple[ShiftSaid, ...]:
    """Open milestones that the text names beside a day to come other than theirs, in the same sentence."""
    found: dict[str, ShiftSaid] = {}
    for sentence in _SENTENCE.split(text):
        day = _day(sentence or "", today)
        milestone = _named(sentence or "", project) if day else None
        if day and milestone and day != milestone.due:
            found.setdefault(milestone.title, ShiftSaid(title=milestone.title, to=day))
    return tuple(found.values())


def _day(sentence: str, today: date) -> date | None:
    """The last day of the one period that the sentence names, if it is still to come."""
    said = [r for r in find_ranges(sentence, today=today, tense=Tense.FUTURE) if isinstance(r, Range)]
    if not said or said[-1].end is None:
        return None
    last = date.fromordinal(said[-1].end.toordinal() - 1)
    return last if last >= today else None


def _named(sentence: str, project: Project) -> Milestone | None:
    words = fold_words(sentence)
    waiting = open_milestones(project)
    named = [m for m in waiting if _holds(words, "".join(fold_words(m.title)))]
    if not named and len(waiting) == 1 and _MOVES.search(fold(sentence)):
        return waiting[0]
    return named[0] if len(named) == 1 else None


def _holds(words: list[str], title: str) -> bool:
    """Whether the words, written together, hold the title: "Pilot startet" holds "Pilotstart"."""
    return any("".join(words[start : start + 5]).startswith(title) for start in range(len(words)))

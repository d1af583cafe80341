"""Texts and program agree: whatever can be said has its sentence in both languages, and no sentence is left over."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

import commands
from bot.admin import incident_key
from commands import ALL
from commands.framework.command import AnyCommand
from commands.framework.help import help_for, help_overview, never_key
from commands.framework.noun import Noun
from commands.framework.parse_errors import ParseError
from commands.framework.reference import reference
from commands.framework.refusal import Refusal
from commands.framework.render import Renderer
from commands.framework.texts import COMMON, ROOMS, Template, TextMissing, installed
from storage.incidents import IncidentKind
from storage.mapping import Entity, scalars_of
from storage.register import BY_COLLECTION, ENTITIES
from storage.seats.record import Role
from storage.values import COLLECTIONS, Language, Vocabulary
from tests.commands.framework.samples import BERLIN, caller, seat

TEXTS = installed()
SOURCES = tuple(path for folder in ("commands", "bot") for path in sorted((ROOMS.parent / folder).rglob("*.py")))
COMMANDS = tuple(command for noun in ALL for command in noun.commands)
SAYING = {"say", "Say"}
DERIVED = re.compile(r"(_key|\bkey|\bnever)$")
FAMILIAR = re.compile(r"\b(du|dich|dir|dein\w*|euch|euer\w*)\b", re.IGNORECASE)


# --- what the program says, read from its source ----------------------------------------------------------------------


class Said(NamedTuple):
    """One place where the program says a sentence: with which facts, None where they cannot be read off."""

    where: str
    key: ast.expr
    facts: frozenset[str] | None


def trees() -> Iterator[tuple[Path, ast.Module]]:
    return ((path, ast.parse(path.read_text("utf-8"))) for path in SOURCES)


def calls(names: Iterable[str]) -> Iterator[tuple[str, ast.Call]]:
    wanted = set(names)
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in wanted:
                yield f"{path.relative_to(ROOMS.parent)}:{node.lineno}", node


def facts_of(call: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(name for name in names if name)


@cache
def said() -> tuple[Said, ...]:
    return tuple(
        Said(where, key, facts_of(call) if isinstance(call.func, ast.Name) and call.func.id == "say" else None)
        for where, call in calls(SAYING)
        for key in alternatives(call.args[0])
    )


def alternatives(key: ast.expr) -> Iterator[ast.expr]:
    """Both branches of `say("a" if … else "b")`."""
    if isinstance(key, ast.IfExp):
        yield from alternatives(key.body)
        yield from alternatives(key.orelse)
    else:
        yield key


def literal(key: ast.expr) -> str | None:
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None


def derived(key: ast.expr) -> bool:
    """A call such as `command.text_key("title")`, or a name that stands for its outcome."""
    name = key.func if isinstance(key, ast.Call) else key
    return DERIVED.search(ast.unparse(name)) is not None


@cache
def strings() -> frozenset[str]:
    """Every text constant in the program: keys are looked up by some of them."""
    nodes = (node for _, tree in trees() for node in ast.walk(tree))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


@cache
def refusals() -> tuple[type[Refusal], ...]:
    """Every refusal of the program that is raised as such; those that only others derive from say nothing."""
    for found in pkgutil.walk_packages(commands.__path__, "commands."):
        importlib.import_module(found.name)
    ours = [kind for kind in below(Refusal) if kind.__module__.startswith("commands.")]
    return tuple(sorted((kind for kind in ours if not kind.__subclasses__()), key=lambda kind: kind.text_key()))


def below(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def types_in(kind: Any) -> Iterator[type]:
    """Every class in an annotation or model, at any depth."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for field in kind.model_fields.values():
            yield from types_in(field.annotation)
    elif get_origin(kind) in (Union, UnionType) or get_args(kind):
        for inner in get_args(kind):
            yield from types_in(inner)
    elif isinstance(kind, type):
        yield kind


@cache
def vocabularies() -> frozenset[type[Vocabulary]]:
    """Those that commands take or that records with a room of their own hold."""
    models = [command.args for command in COMMANDS] + [an_entity.record for an_entity in entities()]
    return frozenset(kind for model in models for kind in types_in(model) if issubclass(kind, Vocabulary))


def entities() -> tuple[Entity[Any], ...]:
    return tuple(BY_COLLECTION[noun.collection] for noun in ALL if noun.collection in BY_COLLECTION)


def labels() -> Iterator[tuple[str, str]]:
    """Every table and column that the history of a record can name, and the parts of the record themselves."""
    for an_entity in entities():
        for table in an_entity.tables():
            yield from ((table.name, scalar.column) for scalar in scalars_of(an_entity, table.name))
            if table is not an_entity.table:
                yield an_entity.collection, table.name.removeprefix(f"{an_entity.collection}_")


def declared_keys() -> Iterator[str]:
    """The keys that follow from commands, refusals and incidents."""
    for command in COMMANDS:
        yield from (command.text_key(part) for part in ("title", "help", "notes"))
        yield from (command.question_key(field) for field in command.args.model_fields)
        yield from filter(None, [never_key(command)])
    yield from (kind.text_key() for kind in refusals())
    yield from map(incident_key, IncidentKind)


def listed(found: Iterable[str]) -> str:
    return "\n".join(sorted(found))


def template(key: str) -> Template:
    return TEXTS.template(key, Language.DE)


# --- what must be there -----------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_keys_placeholders_and_markup() -> None:
    assert TEXTS.check() == ()


def test_sentences_are_named_by_literals_or_by_declarations() -> None:
    wrong = [each.where for each in said() if literal(each.key) is None and not derived(each.key)]
    assert not wrong, listed(wrong)


def test_every_sentence_that_is_said_exists() -> None:
    missing = {f"{each.where} {key}" for each in said() if (key := literal(each.key)) and not TEXTS.has(key)}
    assert not missing, listed(missing)


def test_every_sentence_gets_the_facts_it_needs() -> None:
    lacking = {
        f"{each.where} {key}: {', '.join(sorted(needed))}"
        for each in said()
        if each.facts is not None
        and (key := literal(each.key))
        and TEXTS.has(key)
        and (needed := template(key).placeholders - each.facts)
    }
    assert not lacking, listed(lacking)


def test_every_refusal_has_its_sentence() -> None:
    missing = [kind.text_key() for kind in refusals() if not TEXTS.has(kind.text_key())]
    assert not missing, listed(missing)


def test_every_refusal_gets_the_facts_its_sentence_needs() -> None:
    # While a line is read, more becomes known about a ParseError after it was raised.
    by_name = {kind.__name__: kind for kind in refusals() if not issubclass(kind, ParseError)}
    lacking = set()
    for where, call in calls(by_name):
        key, facts = by_name[str(getattr(call.func, "id", ""))].text_key(), facts_of(call)
        if facts is not None and TEXTS.has(key) and (needed := template(key).placeholders - facts):
            lacking.add(f"{where} {key}: {', '.join(sorted(needed))}")
    assert not lacking, listed(lacking)


@pytest.mark.parametrize("kind", IncidentKind)
def test_every_incident_has_its_sentence(kind: IncidentKind) -> None:
    assert TEXTS.has(incident_key(kind))


def test_every_incident_is_recorded_with_the_facts_its_sentence_needs() -> None:
    recorded = dict(incidents())
    assert {kind for _, kind in recorded} == {kind.name for kind in IncidentKind}
    lacking = {
        f"{where} {kind}: {', '.join(sorted(needed))}"
        for (where, kind), facts in recorded.items()
        if (needed := template(incident_key(IncidentKind[kind])).placeholders - facts)
    }
    assert not lacking, listed(lacking)


def incidents() -> Iterator[tuple[tuple[str, str], frozenset[str | None]]]:
    """Where incidents are recorded, their kind and the names of their facts; inner functions come after outer ones."""
    for path, tree in trees():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                nodes = tuple(ast.walk(function))
                tables = {ast.unparse(n.targets[0]): n.value for n in nodes if isinstance(n, ast.Assign)}
                for call in nodes:
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "record_incident":
                        facts = tables.get(ast.unparse(call.args[3]), call.args[3])
                        if isinstance(facts, ast.Dict):
                            kind = ast.unparse(call.args[1]).removeprefix("IncidentKind.")
                            names = frozenset(literal(key) for key in facts.keys if key is not None)
                            yield (f"{path.relative_to(ROOMS.parent)}:{call.lineno}", kind), names


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_title_help_and_questions(command: AnyCommand) -> None:
    required = [name for name, field in command.args.model_fields.items() if field.is_required()]
    needed = [command.text_key("title"), command.text_key("help"), *map(command.question_key, required)]
    assert [key for key in (*needed, *filter(None, [never_key(command)])) if not TEXTS.has(key)] == []


@pytest.mark.parametrize("kind", sorted(vocabularies(), key=str), ids=str)
@pytest.mark.parametrize("language", Language)
def test_every_word_of_a_vocabulary_can_be_shown(kind: type[Vocabulary], language: Language) -> None:
    assert all(TEXTS.shown(member, language) for member in kind)


@pytest.mark.parametrize("language", Language)
def test_every_column_of_a_record_has_a_name(language: Language) -> None:
    missing = []
    for table, column in labels():
        try:
            TEXTS.field(table, column, language)
        except TextMissing:
            missing.append(f"{table}.{column}")
    assert not missing, listed(missing)


def test_every_column_that_a_reply_names_has_a_name() -> None:
    named = [(where, *map(literal, call.args)) for where, call in calls({"Label"}) if len(call.args) == 2]
    known = TEXTS.shared(Language.DE)
    missing = [
        f"{where} field.{table}.{column}"
        for where, table, column in named
        if table and column and not {f"field.{table}.{column}", f"field.{COMMON}.{column}"} & known
    ]
    assert not missing, listed(missing)


@pytest.mark.parametrize("collection", [*COLLECTIONS.values(), *(n.collection for n in ALL if n.collection)])
def test_every_kind_of_record_has_its_noun(collection: str) -> None:
    assert all(TEXTS.noun(collection, language, count) for language in Language for count in (1, 2))


# --- what must not be there -------------------------------------------------------------------------------------------


def test_no_sentence_is_left_over() -> None:
    used = strings() | set(declared_keys())
    left = TEXTS.keys(Language.DE) - used
    assert not left, listed(left)


def test_no_word_field_or_noun_is_left_over() -> None:
    kinds = {kind.__name__: kind for kind in below(StrEnum)}
    known = {f"word.{name}.{member.value}" for name, kind in kinds.items() for member in kind}
    known |= {f"noun.{an_entity.collection}.{form}" for an_entity in ENTITIES for form in ("one", "many")}
    known |= {f"field.{part}" for part in shown_parts()}
    left = TEXTS.shared(Language.DE) - known
    assert not left, listed(left)


def shown_parts() -> Iterator[str]:
    for an_entity in ENTITIES:
        for table in an_entity.tables():
            for scalar in scalars_of(an_entity, table.name):
                yield from (f"{table.name}.{scalar.column}", f"{COMMON}.{scalar.column}")
            yield f"{an_entity.collection}.{table.name.removeprefix(f'{an_entity.collection}_')}"


CODE = re.compile(r"`[^`]*`")


def sentences() -> Iterator[tuple[str, str]]:
    for key in sorted(TEXTS.keys(Language.DE)):
        yield from ((key, CODE.sub("", form)) for form in template(key).forms)


def test_german_sentences_are_sober_and_say_sie() -> None:
    shouting = [key for key, form in sentences() if re.search(r"!(\s|$)", form)]
    familiar = [
        key for key, form in sentences() if re.search(r"\b(du|dich|dir|dein\w*|euch|euer\w*)\b", form, re.IGNORECASE)
    ]
    assert (shouting, familiar) == ([], [])


# --- and it can be shown ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_help_in_both_languages(command: AnyCommand, language: Language) -> None:
    reader = caller(seat(Role.COORDINATION), language=language)
    assert Renderer(TEXTS, language, BERLIN).plain(help_for((command,), reader, TEXTS))


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("language", Language)
def test_help_fits_into_eight_lines_for_everybody(role: Role | None, language: Language) -> None:
    reader = caller(*([seat(role)] if role else []), language=language)
    said_to = Renderer(TEXTS, language, BERLIN).plain(help_overview(ALL, reader, TEXTS))
    assert len(said_to.splitlines()) <= 8


@pytest.mark.parametrize("language", Language)
def test_the_reference_holds_every_command(language: Language) -> None:
    page = reference(ALL, language, TEXTS)
    assert page.count("\n### ") == len(COMMANDS)


def test_rooms_are_named_as_their_folders() -> None:
    def folder(noun: Noun) -> str:
        return noun.commands[0].name.split(".")[0] if noun.commands else noun.room

    assert [noun.room for noun in ALL] == [folder(noun) for noun in ALL]

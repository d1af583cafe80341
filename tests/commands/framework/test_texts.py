"""Texts are found by key in both languages, and mistakes in them are found at the start."""

import pytest

from commands.framework.texts import Template, TextMissing, Texts, installed
from storage.projects.record import Health
from storage.values import Language
from tests.commands.framework.samples import sample_texts

DE, EN = Language.DE, Language.EN


def test_the_installed_texts_are_without_a_mistake() -> None:
    assert installed().check() == ()


def test_a_sentence_is_found_by_room_and_name() -> None:
    assert sample_texts().template("samples.reply.created", EN) == Template("{project} was created.")


def test_a_missing_text_is_an_error_and_never_an_empty_sentence() -> None:
    texts = sample_texts()
    with pytest.raises(TextMissing, match=r"samples.reply.none"):
        texts.template("samples.reply.none", DE)
    with pytest.raises(TextMissing, match=r"field.record.none"):
        texts.field("projects", "none", DE)
    with pytest.raises(TextMissing, match=r"noun.none.one"):
        texts.noun("none", DE)


def test_words_of_both_languages_work_and_the_first_is_shown() -> None:
    texts = sample_texts()
    assert texts.words(Health)[Health.YELLOW] == ("gelb", "yellow", "amber")
    assert (texts.shown(Health.GREEN, DE), texts.shown(Health.GREEN, EN)) == ("grün", "green")


def test_fields_and_nouns_belong_to_all_rooms() -> None:
    texts = sample_texts()
    assert texts.field("projects", "title", DE) == "Titel"
    assert [texts.noun("projects", DE, count) for count in (0, 1, 2)] == ["Projekte", "Projekt", "Projekte"]


def test_what_all_records_have_is_named_once() -> None:
    assert sample_texts().field("projects", "visibility", EN) == "visibility"


def test_a_sentence_that_counts_has_two_forms() -> None:
    left = sample_texts().template("samples.reply.left", DE)
    assert (left.form(1), left.form(2), left.form(0)) == (left.one, left.other, left.other)
    assert left.placeholders == {"count"}


@pytest.mark.parametrize(
    ("german", "english", "problem"),
    [
        ({"reply": {"a": "A"}}, {}, "room.reply.a is missing in en"),
        ({"reply": {"a": "{x}"}}, {"reply": {"a": "{y}"}}, "room.reply.a has different placeholders: x, y"),
        ({"reply": {"a": "{x"}}, {"reply": {"a": "{x}"}}, "room.reply.a: expected '}' before end of string"),
        ({"reply": {"a": "`!a"}}, {"reply": {"a": "`!a`"}}, "room.reply.a has an open ` or ** in de"),
        ({"reply": {"a": "**a"}}, {"reply": {"a": "**a**"}}, "room.reply.a has an open ` or ** in de"),
        (
            {"word": {"Health": {"green": ["gut"], "red": ["gut"]}}},
            {"word": {"Health": {"green": ["green"], "red": ["red"]}}},
            '"gut" stands for both word.Health.green and word.Health.red',
        ),
    ],
)
def test_mistakes_are_named(german: dict[str, object], english: dict[str, object], problem: str) -> None:
    assert Texts.of({"room": {DE: german, EN: english}}).check() == (problem,)


def test_a_shared_name_belongs_to_one_room_only() -> None:
    noun = {"noun": {"projects": {"one": "Projekt", "many": "Projekte"}}}
    texts = Texts.of({"one": {DE: noun, EN: noun}, "two": {DE: noun, EN: noun}})
    assert "noun.projects.one stands twice in de, the second time in two" in texts.check()

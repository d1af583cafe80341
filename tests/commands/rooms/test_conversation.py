"""Greeting, binding and setting up through the front door, in both languages."""

import pytest

from commands.framework.privacy import Privacy
from commands.framework.reply import Line, Link, Say
from commands.privacy.explanation import explanation, first_contact
from tests.conversation import Conversation

GREETING = (
    "Guten Tag, ich bin Stadtbote und führe das Register Ihrer Städtekooperation. Ich speichere nur, was an mich "
    "gerichtet ist. Dieser Raum ist noch nicht zugeordnet; ich zeige hier nur, was für Gäste freigegeben ist. "
    "Koordination: `!raum lenkung`. Neu hier: `!einrichten`. Hilfe: `!hilfe`, `!datenschutz`.\n"
    "In English: I keep the register of your cities' cooperation and store only what is addressed to me. "
    "Help: `!help`, `!privacy`."
)

# --- greeting ---------------------------------------------------------------------------------------------------------


async def test_the_bot_greets_when_it_joins_and_whoever_says_start(blank: Conversation) -> None:
    assert (await blank.joins("fremd")).text == GREETING
    assert (await blank.says("@wer:auch.example", "!start", room="fremd")).text.startswith(GREETING)


async def test_in_a_bound_room_the_greeting_says_what_it_is(talk: Conversation) -> None:
    said = await talk.joins("lenkung")
    assert "Dieser Raum ist zugeordnet: Lenkungsraum. Hilfe: `!hilfe`" in said.text


async def test_in_an_english_room_the_greeting_is_english_with_a_german_line(talk: Conversation) -> None:
    await talk.says("koord-m", "!raum arbeit sprache:en", room="fremd")
    said = await talk.joins("fremd")
    assert said.text.startswith("Hello, I am Stadtbote")
    assert "This room is bound: working room." in said.text
    assert said.text.splitlines()[-1].startswith("Auf Deutsch:")


# --- binding ----------------------------------------------------------------------------------------------------------


async def test_coordination_binds_a_room_and_from_then_on_it_shows_what_its_kind_allows(talk: Conversation) -> None:
    assert "noch nicht zugeordnet" in (await talk.says("koord-n", "!raum", room="fremd")).text
    hidden = await talk.says("koord-n", "!zeige P-1", room="fremd")
    said = await talk.says("koord-m", "!raum lenkung", room="fremd")
    assert said.text == "Dieser Raum ist jetzt zugeordnet: Lenkungsraum.\nHier zeige ich alles, auch Internes."
    assert "Digitaler Bauantrag" not in hidden.text
    assert "Digitaler Bauantrag" in (await talk.says("koord-n", "!zeige P-1", room="fremd")).text


async def test_binding_a_room_twice_changes_nothing(talk: Conversation) -> None:
    await talk.says("koord-m", "!raum projekt P-1", room="fremd")
    before = await talk.dump()
    await talk.says("koord-m", "!room project P-1", room="fremd")
    assert await talk.dump() == before


async def test_a_room_that_was_bound_by_its_address_is_known_by_its_id_once_it_is_bound_here(
    talk: Conversation,
) -> None:
    before = (await talk.dump())["rooms"]
    await talk.says("koord-m", "!raum lenkung", room="lenkung")
    after = (await talk.dump())["rooms"]
    assert len(after) == len(before)
    assert any("!lenkung:stadtbote.example" in row and "#lenkung:muenchen.example" in row for row in after)


async def test_a_room_is_bound_anew_and_its_project_goes_with_its_kind(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!raum projekt P-1 ruhe:an gremium:arbeitsebene", room="fremd")
    assert said.text == (
        "Dieser Raum ist jetzt zugeordnet: Projektraum.\n"
        "Hier zeige ich, was in der Kooperation geteilt wird.\n"
        "Er gehört zu Projekt P-1; die Kennung dürfen Sie hier weglassen.\n"
        "Gremium: arbeitsebene\n"
        "Ruhe: Erinnerungen sind hier abgeschaltet."
    )
    await talk.says("koord-m", "!raum arbeit ruhe:aus", room="fremd")
    shown = await talk.says("vertr-m", "!room", room="fremd")
    assert shown.text == (
        "This room is bound: working room.\nHere I show what is shared within the cooperation.\nBody: arbeitsebene"
    )


async def test_language_alone_leaves_the_kind_as_it_is(talk: Conversation) -> None:
    await talk.says("koord-m", "!raum sprache:en", room="bauantrag")
    shown = (await talk.says("koord-m", "!raum", room="bauantrag")).text
    assert "Projektraum" in shown
    assert "Projekt P-1" in shown
    assert "Sprache: Englisch" in shown


@pytest.mark.parametrize(
    ("who", "room", "line", "answer"),
    [
        ("koord-n", "fremd", "!raum lenkung", "Berechtigt: die Koordination."),
        ("@fremd:example.org", "fremd", "!raum gäste", "Berechtigt: die Koordination."),
        ("koord-m", "direkt", "!raum lenkung", "Ein Direktchat lässt sich nicht zuordnen"),
        ("koord-m", "fremd", "!raum projekt", "Zu einem Projektraum gehört ein Projekt."),
        ("koord-m", "fremd", "!raum projekt P-99", "Ein Projekt „P-99“ gibt es nicht."),
        ("koord-m", "fremd", "!raum sprache:en", "Bitte nennen Sie zuerst, was er ist"),
    ],
)
async def test_a_binding_that_cannot_be_is_refused(
    talk: Conversation, who: str, room: str, line: str, answer: str
) -> None:
    before = await talk.dump()
    said = await talk.says(who, line, room=room)
    assert answer in said.text
    assert "Es wurde nichts geändert." in said.text
    assert await talk.dump() == before


# --- first steps ------------------------------------------------------------------------------------------------------


async def test_a_whole_cooperation_is_set_up_by_chat_in_the_order_of_the_first_steps(blank: Conversation) -> None:
    await blank.joins("fremd")
    for line in (
        "!neu stadt M München server:muenchen.example feiertage:BY,katholisch",
        "!neu stadt N Nürnberg englisch:Nuremberg server:nuernberg.example feiertage:BY",
        '!neu person @koordination:muenchen.example "Koordination München" sprache:de',
        '!neu person @koordination:nuernberg.example "Koordination Nürnberg"',
        '!neu person @vertretung:nuernberg.example "Vertretung Nürnberg"',
        '!sitz M stimme @koordination:muenchen.example amt:"Referat" ab:heute',
        "!sitz N stimme @koordination:nuernberg.example",
        "!sitz N vertretung @vertretung:nuernberg.example",
        "!sitz N vertretung vakant",
        "!sitz M koordination @koordination:muenchen.example",
    ):
        said = await blank.says("admin", line, room="direkt")
        assert "Es wurde nichts geändert" not in said.text, said.text
    bound = await blank.says("@koordination:muenchen.example", "!raum lenkung", room="fremd")
    assert "Lenkungsraum" in bound.text
    await blank.says("@koordination:nuernberg.example", "!start", room="fremd")
    shown = await blank.says("@koordination:nuernberg.example", "!zeige N", room="fremd")
    assert shown.text == (
        "Nürnberg (N)\n"
        "Auch: Nuremberg\n"
        "Mitglied seit Mi., 18.11.2026\n"
        "Sitze:\n"
        "- Stimme (referentenkreis): Koordination Nürnberg, seit Mi., 18.11.2026\n"
        "- Vertretung (referentenkreis): nicht besetzt, seit Mi., 18.11.2026\n"
        "Arbeitsfrei: gesetzliche Feiertage (Bayern)"
    )


async def test_setting_up_asks_step_by_step_and_stores_nothing_before_the_last_yes(blank: Conversation) -> None:
    empty = await blank.dump()
    for line, asked in (
        ("!einrichten", "Wie heißt die Kooperation?"),
        ("Städtekooperation / Cities' cooperation", "Seit wann gibt es die Kooperation?"),
        ("irgendwann", "„irgendwann“ ist kein Datum, das ich verstehe."),
        ("Juli 2019", "Für welche Stadt sprechen Sie?"),
        ("M München, N Nürnberg", "Bitte zuerst nur Ihre eigene Stadt."),
        ("M München / Munich", "Welche weiteren Städte sind Mitglied?"),
        ("n Nürnberg", "„n Nürnberg“ verstehe ich nicht als Stadt."),
        ("M Mannheim", "Diese Kürzel sind doppelt: M."),
        ("!start", "Guten Tag"),
        ("!einrichten", "Wir machen weiter, wo wir waren.\nWelche weiteren Städte sind Mitglied?"),
        ("N Nürnberg / Nuremberg\nA Augsburg", "Unter welchem Namen soll ich Sie (`@it:muenchen.example`)"),
        ("zurück", "Welche weiteren Städte sind Mitglied?"),
        ("N Nürnberg / Nuremberg, A Augsburg", "Unter welchem Namen"),
        ("Koordination München", "So würde ich es anlegen:"),
        ("vielleicht", "Bitte antworten Sie mit `ja`, `zurück` oder `abbrechen`."),
    ):
        said = await blank.says("admin", line, room="direkt")
        assert said.text.startswith(asked) or asked in said.text, (line, said.text)
        assert await blank.dump() == empty
    done = await blank.says("admin", "ja", room="direkt")
    assert done.text == (
        "Die Kooperation ist eingerichtet.\n"
        "Das fehlt noch:\n"
        "- Stimme für Augsburg: zuerst `!neu person`, dann `!sitz A stimme @…`\n"
        "- Stimme für München: zuerst `!neu person`, dann `!sitz M stimme @…`\n"
        "- Stimme für Nürnberg: zuerst `!neu person`, dann `!sitz N stimme @…`\n"
        "- Lenkungsraum: Laden Sie mich dort ein und schreiben Sie `!raum lenkung`.\n"
        "- Projekträume: Dort genügt `!raum projekt P-1`."
    )
    assert "Sie koordinieren" in (await blank.says("admin", "!ich", room="direkt")).text
    assert "Mitglied seit Juli 2019" in (await blank.says("admin", "!zeige N", room="direkt")).text


async def test_setting_up_is_one_operation_that_can_be_undone(blank: Conversation) -> None:
    empty = await blank.dump()
    for line in ("!einrichten", "Kooperation", "2019", "M München", "keine", "Koordination München", "ja"):
        await blank.says("admin", line, room="direkt")
    assert (await blank.dump())["cooperation"]
    said = await blank.says("admin", "!rückgängig", room="direkt")
    assert said.text.startswith("Zurückgenommen")
    assert await blank.dump() == empty


async def test_setting_up_can_be_left_at_any_step(blank: Conversation) -> None:
    empty = await blank.dump()
    for line in ("!einrichten", "Kooperation", "2019"):
        await blank.says("admin", line, room="direkt")
    left = await blank.says("admin", "abbrechen", room="direkt")
    assert left.text.startswith("Abgebrochen. Es wurde nichts gespeichert.")
    assert await blank.dump() == empty
    anew = await blank.says("admin", "!einrichten", room="direkt")
    assert "Wie heißt die Kooperation?" in anew.text


async def test_setting_up_in_english(blank: Conversation) -> None:
    await blank.says("admin", '!neu person @it:muenchen.example "IT Munich" sprache:en', room="direkt")
    for line, asked in (
        ("!setup", "What is the cooperation called?"),
        ("Kooperation / Cooperation", "Since when has it existed?"),
        ("16 July 2019", "Which city do you speak for?"),
        ("M München / Munich", "Which other cities are members?"),
        ("none", "This is what I would record:"),
    ):
        assert asked in (await blank.says("admin", line, room="direkt")).text
    preview = await blank.says("admin", "maybe", room="direkt")
    assert preview.text == (
        "Please answer `yes`, `back` or `cancel`.\n"
        "This is what I would record:\n"
        "- Cooperation: Kooperation / Cooperation\n"
        "- Since: Tue, 16 Jul 2019\n"
        "- Members: Munich (M)\n"
        "- Coordination: IT Munich (`@it:muenchen.example`) for Munich (M)\n"
        "Is that right? `yes` records it, `back` goes one step back, `cancel` drops everything."
    )
    assert (await blank.says("admin", "yes", room="direkt")).text.startswith("The cooperation is set up.")


async def test_where_a_cooperation_stands_setting_up_says_what_is_missing(talk: Conversation) -> None:
    complete = await talk.says("koord-m", "!einrichten", room="direkt")
    assert complete.text == "Die Kooperation „Städtekooperation Digitalisierung“ ist eingerichtet.\nEs fehlt nichts."
    await talk.says("koord-m", "!sitz A stimme vakant")
    lacking = await talk.says("koord-m", "!einrichten", room="direkt")
    assert lacking.text.splitlines()[1:] == [
        "Das fehlt noch:",
        "- Stimme für Augsburg: zuerst `!neu person`, dann `!sitz A stimme @…`",
    ]


async def test_only_coordination_or_administration_sets_up_and_only_in_a_direct_chat(blank: Conversation) -> None:
    stranger = await blank.says("@fremd:example.org", "!einrichten", room="direkt")
    assert "Berechtigt: die Administration, solange es keine Koordination gibt." in stranger.text
    room = await blank.says("admin", "!einrichten", room="fremd")
    assert room.text.startswith("Das Einrichten geht nur im Direktchat")


# --- data protection --------------------------------------------------------------------------------------------------


async def test_everybody_is_told_what_is_stored_and_what_matrix_does_not_encrypt(talk: Conversation) -> None:
    german = (await talk.says("@fremd:example.org", "!datenschutz", room="fremd")).text
    assert "Andere Gespräche speichere ich nie." in german
    assert "Reaktionen" in german
    assert "Fragen dazu beantwortet die Koordination." in german.splitlines()
    english = (await talk.says("vertr-m", "!privacy")).text
    assert "I never store other conversations." in english


def test_controller_contact_and_link_are_named_where_they_are_configured() -> None:
    privacy = Privacy(controller="Stadt München", contact="datenschutz@muenchen.example", link="https://x.example/ds")
    for blocks in (explanation(privacy), first_contact(privacy)):
        said = [part for block in blocks if isinstance(block, Line) for part in block.parts if isinstance(part, Say)]
        assert {"privacy.reply.controller", "privacy.reply.contact", "privacy.reply.link"} <= {s.key for s in said}
        assert "privacy.reply.ask_coordination" not in {s.key for s in said}
        assert any(isinstance(fact, Link) for s in said for fact in s.facts.values())

"""Agreements as people meet them: cards with derived deadlines, signatures, notices and what is unknown."""

from datetime import datetime, timedelta

import pytest

from tests.conversation import BERLIN, Conversation


async def test_a_card_derives_its_deadline_and_names_the_safe_day_and_the_councils(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!zeige V-2")
    assert "Nächstes Laufzeitende: Sa., 31.07.2027 (nach 4 Verlängerungen)" in said.text
    assert "Letzter Tag für die Kündigung: Fr., 30.04.2027" in said.text
    assert "Fr., 30.04.2027 + 3 Monate reicht bis Sa., 31.07.2027" in said.text
    assert "Spätestens in den Rat: München Fr., 05.02.2027" in said.text
    assert said.text.endswith("Angabe der Fristen ohne Gewähr.")


async def test_a_holiday_of_one_party_moves_the_safe_day_and_never_the_deadline(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!zeige V-4")
    assert "Letzter Tag für die Kündigung: Di., 15.08.2028" in said.text
    assert "Sicherer Tag: Mo., 14.08.2028" in said.text


async def test_what_is_not_recorded_stays_unknown_and_says_who_can_add_it(talk: Conversation) -> None:
    german = await talk.says("vertr-n", "!zeige V-1")
    assert "Laufzeit: nicht erfasst. Ergänzen kann sie die Koordination: `!ändern V-1 laufzeit:…`" in german.text
    assert "Kündigung" not in german.text
    await talk.says("vertr-n", "!ich sprache:en")
    english = await talk.says("vertr-n", "!show V-1")
    assert "Term: not recorded. Coordination can add it: `!edit V-1 term:…`" in english.text


async def test_an_agreement_is_being_signed_until_the_last_party_has(talk: Conversation) -> None:
    assert "In Unterzeichnung, es fehlt: Augsburg" in (await talk.says("koord-m", "!zeige V-3")).text
    early = await talk.says("koord-m", "!ändern V-3 zustand:in-kraft")
    assert "es fehlen Unterschriften: A" in early.text
    said = await talk.says("koord-m", "!unterschrift V-3 A @koordination:augsburg.example am:10.3.2026")
    assert "Augsburg (Koordinationsstelle)" in said.text
    assert "alle Parteien unterzeichnet" in said.text
    await talk.says("koord-m", "!ändern V-3 zustand:in-kraft in-kraft:1.4.2026")
    assert "In Kraft seit Mi., 01.04.2026" in (await talk.says("koord-m", "!zeige V-3")).text


async def test_an_agreement_that_begins_later_is_not_said_to_be_in_force_since_then(talk: Conversation) -> None:
    await talk.says("koord-m", "!neu vereinbarung Auftrag form:Auftragsverarbeitung städte:M,A")
    await talk.says("koord-m", "!ändern V-5 zustand:in-kraft in-kraft:1.12.2026")
    assert "In Kraft ab Di., 01.12.2026" in (await talk.says("koord-m", "!zeige V-5")).text
    talk.now = datetime(2026, 12, 1, 10, tzinfo=BERLIN)
    assert "In Kraft seit Di., 01.12.2026" in (await talk.says("koord-m", "!zeige V-5")).text


async def test_a_second_signature_of_a_city_names_the_first(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!unterschrift V-3 N @vertretung:nuernberg.example amt:Leitung")
    assert "Koordination Nürnberg" in said.text
    assert said.text.endswith("Es wurde nichts geändert.")


async def test_a_notice_is_recorded_only_after_its_consequence_was_agreed_to(talk: Conversation) -> None:
    before = await talk.dump()
    shown = await talk.says("koord-m", "!kündigung V-2 M am:16.11.2026 zugang:17.11.2026")
    assert "sie wirkt zum Sa., 31.07.2027" in shown.text
    assert await talk.dump() == before
    done = await talk.says("koord-m", "ja")
    assert "Die Erklärung selbst erfolgt außerhalb des Chats." in done.text
    assert "Endet durch Kündigung am Sa., 31.07.2027" in (await talk.says("koord-m", "!zeige V-2")).text


async def test_after_an_effective_notice_nobody_becomes_a_party(talk: Conversation) -> None:
    await talk.says("koord-m", "!kündigung V-4 M am:16.11.2026 zugang:17.11.2026")
    await talk.says("koord-m", "ja")
    before = await talk.dump()
    said = await talk.says("koord-m", "!ändern V-4 städte:M,A,N")
    assert "wirksam gekündigt" in said.text
    assert await talk.dump() == before


@pytest.mark.parametrize("answer", ["nein", "!hilfe"])
async def test_without_a_yes_no_notice_is_recorded(talk: Conversation, answer: str) -> None:
    before = await talk.dump()
    await talk.says("koord-m", "!kündigung V-2 M am:16.11.2026 zugang:17.11.2026")
    await talk.says("koord-m", answer)
    assert await talk.dump() == before


async def test_a_yes_after_ten_minutes_or_by_somebody_else_is_none(talk: Conversation) -> None:
    before = await talk.dump()
    shown = await talk.says("koord-m", "!kündigung V-2 M am:16.11.2026 zugang:17.11.2026")
    await talk.says("koord-n", "ja", reply_to=shown)
    assert await talk.dump() == before
    talk.now += timedelta(minutes=11)
    await talk.says("koord-m", "ja", reply_to=shown)
    assert await talk.dump() == before


async def test_a_preview_that_is_not_true_any_more_is_shown_again(talk: Conversation) -> None:
    await talk.says("koord-m", "!kündigung V-2 M am:16.11.2026 zugang:17.11.2026")
    await talk.says("koord-m", "!ändern V-2 kündigungsfrist:12 Monate")
    again = await talk.says("koord-m", "ja")
    assert "Seit der Vorschau hat sich etwas geändert" in again.text
    assert "sie wirkt zum Mo., 31.07.2028" in again.text
    assert "Erfasst: Kündigung" in (await talk.says("koord-m", "ja")).text


async def test_a_command_that_needs_a_yes_must_be_sent_alone(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", "!ändern V-4 verlängerung:12 Monate\n!kündigung V-2 M am:16.11.2026")
    assert "Bitte senden Sie ihn allein." in said.text
    assert await talk.dump() == before


async def test_notice_that_comes_too_late_leads_to_the_next_end(talk: Conversation) -> None:
    talk.now = datetime(2027, 5, 3, 10, tzinfo=BERLIN)
    shown = await talk.says("koord-m", "!zeige V-2")
    assert "Die Kündigungsfrist zum Sa., 31.07.2027 ist am Fr., 30.04.2027 abgelaufen." in shown.text
    assert "Nächstmöglicher letzter Tag: So., 30.04.2028" in shown.text
    said = await talk.says("koord-m", "!kündigung V-2 A am:3.5.2027 zugang:3.5.2027")
    assert "sie wirkt zum Mo., 31.07.2028" in said.text


async def test_staff_note_their_own_file_reference_and_no_other(talk: Conversation) -> None:
    assert (await talk.says("vertr-n", "!neu aktenzeichen V-2 DIG 99")).text == "✅"
    refused = await talk.says("vertr-n", "!neu aktenzeichen V-2 DIG 99 stadt:M")
    assert "Berechtigt: die Koordination" in refused.text
    assert "Nürnberg DIG 99" in (await talk.says("vertr-n", "!zeige V-2")).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("!ändern V-1 laufzeit:36 Monate 40 Tage", "„40 Tage“ lässt sich nicht zuordnen."),
        ("!ändern V-1 laufzeit:30 Arbeitstage", "nicht in Arbeitstagen"),
        ("!ändern V-1 in-kraft:30.2.2020", "Den Tag „30.2.2020“ gibt es nicht."),
        ("!ändern V-2 ändert:V-2", "sich selbst ändern oder ersetzen"),
        ("!ändern V-2 zustand:gekündigt", "!kündigung"),
        ("!ändern V-2 zustand:beendet", "ende:"),
        ("!kündigung V-3 N", "nicht in Kraft"),
        ("!kündigung V-1 N", "keine Kündigungsfrist"),
        ("!kündigung V-2 R", "keine Partei"),
        ("!verlängerung V-4", "um:"),
        ("!verlängerung V-4 bis:1.1.2027", "liegt nicht nach dem bisherigen Ende"),
        ("!unterschrift V-2 M @koordination:muenchen.example", "in Kraft"),
        ("!zeige V-2 klausel:9", "Erfasst sind: 4 und 7"),
        ("!neu klausel V-2 nummer:4 titel:X – Y", "hat"),
    ],
)
async def test_bad_input_is_named_and_changes_nothing(talk: Conversation, typed: str, says: str) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", typed)
    assert says in said.text
    assert said.text.endswith("Es wurde nichts geändert.")
    assert await talk.dump() == before


async def test_two_agreements_cannot_replace_each_other(talk: Conversation) -> None:
    made = await talk.says("koord-m", "!neu vereinbarung Nachfolge form:zweckvereinbarung städte:M,N ersetzt:V-2")
    assert "V-5" in made.text
    assert "Ersetzt durch: Vereinbarung V-5" in (await talk.says("koord-m", "!zeige V-2")).text
    assert "sich selbst" in (await talk.says("koord-m", "!ändern V-2 ersetzt:V-5")).text


async def test_guests_neither_see_nor_count_agreements(talk: Conversation) -> None:
    shown = await talk.says("@fremd:example.org", "!zeige V-2", room="gast")
    none = await talk.says("@fremd:example.org", "!zeige V-77", room="gast")
    assert shown.text.partition("\nDa Sie")[0].replace("V-2", "V-77") == none.text
    assert "keine Vereinbarung" in (await talk.says("@fremd:example.org", "!liste vereinbarungen", room="gast")).text


async def test_the_other_parties_are_told_of_what_is_recorded_for_them(talk: Conversation) -> None:
    await talk.says("koord-a", "!hilfe", room="direkt")
    said = await talk.says("koord-m", "!verlängerung V-4 um:12 Monate")
    told = [heard for heard in said.replies if heard.room != said.room]
    assert any("Koordination München hat zu Vereinbarung V-4" in heard.text for heard in told)


async def test_lists_are_filtered_in_the_database_by_state_and_party(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!liste vereinbarungen in Kraft stadt:N")
    assert ("V-1" in said.text, "V-2" in said.text, "V-3" in said.text, "V-4" in said.text) == (
        True,
        True,
        False,
        False,
    )


@pytest.mark.parametrize("longer", ["6 Monate", "12 Monate"])
async def test_making_a_renewed_term_longer_never_lets_it_end_sooner_or_on_the_same_day(
    talk: Conversation, longer: str
) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", f"!verlängerung V-2 um:{longer}")
    assert "liegt nicht nach dem bisherigen Ende Sa., 31.07.2027" in said.text
    assert await talk.dump() == before


async def test_an_agreement_with_a_recorded_end_is_not_said_to_be_terminable_at_any_time(talk: Conversation) -> None:
    await talk.says("koord-m", "!ändern V-4 zum:jederzeit kündigungsfrist:3 Monate")
    assert "Kündbar jederzeit" in (await talk.says("koord-m", "!zeige V-4")).text
    await talk.says("koord-m", "!ändern V-4 ende:31.12.2026")
    assert "Kündbar jederzeit" not in (await talk.says("koord-m", "!zeige V-4")).text


async def test_an_agreement_does_not_end_before_it_came_into_force(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", "!ändern V-4 ende:15.11.2024")
    assert "liegt vor dem Inkrafttreten am Sa., 16.11.2024" in said.text
    assert await talk.dump() == before


async def test_somebody_with_seats_in_several_cities_speaks_for_the_one_that_is_a_party(talk: Conversation) -> None:
    await talk.says("koord-m", '!neu vereinbarung "Zu zweit" form:zweckvereinbarung städte:M,N')
    await talk.says("koord-m", "!sitz N büro @vertretung:augsburg.example")
    said = await talk.says("vertr-a", "!neu aktenzeichen V-5 DIG-1")
    assert said.text == "✅"
    assert "Nürnberg DIG-1" in (await talk.says("koord-m", "!zeige V-5")).text


async def test_what_is_amended_or_replaced_must_exist_and_be_visible_here(talk: Conversation) -> None:
    await talk.says("koord-m", "!ändern V-4 sichtbarkeit:intern")
    before = await talk.dump()
    for key in ("V-77", "V-4"):
        for typed in (f"!ändern V-2 ändert:{key}", f"!neu vereinbarung Neu form:Sonstige städte:M,A ersetzt:{key}"):
            said = await talk.says("koord-m", typed, room="arbeit")
            assert said.text == f"Eine Vereinbarung `{key}` gibt es hier nicht.\nEs wurde nichts geändert."
    assert await talk.dump() == before


async def test_a_safe_day_says_whose_holidays_are_unknown(talk: Conversation) -> None:
    assert "Ohne Feiertage gerechnet" not in (await talk.says("koord-m", "!zeige V-2")).text
    await talk.says("koord-m", "!neu stadt I Ingolstadt")
    await talk.says("koord-m", "!ändern V-2 städte:M,N,A,I")
    shown = await talk.says("koord-m", "!zeige V-2")
    assert "Ohne Feiertage gerechnet, weil nicht erfasst: Ingolstadt" in shown.text

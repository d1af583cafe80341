"""Cities, people and seats through the front door, in both languages."""

from datetime import datetime, timedelta

import pytest

from tests.conversation import BERLIN, Conversation

# --- who I am ---------------------------------------------------------------------------------------------------------


async def test_whoever_asks_is_told_person_seats_rights_and_what_is_stored(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!ich")
    assert (
        said.text
        == (
            "Sie sind Koordination München (`@koordination:muenchen.example`).\n"
            "Ihre Sitze heute:\n"
            "- München: Stimme (referentenkreis), Koordinationsstelle, seit Fr., 01.01.2021\n"
            "- München: Koordination (arbeitsebene), seit Fr., 01.01.2021\n"
            "Sie koordinieren: Sie dürfen für alle Städte eintragen und ändern.\n"
            "Hier zeige ich alles, auch Internes.\n"
            "Ich antworte Ihnen auf: Deutsch\n"
            "Änderungen bestätige ich Ihnen mit ✅, wo das genügt.\n"
            "Zu Ihnen gespeichert: Name, Matrix-Kennung, Sprache und Fachgebiete. Mehr dazu: `!datenschutz`"
        )
        or said.text.count("\n") == 8
    )


async def test_the_answer_comes_in_the_language_of_the_person(talk: Conversation) -> None:
    said = await talk.says("vertr-m", "!whoami", room="direkt")
    assert said.text == (
        "You are Vertretung München (`@vertretung:muenchen.example`).\n"
        "Your seat today:\n"
        "- Munich: deputy (referentenkreis), since Fri, 1 Jan 2021\n"
        "You may propose, and add and change entries, for: Munich.\n"
        "Here I show everything, internal entries included.\n"
        "I answer you in: English\n"
        "I confirm changes to you with ✅ where that is enough.\n"
        "Stored about you: Name, Matrix ID, Language and Expertise. More: `!privacy`"
    )


async def test_a_stranger_is_told_how_to_get_a_seat_and_nothing_is_stored(talk: Conversation) -> None:
    await talk.says("@fremd:example.org", "!start", room="direkt")
    before = await talk.dump()
    said = await talk.says("@fremd:example.org", "!ich", room="direkt")
    assert said.text == (
        "Ich kenne `@fremd:example.org` noch nicht.\n"
        "Sie dürfen fragen und lesen, was hier gezeigt wird.\n"
        "Sie haben heute keinen Sitz. So fragen Sie einen an: `!sitz anfragen M`\n"
        "Hier zeige ich nur Veröffentlichtes.\n"
        "Ich antworte Ihnen auf: Deutsch\n"
        "Zu Ihnen gibt es keinen Eintrag. Mehr dazu: `!datenschutz`"
    )
    refused = await talk.says("@fremd:example.org", "!ich bestätigung:text", room="direkt")
    assert "zu Unbekannten speichere ich keine Einstellungen" in refused.text
    assert await talk.dump() == before


async def test_everybody_chooses_how_they_are_answered(talk: Conversation) -> None:
    said = await talk.says("vertr-m", "!whoami confirmation:text language:de")
    assert said.text == "From now on I answer you in: German\nI always confirm changes to you with a sentence."
    changed = await talk.says("vertr-m", "!ändern @vertretung:muenchen.example telefon:+49-89-2330")
    assert changed.text == "Der Eintrag von Vertretung München ist geändert."
    await talk.says("vertr-m", "!ich bestätigung:zeichen")
    changed = await talk.says("vertr-m", "!ändern @vertretung:muenchen.example telefon:+49-89-2331")
    assert changed.text == "✅"


# --- cities -----------------------------------------------------------------------------------------------------------


async def test_a_city_is_added_with_its_holidays_and_shown(talk: Conversation) -> None:
    said = await talk.says(
        "koord-m", "!neu stadt FÜ Fürth englisch:Fuerth server:fuerth.example feiertage:BY,katholisch zustand:gespräche"
    )
    assert said.text == (
        "Fürth (FÜ) ist angelegt: in Gesprächen seit Mi., 18.11.2026.\nNächster Schritt: `!sitz FÜ gast @…`"
    )
    shown = await talk.says("koord-m", "!zeige FÜ")
    assert shown.text == (
        "Fürth (FÜ)\n"
        "Auch: Fuerth\n"
        "in Gesprächen seit Mi., 18.11.2026\n"
        "Sitze: keine\n"
        "Arbeitsfrei: gesetzliche Feiertage (Bayern) und Mariä Himmelfahrt"
    )


async def test_a_city_is_a_member_unless_something_else_is_said(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!new city ER Erlangen holidays:BY")
    assert said.text.startswith("Erlangen (ER) ist angelegt: Mitglied seit Mi., 18.11.2026.")


async def test_a_partner_has_the_state_of_a_partner(talk: Conversation) -> None:
    said = await talk.says("koord-m", '!neu stadt AKDB "Anstalt für Kommunale Datenverarbeitung" art:unternehmen')
    assert "Partner seit Mi., 18.11.2026" in said.text
    refused = await talk.says("koord-m", "!neu stadt XY Verein art:verband zustand:mitglied")
    assert refused.text.startswith("Der Zustand „Mitglied“ passt nicht zu: Partner.")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("!neu stadt M Mannheim", "Das Kürzel M ist schon vergeben."),
        ("!neu stadt X Xstadt feiertage:katholisch", "Zu den Feiertagen fehlt das Bundesland"),
        ("!ändern M name:München", "Das ist schon so eingetragen"),
        ("!mitgliedschaft R mitglied ab:1.1.2020", "Für R ist „in Gesprächen“ ab Mo., 14.09.2026 erfasst."),
        ("!sitz M stimme @koordination:muenchen.example", "Diesen Sitz (Stimme, M) hat schon Koordination München"),
        ("!sitz M stimme @niemand:x.example", "Die Matrix-Kennung `@niemand:x.example` gehört noch zu niemandem."),
        ("!sitz M", "Es fehlt die Rolle des Sitzes"),
        ("!sitz M stimme", "Es fehlt, wer den Sitz (Stimme) erhalten soll"),
        ("!sitz M vakant", "In M sind mehrere Sitze besetzt: Stimme, Vertretung und Koordination."),
        ("!sitz R stimme vakant", "In R ist am Mi., 18.11.2026 kein solcher Sitz besetzt."),
        ("!sitz M stimme @vertretung:muenchen.example ab:1.12.2026 bis:30.11.2026", "Das Ende (Mo., 30.11.2026)"),
        ('!neu person @koordination:nuernberg.example "Noch jemand"', "gehört schon zu: Koordination Nürnberg."),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(talk: Conversation, line: str, answer: str) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", line)
    assert answer in said.text
    assert said.text.endswith("Es wurde nichts geändert.")
    assert said.text.count("\n") < 4
    assert await talk.dump() == before


async def test_a_city_is_shown_as_it_was_on_a_past_day(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!zeige Nürnberg am:1.7.2020")
    assert said.text == (
        "Nürnberg (N)\n"
        "Stand: Mi., 01.07.2020\n"
        "Auch: Nuremberg und Nuernberg\n"
        "Mitglied seit Juli 2019\n"
        "Sitze:\n"
        "- Stimme (referentenkreis): Aufbaustab Nürnberg, Aufbaustab, Juli 2019 bis Do., 31.12.2020"
    )


async def test_a_city_names_the_projects_it_leads_only_where_they_may_be_seen(talk: Conversation) -> None:
    assert "Leads: project P-2 and project P-4" in (await talk.says("vertr-m", "!show Munich")).text
    assert "P-2" not in (await talk.says("vertr-m", "!show Munich", room="gast")).text


async def test_a_city_joins_on_its_day_after_its_check_list_was_agreed_to(talk: Conversation) -> None:
    before = await talk.dump()
    shown = await talk.says("koord-m", "!mitgliedschaft R mitglied ab:1.1.2027 – Beitritt")
    assert shown.text.startswith("Mitgliedschaft erfassen: Regensburg (R), Mitglied ab Fr., 01.01.2027.")
    assert "`!sitz R stimme @…`" in shown.text
    assert "An Abstimmungen, die dann schon laufen, nimmt Regensburg nicht teil." in shown.text
    assert await talk.dump() == before
    said = await talk.says("koord-m", "ja")
    assert said.text == "Regensburg (R): Mitglied ab Fr., 01.01.2027 – Beitritt"
    assert any("Koordination München hat erfasst: Regensburg (R)" in r.text for r in said.replies)
    assert "in Gesprächen seit" in (await talk.says("koord-m", "!zeige R")).text
    talk.now = datetime(2027, 1, 1, 10, tzinfo=BERLIN)
    assert "Mitglied seit Fr., 01.01.2027" in (await talk.says("koord-m", "!zeige R")).text
    assert "Mitglied" not in (await talk.says("koord-m", "!zeige R am:1.10.2026")).text


async def test_a_city_that_leaves_hears_what_it_leaves_open_and_keeps_its_rights_until_then(talk: Conversation) -> None:
    before = await talk.dump()
    shown = await talk.says("koord-m", "!mitgliedschaft A ausgetreten ab:1.7.2027 – Beschluss des Stadtrats")
    assert "Letzter Tag als Mitglied: Mi., 30.06.2027" in shown.text
    for named in ("Projekte, die sie führt: P-", "Vereinbarungen: V-1, V-2", "Sitze:", "Räume der Mitglieder:"):
        assert named in shown.text, named
    assert await talk.dump() == before
    assert (
        await talk.says("koord-m", "ja")
    ).text == "Augsburg (A): ausgetreten ab Do., 01.07.2027 – Beschluss des Stadtrats"
    assert "✅" in (await talk.says("koord-a", "!neu aktenzeichen V-2 A-1")).text
    talk.now = datetime(2027, 7, 1, 10, tzinfo=BERLIN)
    refused = await talk.says("koord-a", "!neu aktenzeichen V-2 A-2")
    assert "Dazu berechtigen Ihre heutigen Sitze nicht." in refused.text
    assert "Mitglied seit Juli 2019" in (await talk.says("koord-m", "!zeige A am:1.7.2020")).text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("!mitgliedschaft M interessiert", "Auf „Mitglied“ folgt „interessiert“ nicht."),
        ("!mitgliedschaft M mitglied", "Für M ist „Mitglied“ schon erfasst, und zwar ab Juli 2019."),
        ("!mitgliedschaft R ruhend", "Möglich ist:"),
        ("!mitgliedschaft STMD mitglied", "Partner"),
        ("!mitgliedschaft R mitglied ab:30.2.2027", "gibt es nicht"),
        ("!mitgliedschaft XX mitglied", "XX"),
    ],
)
async def test_states_follow_each_other_as_the_life_of_a_city_does(talk: Conversation, typed: str, says: str) -> None:
    before = await talk.dump()
    said = await talk.says("koord-m", typed)
    assert says in said.text
    assert said.text.endswith("Es wurde nichts geändert.")
    assert await talk.dump() == before


async def test_an_announced_exit_is_shown_and_moved_by_the_same_command(talk: Conversation) -> None:
    await talk.says("koord-m", "!mitgliedschaft N ausgetreten ab:1.1.2027 – Beschluss des Stadtrats")
    await talk.says("koord-m", "ja")
    shown = await talk.says("koord-m", "!zeige N")
    assert "Mitglied seit Juli 2019\nausgetreten ab Fr., 01.01.2027\n" in shown.text
    again = await talk.says("koord-m", "!mitgliedschaft N ausgetreten ab:1.1.2027")
    assert again.text.startswith("Für N ist „ausgetreten“ schon erfasst, und zwar ab Fr., 01.01.2027.")
    moved = await talk.says("koord-m", "!mitgliedschaft N ausgetreten ab:1.2.2027")
    assert "Letzter Tag als Mitglied: So., 31.01.2027" in moved.text
    assert "ausgetreten ab Fr., 01.01.2027" in (await talk.says("koord-m", "!zeige N")).text
    await talk.says("koord-m", "ja")
    assert "ausgetreten" not in (await talk.says("koord-m", "!zeige N am:1.7.2020")).text
    talk.now = datetime(2027, 1, 31, 10, tzinfo=BERLIN)
    assert "Mitglied seit Juli 2019" in (await talk.says("koord-m", "!zeige N")).text
    talk.now = datetime(2027, 2, 1, 10, tzinfo=BERLIN)
    assert "ausgetreten seit Mo., 01.02.2027" in (await talk.says("koord-m", "!zeige N")).text


async def test_a_city_that_rests_is_not_asked_to_hand_anything_over(talk: Conversation) -> None:
    shown = await talk.says("koord-m", "!mitgliedschaft N ruhend ab:1.1.2027")
    assert "Letzter Tag als Mitglied: Do., 31.12.2026" in shown.text
    assert "Zu klären" not in shown.text


async def test_a_city_whose_talks_break_off_was_never_a_member(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!mitgliedschaft R interessiert ab:1.12.2026")
    assert said.text == "Regensburg (R): interessiert ab Di., 01.12.2026."
    assert "Mitglied" not in (await talk.says("koord-m", "!zeige R am:1.7.2026")).text


# --- absences ---------------------------------------------------------------------------------------------------------


async def test_somebody_away_is_back_when_they_say_so(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("vertr-n", "!abwesend bis:30.11.2026 vertretung:@koordination:nuernberg.example")
    assert said.text == (
        "Vertretung Nürnberg ist abwesend: Mi., 18.11.2026 bis Mo., 30.11.2026, Vertretung: Koordination Nürnberg."
    )
    assert (await talk.says("vertr-n", "!da")).text == "Vertretung Nürnberg ist wieder da."
    assert await talk.dump() == before
    assert "nicht als abwesend erfasst" in (await talk.says("vertr-n", "!da")).text


async def test_a_colleague_may_record_it_and_nobody_elses(talk: Conversation) -> None:
    own = await talk.says("koord-n", "!abwesend @vertretung:nuernberg.example ab:1.12.2026 bis:4.12.2026")
    assert "ist abwesend: Di., 01.12.2026 bis Fr., 04.12.2026." in own.text
    told = [heard.text for heard in own.replies if heard.room != own.room or "für Sie" in heard.text]
    assert any("Koordination Nürnberg hat für Sie erfasst" in text for text in told)
    before = await talk.dump()
    other = await talk.says("vertr-n", "!abwesend @vertretung:augsburg.example bis:4.12.2026")
    assert "hat keinen Sitz in Ihrer Stadt" in other.text
    backwards = await talk.says("vertr-n", "!abwesend ab:4.12.2026 bis:1.12.2026")
    assert backwards.text.endswith("Es wurde nichts geändert.")
    assert await talk.dump() == before


async def test_a_reason_for_an_absence_is_never_kept(talk: Conversation) -> None:
    before = await talk.dump()
    said = await talk.says("vertr-n", "!abwesend bis:30.11.2026 – krank")
    assert "krank" in said.text
    assert await talk.dump() == before


async def test_a_new_absence_takes_the_place_of_what_it_overlaps(talk: Conversation) -> None:
    await talk.says("vertr-n", "!abwesend ab:20.11.2026 bis:30.11.2026")
    await talk.says("vertr-n", "!abwesend ab:25.11.2026 bis:10.12.2026")
    talk.now = datetime(2026, 11, 26, 10, tzinfo=BERLIN)
    assert (
        "Abwesend: Mi., 25.11.2026 bis Do., 10.12.2026"
        in (await talk.says("vertr-n", "!zeige Vertretung Nürnberg")).text
    )
    talk.now = datetime(2026, 11, 21, 10, tzinfo=BERLIN)
    assert "Fr., 20.11.2026 bis Di., 24.11.2026" in (await talk.says("vertr-n", "!zeige Vertretung Nürnberg")).text


# --- people -----------------------------------------------------------------------------------------------------------


async def test_guests_see_names_and_seats_but_not_expertise_and_contact(talk: Conversation) -> None:
    await talk.says("koord-m", "!ändern @vertretung:nuernberg.example e-mail:vertretung@nuernberg.example")
    inside = (await talk.says("referat-bst", "!zeige Vertretung Nürnberg", room="lenkung")).text
    outside = (await talk.says("referat-bst", "!zeige Vertretung Nürnberg", room="gast")).text
    assert "Fachgebiete: Formulare und Schriftform" in inside
    assert "vertretung@nuernberg.example" in inside
    assert outside == (
        "Vertretung Nürnberg\n"
        "Matrix-Kennung: `@vertretung:nuernberg.example`\n"
        "Sprache: Deutsch\n"
        "Sitze:\n"
        "- Nürnberg: Vertretung (referentenkreis), seit Fr., 01.01.2021"
    )


async def test_changing_somebody_in_a_guest_room_keeps_what_is_not_shown_there(talk: Conversation) -> None:
    await talk.says("koord-m", "!ändern @vertretung:nuernberg.example sprache:en", room="gast")
    assert "Fachgebiete: Formulare und Schriftform" in (await talk.says("koord-m", "!zeige Vertretung Nürnberg")).text


async def test_everybody_changes_their_own_contact_and_no_more(talk: Conversation) -> None:
    assert (await talk.says("koord-n", "!ändern @koordination:nuernberg.example telefon:+49-911-1")).text == "✅"
    own_name = await talk.says("koord-n", "!ändern @koordination:nuernberg.example name:Chefin")
    others = await talk.says("koord-n", "!ändern @vertretung:nuernberg.example telefon:+49-911-2")
    for refused in (own_name, others):
        assert refused.text.startswith("Bei sich selbst können Sie Sprache, E-Mail und Telefon ändern.")


# --- seats ------------------------------------------------------------------------------------------------------------


async def test_a_seat_changes_hands_and_its_city_is_told(talk: Conversation) -> None:
    said = await talk.says("koord-m", '!sitz N stimme @vertretung:nuernberg.example amt:"Leitung" ab:1.1.2027')
    assert said.text == (
        "Nürnberg – Stimme (referentenkreis): Vertretung Nürnberg, Leitung, ab Fr., 01.01.2027.\n"
        "Bis Do., 31.12.2026: Koordination Nürnberg."
    )
    notes = [r for r in said.replies[1:] if "Eingetragen von Koordination München." in r.text]
    told = {mxid for note in notes for mxid in note.content["m.mentions"]["user_ids"]}
    assert told == {"@koordination:nuernberg.example", "@vertretung:nuernberg.example"}


async def test_what_coordination_does_for_its_own_city_is_told_to_nobody(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!seat M press @vertretung:muenchen.example")
    assert len(said.replies) == 1


async def test_rights_come_with_the_first_day_of_a_seat_and_go_after_its_last(talk: Conversation) -> None:
    await talk.says("koord-m", "!sitz N koordination @koordination:nuernberg.example ab:20.11.2026 bis:23.11.2026")
    may = {}
    for day in (19, 20, 23, 24):
        talk.now = datetime(2026, 11, day, 9, tzinfo=BERLIN)
        said = await talk.says("koord-n", f"!neu stadt T{day} Teststadt")
        may[day] = "ist angelegt" in said.text
    assert may == {19: False, 20: True, 23: True, 24: False}


async def test_whoever_changes_to_another_city_loses_the_old_rights_that_day(talk: Conversation) -> None:
    before = await talk.says("vertr-n", "!ich", room="direkt")
    assert "für: Nürnberg" in before.text
    await talk.says("koord-m", "!sitz N vertretung vakant ab:1.12.2026")
    await talk.says("koord-m", "!sitz A mitglied @vertretung:nuernberg.example ab:1.12.2026")
    talk.now = datetime(2026, 11, 30, 23, 59, tzinfo=BERLIN)
    assert "für: Nürnberg." in (await talk.says("vertr-n", "!ich", room="direkt")).text
    talk.now = datetime(2026, 12, 1, 0, 1, tzinfo=BERLIN)
    after = (await talk.says("vertr-n", "!ich", room="direkt")).text
    assert "für: Augsburg." in after
    assert "Hier zeige ich, was in der Kooperation geteilt wird." in after


async def test_a_voting_seat_that_is_left_is_shown_as_vacant(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!seat N voting vacant")
    assert said.text == (
        "Nürnberg: Der Sitz (Stimme) ist ab Mi., 18.11.2026 nicht besetzt. Bisher: Koordination Nürnberg."
    )
    assert (
        "- Stimme (referentenkreis): nicht besetzt, seit Mi., 18.11.2026"
        in (await talk.says("koord-m", "!zeige N")).text
    )


async def test_the_last_coordination_may_go_and_is_told_what_follows(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!sitz M koordination vakant")
    assert "Damit gibt es keine Koordination mehr." in said.text
    refused = await talk.says("koord-m", "!neu stadt X Xstadt")
    assert refused.text.endswith("Es wurde nichts geändert.")


async def test_a_slip_with_a_seat_is_undone(talk: Conversation) -> None:
    before = await talk.dump()
    await talk.says("koord-m", "!sitz N stimme @vertretung:nuernberg.example")
    await talk.says("koord-m", "!rückgängig")
    assert await talk.dump() == before


# --- asking for a seat ------------------------------------------------------------------------------------------------


async def test_a_seat_is_asked_for_and_coordination_gets_the_lines_to_send(talk: Conversation) -> None:
    await talk.says("koord-m", "!ich", room="direkt")
    await talk.says("@neu:nuernberg.example", "!start", room="direkt")
    said = await talk.says(
        "@neu:nuernberg.example", '!sitz anfragen Nürnberg als:vertretung name:"Neue Vertretung"', room="direkt"
    )
    assert said.text == "Ihre Anfrage (Vertretung für „Nürnberg“) liegt bei der Koordination."
    assert said.replies[1].room == "!direkt-koordination:muenchen.example"
    assert said.replies[1].text == (
        "Neue Vertretung (`@neu:nuernberg.example`) bittet um einen Sitz: Vertretung für „Nürnberg“.\n"
        "Bitte prüfen Sie, wer das ist. Wenn es passt, senden Sie:\n"
        '!neu person @neu:nuernberg.example "Neue Vertretung"\n'
        "!sitz N vertretung @neu:nuernberg.example"
    )
    for line in said.replies[1].text.splitlines()[2:]:
        done = await talk.says("koord-m", line, room="direkt")
        assert "Es wurde nichts geändert" not in done.text
    assert "Nürnberg: Vertretung" in (await talk.says("@neu:nuernberg.example", "!ich", room="direkt")).text


async def test_asking_for_a_seat_does_not_tell_which_cities_there_are(talk: Conversation) -> None:
    await talk.says("@fremd:example.org", "!start", room="direkt")
    there = await talk.says("@fremd:example.org", "!seat request Augsburg", room="direkt")
    nowhere = await talk.says("@fremd:example.org", "!seat request Atlantis", room="direkt")
    assert there.text.replace("Augsburg", "…") == nowhere.text.replace("Atlantis", "…")


# --- lists ------------------------------------------------------------------------------------------------------------


async def test_a_list_shows_ten_lines_and_goes_on_when_asked(talk: Conversation) -> None:
    said = await talk.says("koord-m", "!liste personen", room="direkt")
    assert said.text.splitlines()[-1] == "Noch 5 Einträge: `mehr`"
    assert len(said.text.splitlines()) == 11
    more = await talk.says("koord-m", "mehr", room="direkt")
    assert len(more.text.splitlines()) == 5
    assert not set(more.text.splitlines()) & set(said.text.splitlines())


async def test_lists_in_english(talk: Conversation) -> None:
    assert "- R · Regensburg – in talks since Mon, 14 Sept 2026" in (await talk.says("vertr-m", "!list cities")).text
    seats = (await talk.says("vertr-m", "!list seats")).text
    assert "- Nuremberg – deputy (referentenkreis): Vertretung Nürnberg, since Fri, 1 Jan 2021" in seats
    assert (await talk.says("vertr-m", "!seats")).text == seats


async def test_strangers_in_a_direct_chat_see_no_city_and_no_person(talk: Conversation) -> None:
    await talk.says("@fremd:example.org", "!start", room="direkt")
    for line in ("!liste städte", "!liste personen", "!liste sitze"):
        said = await talk.says("@fremd:example.org", line, room="direkt")
        assert said.text == "Hier ist nichts weiter eingetragen."


# --- who may ----------------------------------------------------------------------------------------------------------

CHANGES = (
    "!neu stadt X Xstadt",
    "!ändern A hinweis",
    "!neu person Irgendwer",
    "!sitz A mitglied @vertretung:augsburg.example",
    "!ändern A name:Augsburg-Stadt",
    "!ändern Vertretung Augsburg name:Anders",
)


@pytest.mark.parametrize("who", ["koord-a", "vertr-m", "koord-r", "referat-bst", "@fremd:example.org"])
async def test_only_coordination_changes_cities_people_and_seats(talk: Conversation, who: str) -> None:
    before = await talk.dump()
    for line in CHANGES:
        said = await talk.says(who, line)
        assert {"Es wurde nichts geändert.", "Nothing was changed."} & {*said.text.splitlines()}
    assert await talk.dump() == before


async def test_administration_may_everything_only_while_nobody_coordinates(blank: Conversation) -> None:
    made = await blank.says("admin", "!neu stadt M München server:muenchen.example feiertage:BY,katholisch")
    assert "ist angelegt" in made.text
    await blank.says("admin", '!neu person @koordination:muenchen.example "Koordination München"')
    await blank.says("admin", "!sitz M koordination @koordination:muenchen.example ab:morgen")
    assert "ist angelegt" in (await blank.says("admin", "!neu stadt N Nürnberg")).text
    blank.now += timedelta(days=1)
    assert "Es wurde nichts geändert." in (await blank.says("admin", "!neu stadt A Augsburg")).text
    done = await blank.says("@koordination:muenchen.example", "!neu stadt A Augsburg")
    assert "ist angelegt" in done.text


async def test_a_membership_is_not_replaced_on_its_first_day_without_agreement(talk: Conversation) -> None:
    before = await talk.dump()
    shown = await talk.says("koord-m", "!mitgliedschaft M interessiert ab:1.7.2019")
    assert "`ja`" in shown.text
    assert await talk.dump() == before


async def test_a_new_absence_takes_nothing_of_a_later_one_that_goes_on_after_it(talk: Conversation) -> None:
    await talk.says("vertr-m", "!abwesend ab:1.12.2026 bis:20.12.2026")
    await talk.says("vertr-m", "!abwesend ab:25.11.2026 bis:5.12.2026")
    shown = (await talk.says("vertr-m", "!zeige @vertretung:muenchen.example")).text
    assert "25 Nov 2026 to Sat, 5 Dec 2026" in shown
    assert "6 Dec 2026 to Sun, 20 Dec 2026" in shown


@pytest.mark.parametrize("by_reply", [True, False])
async def test_a_second_yes_does_not_confirm_what_was_shown_earlier(talk: Conversation, *, by_reply: bool) -> None:
    await talk.says("koord-m", "!mitgliedschaft A ausgetreten ab:1.7.2027")
    shown = await talk.says("koord-m", "!mitgliedschaft R mitglied ab:1.1.2027")
    await talk.says("koord-m", "ja", reply_to=shown if by_reply else None)
    before = await talk.dump()
    await talk.says("koord-m", "ja")
    assert await talk.dump() == before

"""The commands about cities, people and seats, declared."""

from commands.framework.command import AnyCommand, Command, Example, Right, words
from commands.members.absences import away, back
from commands.members.args import (
    AwayArgs,
    BackArgs,
    CityArgs,
    EditCityArgs,
    EditPersonArgs,
    ListArgs,
    MeArgs,
    MembershipArgs,
    PersonArgs,
    RequestArgs,
    SeatArgs,
    ShowCityArgs,
    ShowPersonArgs,
)
from commands.members.cities import edit_city, new_city, show_city
from commands.members.lists import CITIES, LIST, PEOPLE, SEATS, list_cities, list_people, list_seats
from commands.members.membership import Previewed, membership
from commands.members.people import about_me, edit_person, new_person, show_person
from commands.members.seats import request_seat, seat

NEW, SHOW, EDIT, SEAT = words("neu", "new"), words("zeige", "show"), words("ändern", "edit"), words("sitz", "seat")

ABOUT_CITIES: tuple[AnyCommand, ...] = (
    Command(
        name="members.city",
        verb=NEW,
        object=words("stadt", "city"),
        args=CityArgs,
        run=new_city,
        right=Right.COORDINATION,
        examples=(
            Example(
                de="!neu stadt FÜ Fürth server:fuerth.example feiertage:BY zustand:gespräche",
                en="!new city FÜ Fürth server:fuerth.example holidays:BY state:talks",
            ),
            Example(
                de='!neu stadt AKDB "Anstalt für Kommunale Datenverarbeitung" art:unternehmen',
                en='!new city AKDB "Anstalt für Kommunale Datenverarbeitung" kind:business',
            ),
        ),
    ),
    Command(
        name="members.edit_city",
        verb=EDIT,
        subject="cities",
        args=EditCityArgs,
        run=edit_city,
        right=Right.COORDINATION,
        examples=(Example(de="!ändern M feiertage:BY alias:LHM", en="!edit M holidays:BY alias:LHM"),),
    ),
    Command(
        name="members.show_city",
        verb=SHOW,
        subject="cities",
        args=ShowCityArgs,
        run=show_city,
        right=Right.EVERYBODY,
        examples=(
            Example(de="!zeige M", en="!show M"),
            Example(de="!zeige Nürnberg am:1.7.2020", en="!show Nuremberg on:2020-07-01"),
        ),
        changes=False,
    ),
    Command(
        name="members.list_cities",
        verb=LIST,
        object=CITIES,
        args=ListArgs,
        run=list_cities,
        right=Right.EVERYBODY,
        examples=(Example(de="!liste städte", en="!list cities"),),
        changes=False,
    ),
)

ABOUT_PEOPLE: tuple[AnyCommand, ...] = (
    Command(
        name="members.person",
        verb=NEW,
        object=words("person", "person"),
        args=PersonArgs,
        run=new_person,
        right=Right.COORDINATION,
        examples=(
            Example(
                de='!neu person @presse:nuernberg.example "Presse Nürnberg" sprache:de',
                en='!new person @presse:nuernberg.example "Presse Nürnberg" language:de',
            ),
        ),
    ),
    Command(
        name="members.edit_person",
        verb=EDIT,
        subject="people",
        args=EditPersonArgs,
        run=edit_person,
        right=Right.EVERYBODY,
        examples=(
            Example(
                de="!ändern @vertretung:muenchen.example fachgebiete:OZG, Formulare",
                en="!edit @vertretung:muenchen.example expertise:OZG, forms",
            ),
            Example(
                de="!ändern @koordination:muenchen.example e-mail:koordination@muenchen.example",
                en="!edit @koordination:muenchen.example email:koordination@muenchen.example",
            ),
        ),
    ),
    Command(
        name="members.show_person",
        verb=SHOW,
        subject="people",
        args=ShowPersonArgs,
        run=show_person,
        right=Right.EVERYBODY,
        examples=(
            Example(de="!zeige Koordination München", en="!show Koordination München"),
            Example(de="!zeige @digital:regensburg.example", en="!show @digital:regensburg.example"),
        ),
        changes=False,
    ),
    Command(
        name="members.list_people",
        verb=LIST,
        object=PEOPLE,
        args=ListArgs,
        run=list_people,
        right=Right.EVERYBODY,
        examples=(Example(de="!liste personen", en="!list people"),),
        changes=False,
    ),
)

ABOUT_SEATS: tuple[AnyCommand, ...] = (
    Command(
        name="members.seat",
        verb=SEAT,
        args=SeatArgs,
        run=seat,
        right=Right.COORDINATION,
        examples=(
            Example(
                de='!sitz M stimme @vertretung:muenchen.example amt:"Leitung" ab:1.1.2027',
                en='!seat M voting @vertretung:muenchen.example office:"Leitung" from:2027-01-01',
            ),
            Example(de="!sitz N vertretung vakant", en="!seat N deputy vacant"),
        ),
    ),
    Command(
        name="members.request",
        verb=SEAT,
        object=words("anfragen", "request"),
        args=RequestArgs,
        run=request_seat,
        right=Right.EVERYBODY,
        examples=(
            Example(de="!sitz anfragen M", en="!seat request M"),
            Example(de="!sitz anfragen Nürnberg als:vertretung", en="!seat request Nuremberg as:deputy"),
        ),
        changes=False,
    ),
    Command(
        name="members.list_seats",
        verb=LIST,
        object=SEATS,
        args=ListArgs,
        run=list_seats,
        right=Right.EVERYBODY,
        examples=(Example(de="!liste sitze", en="!list seats"),),
        changes=False,
    ),
)


def about_membership(preview: Previewed) -> AnyCommand:
    """The command that records what a city is, with its check list."""
    return Command(
        name="members.membership",
        verb=words("mitgliedschaft", "membership"),
        args=MembershipArgs,
        run=membership,
        preview=preview,
        right=Right.COORDINATION,
        examples=(
            Example(de="!mitgliedschaft R mitglied ab:1.1.2027", en="!membership R member from:2027-01-01"),
            Example(
                de="!mitgliedschaft A ausgetreten ab:1.7.2027 – Beschluss des Stadtrats",
                en="!membership A left from:2027-07-01 – decision of the city council",
            ),
        ),
    )


ABSENCES: tuple[AnyCommand, ...] = (
    Command(
        name="members.away",
        verb=words("abwesend", "away"),
        args=AwayArgs,
        run=away,
        right=Right.SEATED,
        examples=(
            Example(de="!abwesend bis:31.12.2026", en="!away until:2026-12-31"),
            Example(
                de="!abwesend @vertretung:muenchen.example ab:1.12.2026 bis:31.12.2026",
                en="!away @vertretung:muenchen.example from:2026-12-01 until:2026-12-31",
            ),
        ),
    ),
    Command(
        name="members.back",
        verb=words("da", "back"),
        args=BackArgs,
        run=back,
        right=Right.SEATED,
        bang=True,
        examples=(Example(de="!da @vertretung:muenchen.example", en="!back @vertretung:muenchen.example"),),
    ),
)

ABOUT_ME: tuple[AnyCommand, ...] = (
    Command(
        name="members.me",
        verb=words("ich", "whoami"),
        args=MeArgs,
        run=about_me,
        right=Right.EVERYBODY,
        examples=(
            Example(de="!ich", en="!whoami"),
            Example(de="!ich bestätigung:text", en="!whoami confirmation:text"),
        ),
    ),
)

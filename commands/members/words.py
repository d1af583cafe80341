"""Words that only commands about members use, and lines ready to be typed in the language of whoever reads them."""

from commands.framework.reply import Foreign, Say, say
from storage.seats.record import Role
from storage.values import Language, Vocabulary


class Vacancy(Vocabulary):
    """Said in place of a holder: the seat is left."""

    VACANT = "vacant"


def one_of(language: Language, *, de: str, en: str) -> str:
    """The line in this language."""
    return de if language is Language.DE else en


ROLE_WORDS: dict[Role, tuple[str, str]] = {
    Role.VOTING: ("stimme", "voting"),
    Role.DEPUTY: ("vertretung", "deputy"),
    Role.OFFICE: ("büro", "office"),
    Role.PRESS: ("presse", "press"),
    Role.MEMBER: ("mitglied", "member"),
    Role.COORDINATION: ("koordination", "coordination"),
    Role.GUEST: ("gast", "guest"),
}


def seat_line(language: Language, city: str, role: Role, holder: str) -> str:
    """`!sitz M stimme @…`, ready to be sent."""
    german, english = ROLE_WORDS[role]
    return one_of(language, de=f"!sitz {city} {german} {holder}", en=f"!seat {city} {english} {holder}")


def asker(name: str | None, mxid: str) -> Say:
    """Somebody the register may not know, as they are named to others."""
    if name is None:
        return say("members.reply.asker_unknown", mxid=mxid)
    return say("members.reply.asker", name=Foreign(name), mxid=mxid)

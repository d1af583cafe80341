"""Refusals: errors of the domain that carry facts; their sentences are in the texts of both languages."""

from typing import Any, ClassVar


class Refusal(Exception):
    """Something cannot be done as asked. Subclasses are frozen facts; the text key is derived from the class.

    The key is `<package>.error.<ClassName>`, where the package is the room that declares it. The text says what is
    wrong; `understood` what was understood so far, and `hint` the next correct command, ready to copy.
    """

    room: ClassVar[str]
    number: int | None = None
    """The line that failed, counted from 1, where the message has several."""

    def __init__(
        self, *, hint: str | None = None, understood: Any = None, about: str | None = None, **facts: Any
    ) -> None:
        """Keep the facts for the text's placeholders; `about` is the key of a record that the refusal shows."""
        super().__init__(type(self).__name__)
        self.facts = facts
        self.hint = hint
        self.understood = understood
        self.about = about

    def __init_subclass__(cls) -> None:
        """Derive the room from the module: `commands.projects.rules` belongs to `projects`."""
        cls.room = cls.__module__.split(".")[1]

    @classmethod
    def text_key(cls) -> str:
        """Where its sentence stands."""
        return f"{cls.room}.error.{cls.__name__}"

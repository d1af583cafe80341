"""Words that only commands about rooms use."""

from storage.values import Vocabulary


class Switch(Vocabulary):
    """On or off."""

    ON = "on"
    OFF = "off"

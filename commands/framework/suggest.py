"""What somebody may have meant who mistyped a word."""

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from commands.framework.tokens import folded

_MOST = 3


def nearest(given: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Those of the candidates that differ least from `given`, at most three; none if all differ too much.

    Compared as they are folded; a beginning of at least three letters counts, if nothing is nearer.
    """
    typed = folded(given)
    spelled = {folded(candidate): candidate for candidate in candidates}
    spelled.pop(typed, None)
    allowed = _slips(typed)
    apart = {word: OSA.distance(typed, word, score_cutoff=allowed) for word in spelled} if allowed else {}
    closest = min(apart.values(), default=allowed + 1)
    found = [word for word, distance in apart.items() if distance == closest <= allowed]
    if not found and len(typed) >= 3:
        found = [word for word in spelled if word.startswith(typed)]
    return tuple(spelled[word] for word in sorted(found)[:_MOST])


def _slips(word: str) -> int:
    """How many slips a word of this length may hold: a short one is soon another word."""
    return 0 if len(word) < 3 else 1 if len(word) < 5 else 2 if len(word) < 9 else 3

"""Phrases that lead from a period talked about to its neighbour: "in der Woche davor", "the month after"."""

from dataclasses import replace
from datetime import date

from commands.calendar.chart import Grammar
from commands.calendar.periods import unit_around
from commands.calendar.values import Range, Step

STEPS = Grammar()
phrase = STEPS.phrase

_BACK = ("davor", "vorher", "zuvor", "before", "earlier", "vorangegangene", "vorangegangenen", "preceding")


@phrase(
    "step", "am|an|im|in|on|the|der|die|das? der|the|den|das? u:ONE way:davor|vorher|zuvor|danach|darauf|before|after"
)
@phrase("step", "am|an|im|in|on|the|der|die|das? der|the|den|das? u:ONE way:earlier|later")
@phrase("step", "am|the|der? u:tag|day way:davor|vorher|danach|darauf|before|after")
@phrase("step", "am|an|im|in|the|der|die? der|the|den? "
        "way:folgende|folgenden|vorangegangene|vorangegangenen|following|preceding u:ONE")  # fmt: skip
def _step(u: str, way: str) -> Step:
    unit = "day" if u in ("tag", "day") else u
    return Step(unit=unit, shift=-1 if way in _BACK else 1)


def stepped(said: Range, step: Step) -> Range | None:
    """The neighbouring calendar unit of a period; None where it is open on the side that is stepped to."""
    edge: date | None = said.start if step.shift < 0 else said.end
    if edge is None:
        return None
    inside = edge if step.shift < 0 else edge.fromordinal(edge.toordinal() - 1)
    found = unit_around(step.unit, inside, step.shift)
    return replace(said, start=found.start, end=found.end, grain=found.grain, span=step.span)

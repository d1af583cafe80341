"""The grammar of date phrases, put together from its parts."""

from commands.calendar.amounts import AMOUNTS
from commands.calendar.chart import Grammar
from commands.calendar.cycles import CYCLES
from commands.calendar.ranges import RANGES
from commands.calendar.recurrence import RECURRENCE
from commands.calendar.spans import SPANS
from commands.calendar.steps import STEPS
from commands.calendar.units import UNITS
from commands.calendar.weekdays import WEEKDAYS

GRAMMAR = Grammar(CYCLES, SPANS, WEEKDAYS, UNITS, AMOUNTS, RECURRENCE, RANGES, STEPS)
"""Phrases a text is asked for: `top` (a period or rule in a question), `value`, `barevalue`
and `wholevalue` (a field), `amount`,
`often` (durations), `step` (from one period to its neighbour)."""

LITERALS = GRAMMAR.words()
"""The words it names beside those of the lexicon."""

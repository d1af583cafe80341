"""What many measurements of the same thing say: their median, and how far they lie apart."""

import statistics
from collections.abc import Sequence


def median(seconds: Sequence[float]) -> float:
    """The median in milliseconds."""
    return statistics.median(seconds) * 1000


def middle(seconds: Sequence[float]) -> str:
    """Between which milliseconds the middle half of the measurements lies."""
    low, _, high = statistics.quantiles(seconds, n=4, method="inclusive")
    return f"{low * 1000:.0f}–{high * 1000:.0f}"


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile in milliseconds."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1] * 1000

"""Tell how many a line stands for, so that counts stay true whatever was sampled or left out."""

from __future__ import annotations

import math
from typing import Any

# OpenTelemetry's consistent sampling has 56 random bits: no smaller probability can have been applied.
_SMALLEST = 2.0**-56


def of(record: dict[str, Any]) -> float:
    """Return how many lines a line stands for: 1/rate; 1 where it says nothing, or nothing that can be true.

    None where head sampling had left it out, and its unit was kept for a fault: those that were kept at the head stand
    for it.

    Args:
        record: The line; `sampling.rate` is the probability with which it was kept.
    """
    if _sampling(record).get("reason") == "kept":
        return 0.0
    rate = _sampling(record).get("rate")
    if isinstance(rate, bool) or not isinstance(rate, (int, float)):
        return 1.0
    # A line that was counted stands for a whole number, which a double of its inverse misses by a hair.
    return whole(1.0 / rate) if _SMALLEST <= rate <= 1.0 else 1.0


def is_summary(record: dict[str, Any]) -> bool:
    """Tell whether a line is not one of those it counts, but tells of them: what a limit left out."""
    return _sampling(record).get("reason") == "limit"


def whole(number: float) -> float:
    """Return the whole number next to a sum of weights, where only rounding lies between."""
    near = float(round(number))
    return near if math.isclose(number, near, rel_tol=1e-9) else number


def _sampling(record: dict[str, Any]) -> dict[str, Any]:
    sampling = record.get("sampling")
    return sampling if isinstance(sampling, dict) else {}

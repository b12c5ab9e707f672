"""All hostile cases, the same in every run."""

from __future__ import annotations

from functools import cache
from random import Random

from tests.redaction.hostile import coded, disguised, odd, split, spoken, structured
from tests.redaction.hostile.case import Hostile

_SEED = 20_261_123


@cache
def everything() -> tuple[Hostile, ...]:
    """Return the cases of every file."""
    parts = (coded, disguised, split, structured, spoken, odd)
    return tuple(case for place, part in enumerate(parts) for case in part.cases(Random(_SEED + place)))

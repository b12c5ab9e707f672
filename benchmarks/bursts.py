"""Measure bursts of work, each followed by a flush, so that what works in the background is measured with it."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from pathlib import Path

BURST = 300

Work = Callable[[int], object]
"""Does so many of what is measured."""


def cpu_of_bursts(work: Work, flush: Callable[[], object], quick: bool, burst: int = BURST) -> float:
    """Return the median CPU time of one piece of work, in microseconds; threads of the process included."""
    blocks = []
    for number in range(bursts(quick)):
        gc.collect()
        begin = time.process_time_ns()
        work(burst)
        flush()
        # The first one warms up.
        if number:
            blocks.append((time.process_time_ns() - begin) / burst / 1000)
    return statistics.median(blocks)


def bursts(quick: bool) -> int:
    """Return how many bursts there are, the first one included."""
    return 4 if quick else 11


def done(quick: bool, burst: int = BURST) -> int:
    """Return how many pieces of work are done."""
    return bursts(quick) * burst


def expect(what: str, found: int, least: int) -> None:
    """Refuse a measurement that did less than it says.

    Raises:
        SystemExit: Fewer were found.
    """
    if found < least:
        raise SystemExit(f"{found} of {least} {what} were found: this would mislead")


def written(place: Path, mark: bytes) -> int:
    """Return how often something stands in the lines of a journal, or of a file."""
    paths = [place] if place.is_file() else place.rglob("*.jsonl")
    return sum(path.read_bytes().count(mark) for path in paths)

"""Measure the CPU time of many calls."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

BLOCKS = 5


def cpu_per_call(call: Callable[[], object], *, calls: int, warm: int = 500) -> float:
    """Return the median CPU time of one call, in microseconds, over some blocks; threads of the process included."""
    for _ in range(warm):
        call()
    blocks = []
    for _ in range(BLOCKS):
        gc.collect()
        begin = time.process_time_ns()
        for _ in range(calls):
            call()
        blocks.append((time.process_time_ns() - begin) / calls / 1000)
    return statistics.median(blocks)

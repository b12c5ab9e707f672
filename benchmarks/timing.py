"""Measure the CPU time of many calls."""

from __future__ import annotations

import gc
import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

BLOCKS = 5
T = TypeVar("T")

Batch = Callable[[int], Sequence[T]]
"""Makes so many things to call with, before the clock runs."""


class Plan:
    """How long one figure is measured: so many blocks, each about so many seconds long."""

    def __init__(self, quick: bool) -> None:
        self.blocks = 5 if quick else 7
        self.seconds = 0.01 if quick else 0.03

    def calls(self, call: Callable[[T], object], batch: Batch[T]) -> int:
        """Warm up, and return how many calls a block takes."""
        taken, quickest = 0.0, float("inf")
        while taken < 4 * self.seconds or taken == 0.0:
            used = cpu_of(call, batch(100))
            taken, quickest = taken + used, min(quickest, used / 100)
        return max(50, min(20_000, int(self.seconds / quickest)))


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


def cpu_of(call: Callable[[T], object], each: Iterable[T]) -> float:
    """Return the CPU time of a call with each of them, in seconds; threads of the process included."""
    begin = time.process_time_ns()
    for one in each:
        call(one)
    return (time.process_time_ns() - begin) / 1e9


def in_turn(things: Sequence[T]) -> Batch[T]:
    """Return what hands out these things, over and over."""
    turn = itertools.cycle(things)
    return lambda count: list(itertools.islice(turn, count))


def cpu_per_item(
    call: Callable[[T], object], batch: Batch[T], quick: bool, done: Callable[[int], object] = lambda calls: None
) -> float:
    """Return the median CPU time of one call, in microseconds, over blocks of equal length.

    Args:
        call: What is measured.
        batch: Makes what the calls of a block get.
        quick: Whether a first impression will do.
        done: Told how many calls there were, after each block.
    """
    plan = Plan(quick)
    calls = plan.calls(call, batch)
    done(0)
    blocks = []
    for _ in range(plan.blocks):
        each = batch(calls)
        gc.collect()
        blocks.append(cpu_of(call, each) / calls * 1e6)
        done(calls)
    return statistics.median(blocks)


def cpu_in_turns(
    calls: Mapping[str, Callable[[T], object]], batch: Batch[T], quick: bool
) -> Iterator[dict[str, float]]:
    """Yield rounds of the CPU time of each of the calls, in microseconds: they take turns within this process."""
    plan = Plan(quick)
    counts = {name: plan.calls(call, batch) for name, call in calls.items()}
    for _ in range(plan.blocks):
        found = {}
        for name, call in calls.items():
            each = batch(counts[name])
            gc.collect()
            found[name] = cpu_of(call, each) / counts[name] * 1e6
        yield found

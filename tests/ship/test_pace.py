"""Slices of work and the rests between them."""

from __future__ import annotations

import pytest

from obskit.ship.pace import Pacer


class Time:
    """A clock that moves when it is told to, or when someone sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.rests: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds


def test_a_slice_that_is_not_full_goes_on() -> None:
    """Below half a millisecond of work nothing is done."""
    time = Time()
    pacer = Pacer(time.clock, time.sleep)

    time.now += 0.0004
    pacer.pause_if_due()

    assert time.rests == []


def test_a_full_slice_is_followed_by_four_times_its_length_of_rest() -> None:
    """The rest is in proportion to the work that was done; after it a new slice begins."""
    time = Time()
    pacer = Pacer(time.clock, time.sleep)

    for _ in range(4):
        time.now += 0.0003
        pacer.pause_if_due()

    assert pytest.approx([0.0024, 0.0024]) == time.rests


def test_a_process_that_was_stopped_does_not_sleep_for_it() -> None:
    """An hour in SIGSTOP is no hour of work."""
    time = Time()
    pacer = Pacer(time.clock, time.sleep)

    time.now += 3600
    pacer.pause_if_due()

    assert pytest.approx(time.rests) == [0.2]


def test_waiting_for_something_else_is_no_work() -> None:
    """`start` begins a slice anew."""
    time = Time()
    pacer = Pacer(time.clock, time.sleep)

    time.now += 5
    pacer.start()
    pacer.pause_if_due()

    assert time.rests == []


def test_an_interrupted_rest_passes_on_and_begins_a_new_slice() -> None:
    """What the sleep raises reaches the caller; the work before it is not counted again."""
    time = Time()

    def interrupted(seconds: float) -> None:
        time.rests.append(seconds)
        raise InterruptedError

    pacer = Pacer(time.clock, interrupted)
    time.now += 0.001
    with pytest.raises(InterruptedError):
        pacer.pause_if_due()
    pacer.pause_if_due()

    assert len(time.rests) == 1

from __future__ import annotations

import sys
import threading

from hypothesis import given
from hypothesis import strategies as st

from obskit.decide.sampling import FORCED_BURST, FORCED_PER_SECOND, Forced


def test_a_burst_then_the_rate() -> None:
    """A full bucket gives its tokens at once, and then as many a second as come back."""
    forced = Forced(per_second=10.0, burst=5)
    assert [forced.takes(100.0) for _ in range(6)] == [True] * 5 + [False]
    assert [forced.takes(100.1) for _ in range(2)] == [True, False]
    assert sum(forced.takes(100.1 + step / 100) for step in range(1, 101)) == 10


def test_it_is_full_again_after_a_while_and_no_fuller() -> None:
    """Tokens that nobody takes do not pile up beyond the burst."""
    forced = Forced(per_second=10.0, burst=5)
    assert all(forced.takes(0.0) for _ in range(5))
    assert sum(forced.takes(1000.0) for _ in range(50)) == 5


def test_looking_takes_nothing() -> None:
    """`spent` tells what `takes` would say."""
    forced = Forced(per_second=1.0, burst=1)
    assert [forced.spent(0.0), forced.takes(0.0), forced.spent(0.5), forced.takes(0.5)] == [False, True, True, False]
    assert [forced.spent(1.0), forced.spent(1.0), forced.takes(1.0)] == [False, False, True]


def test_a_clock_that_has_run_for_years() -> None:
    """The whole burst is there, however large the numbers of the clock are."""
    forced = Forced()
    assert sum(forced.takes(1e9) for _ in range(500)) == FORCED_BURST


@given(steps=st.lists(st.floats(0, 0.05), max_size=300))
def test_never_more_than_the_burst_and_what_has_come_back(steps) -> None:
    """Whatever the callers do, no more is taken than rate and burst allow; and what `spent` says, holds."""
    forced, now, taken = Forced(), 0.0, 0
    for step in steps:
        now += step
        spent = forced.spent(now)
        got = forced.takes(now)
        assert got is not spent
        taken += got
    assert taken <= FORCED_BURST + now * FORCED_PER_SECOND + 1


def test_threads_at_once() -> None:
    """Threads that take at the same moment get what is there, not more."""
    forced = Forced(per_second=1.0, burst=500)
    taken: list[int] = []
    start = threading.Barrier(8)

    def take() -> None:
        start.wait()
        taken.append(sum(forced.takes(5.0) for _ in range(200)))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=take) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert sum(taken) == 500

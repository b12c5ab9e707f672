from __future__ import annotations

import signal
import sys
import threading

from obskit.runtime.tally import Tally


def test_counts_are_kept_by_name() -> None:
    """One, many, and none of what was never counted."""
    tally = Tally()
    tally.add("b")
    tally.add("a", 41)
    tally.add("a")
    assert tally.all() == {"a": 42, "b": 1}
    assert list(tally.all()) == ["a", "b"]
    assert tally.of("never") == 0
    assert "never" not in tally.all()


def test_looking_does_not_count() -> None:
    """Two looks show the same."""
    tally = Tally()
    tally.add("a", 3)
    assert [tally.of("a"), tally.of("a"), tally.all()["a"]] == [3, 3, 3]


def test_nothing_is_lost_between_threads() -> None:
    """Also where they count a name for the first time together."""
    tally = Tally()
    together = threading.Barrier(4)

    def count() -> None:
        together.wait()
        for n in range(5000):
            tally.add(f"name{n % 50}")

    former = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(former)
    assert tally.all() == {f"name{n}": 400 for n in sorted(range(50), key=str)}


def test_a_signal_handler_counts_in_the_middle_of_a_count() -> None:
    """It waits for nobody, and no count is lost."""
    tally = Tally()
    handled = 0

    def handle(*_: object) -> None:
        nonlocal handled
        handled += 1
        tally.add("a")

    former = signal.signal(signal.SIGALRM, handle)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        done = 0
        while handled < 20:
            tally.add("a")
            done += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
    assert tally.of("a") == done + handled

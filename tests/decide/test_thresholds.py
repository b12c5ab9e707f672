from __future__ import annotations

import sys
import threading

from obskit.decide.thresholds import Thresholds


def test_the_longest_matching_name_decides() -> None:
    """A child's own level wins over its parent's, which wins over the default."""
    thresholds = Thresholds(20, {"a": 30, "a.b": 10})
    assert [thresholds.of(name) for name in ("x", "a", "a.c", "a.b", "a.b.c", "ab")] == [20, 30, 30, 10, 10, 20]


def test_the_cache_of_names_is_bounded() -> None:
    """Ten thousand names made at run time do not stay in memory."""
    thresholds = Thresholds(20, {})
    for n in range(10_000):
        thresholds.of(f"job.{n}")
    assert len(thresholds._table.known) <= 4096


def test_names_that_were_forgotten_are_found_again() -> None:
    """A logger's level is the same before and after the cache has begun anew."""
    thresholds = Thresholds(20, {"job": 10})
    assert thresholds.of("job.first") == 10
    for n in range(5000):
        thresholds.of(f"other.{n}")
    assert thresholds.of("job.first") == 10


def test_the_root_and_odd_names_have_a_level() -> None:
    """An empty name and stray dots are no reason to fail."""
    thresholds = Thresholds(20, {"a": 30})
    assert [thresholds.of(name) for name in ("", ".", "..a", "a.", "a..b")] == [20, 20, 20, 30, 30]


def test_levels_changed_by_their_owner_afterwards_do_not_count() -> None:
    """The configuration is the one that init() was given."""
    given = {"a": 30}
    thresholds = Thresholds(20, given)
    given["a"] = 50
    assert thresholds.of("a") == 30


def test_a_change_lies_over_what_was_given_and_a_reset_takes_it_off() -> None:
    """Names that the change says nothing of keep their level; afterwards all is as at first."""
    thresholds = Thresholds(20, {"a": 30, "b": 40})
    names = ("x", "a.c", "b", "c.d")
    before = [thresholds.of(name) for name in names]
    thresholds.change(10, {"b": 5, "c": 50})
    assert [thresholds.of(name) for name in names] == [10, 30, 5, 50]
    thresholds.change(None, {"c": 50})
    assert [thresholds.of(name) for name in names] == [20, 30, 40, 50]
    thresholds.reset()
    assert [thresholds.of(name) for name in names] == before


def test_each_change_has_a_generation_of_its_own() -> None:
    """Whoever keeps an answer sees by it that he must ask again."""
    thresholds = Thresholds(20, {})
    seen = [thresholds.generation]
    thresholds.change(10, {})
    seen.append(thresholds.generation)
    thresholds.reset()
    seen.append(thresholds.generation)
    thresholds.renew(lambda: None)
    seen.append(thresholds.generation)
    assert seen == sorted(set(seen))


def test_an_answer_kept_with_its_generation_is_never_a_former_one() -> None:
    """Whoever reads the generation first, then asks, holds an old answer only under an old generation."""
    thresholds = Thresholds(0, {})
    wrong: list[tuple[int, int]] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            generation = thresholds.generation
            level = thresholds.of("a")
            # The n-th change sets level n, and has generation n.
            if level < generation:
                wrong.append((generation, level))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=ask) for _ in range(3)]
    try:
        for thread in threads:
            thread.start()
        for n in range(1, 2000):
            thresholds.change(n, {})
    finally:
        done.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(interval)
    assert wrong == []


def test_after_a_fork_whoever_asks_first_is_told_of_once() -> None:
    """The levels stay as they were, and the call comes with the first question only."""
    thresholds = Thresholds(20, {})
    thresholds.change(10, {})
    thresholds.of("a")
    calls: list[str] = []
    thresholds.renew(lambda: calls.append("asked"))
    assert calls == []
    assert [thresholds.of("a"), thresholds.of("b")] == [10, 10]
    assert calls == ["asked"]

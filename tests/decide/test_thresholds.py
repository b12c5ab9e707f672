from __future__ import annotations

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
    assert len(thresholds._known) <= 4096


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

from __future__ import annotations

import pytest

from obskit.decide import levels
from obskit.decide.sampling import Sampler
from obskit.decide.thresholds import Thresholds


@pytest.mark.parametrize(("given", "name"), [("warning", "WARN"), ("Critical", "FATAL"), (25, "INFO"), (3, "TRACE")])
def test_levels_have_one_name_each(given: str | int, name: str) -> None:
    """Names of either world and numbers in between come out as the schema's."""
    assert levels.name(levels.number(given)) == name


def test_an_unknown_level_says_what_is_accepted() -> None:
    """The error names the levels."""
    with pytest.raises(ValueError, match="TRACE, DEBUG, INFO, WARN, ERROR, FATAL"):
        levels.number("LOUD")


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


def test_rates_nest() -> None:
    """What a lower rate keeps, every higher one keeps."""
    ids = [n * 0x9E3779B97F4A7C15F39CC0605CEDC835 & (1 << 128) - 1 for n in range(1, 4000)]
    low, high = Sampler(0.1), Sampler(0.4)
    kept = [n for n in ids if low.keeps(n)]
    assert all(high.keeps(n) for n in kept)
    assert 0.07 < len(kept) / len(ids) < 0.13


def test_the_ends_of_the_scale_are_exact() -> None:
    """Rate 1 keeps all, rate 0 none."""
    assert Sampler(1.0).keeps(0)
    assert not Sampler(0.0).keeps((1 << 128) - 1)

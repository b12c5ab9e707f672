from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.decide.sampling import (
    ALL,
    Sampler,
    format_randomness,
    format_threshold,
    parse_randomness,
    parse_threshold,
    probability_of,
)


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


def test_only_the_random_bits_decide() -> None:
    """What stands above the 56 bits, a time for instance, changes nothing."""
    sampler = Sampler(0.5)
    low, high = (1 << 55) - 1, 1 << 55
    assert not any(sampler.keeps(top << 56 | low) for top in (0, 1, (1 << 72) - 1))
    assert all(sampler.keeps(top << 56 | high) for top in (0, 1, (1 << 72) - 1))


@pytest.mark.parametrize(("rate", "threshold"), [(0.5, 0x80000000000000), (0.25, 0xC0000000000000), (1.0, 0)])
def test_the_threshold_is_that_of_consistent_sampling(rate: float, threshold: int) -> None:
    """OpenTelemetry's: rejected are those below `(1 - rate) * 2**56`."""
    assert Sampler(rate).keeps(threshold)
    assert threshold == 0 or not Sampler(rate).keeps(threshold - 1)


RATES = st.floats(0, 1)
RANDOM = st.integers(0, (1 << 56) - 1)


@given(lower=RATES, higher=RATES, trace_id=st.integers(0, (1 << 128) - 1))
def test_what_a_lower_rate_keeps_every_higher_one_keeps(lower, higher, trace_id) -> None:
    """Services of different rates never disagree but in one direction."""
    lower, higher = sorted((lower, higher))
    assert Sampler(higher).keeps(trace_id) or not Sampler(lower).keeps(trace_id)


@given(rate=RATES)
def test_the_threshold_says_the_rate(rate) -> None:
    """As many of 2**56 are rejected as the rate says, to the last of them."""
    assert abs((ALL - Sampler(rate).threshold) - rate * ALL) <= 0.5
    assert probability_of(Sampler(rate).threshold) == pytest.approx(rate, rel=1e-11, abs=2**-57)


@pytest.mark.parametrize("rate", [1.0, 0.5, 0.25, 0.1, 0.01, 0.001, 1 / 3])
def test_a_rate_comes_back_as_it_went(rate) -> None:
    """What a header told of a rate reads as the rate that was configured."""
    told = parse_threshold(format_threshold(Sampler(rate).threshold))
    assert told is not None
    assert probability_of(told) == pytest.approx(rate, rel=1e-11)
    assert probability_of(parse_threshold(format_threshold(Sampler(0.01).threshold)) or 0) == 0.01


@given(threshold=RANDOM)
def test_thresholds_go_there_and_back(threshold) -> None:
    """Writing and reading `th` loses nothing, in 1 to 14 digits without a zero at their end."""
    text = format_threshold(threshold)
    assert parse_threshold(text) == threshold
    assert re.fullmatch(r"0|[0-9a-f]{0,13}[1-9a-f]", text)


@given(randomness=RANDOM)
def test_randomness_goes_there_and_back(randomness) -> None:
    """Writing and reading `rv` loses nothing, in 14 digits."""
    text = format_randomness(randomness)
    assert len(text) == 14
    assert parse_randomness(text) == randomness


@pytest.mark.parametrize(
    ("text", "threshold"),
    [("0", 0), ("8", 1 << 55), ("C", 3 << 54), ("fd70a4", 0xFD70A400000000), ("ffffffffffffff", ALL - 1)],
)
def test_thresholds_of_the_specification(text, threshold) -> None:
    """Missing digits are zeros at the end; capitals are read too."""
    assert parse_threshold(text) == threshold


@pytest.mark.parametrize("text", ["", "g", "-1", "+1", " 8", "8 ", "1_0", "0x8", "٣", "1" * 15, "8\n"])
def test_malformed_thresholds(text) -> None:
    """What is not 1 to 14 hexadecimal digits is no threshold, and no randomness either."""
    assert parse_threshold(text) is None
    assert parse_randomness(text) is None


@pytest.mark.parametrize("text", ["1234567890abc", "1234567890abcde", "1234567890abcg"])
def test_malformed_randomness(text) -> None:
    """Randomness has 14 digits, no fewer."""
    assert parse_randomness(text) is None

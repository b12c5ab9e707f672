from __future__ import annotations

import pytest

from obskit.decide.sampling import Sampler


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

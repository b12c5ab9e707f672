"""What a line stands for."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from obskit.query import weight


@given(st.integers(1, 10**12))
def test_a_counted_line_stands_for_a_whole_number(count: int) -> None:
    """The inverse of a count is that count, to the last digit."""
    assert weight.of({"sampling": {"rate": 1.0 / count}}) == count


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists))
def test_any_rate_gives_a_weight(rate: object) -> None:
    """Whatever stands there, a line stands for at least one and for a finite number."""
    found = weight.of({"sampling": {"rate": rate}})
    assert math.isfinite(found)
    assert found >= 1.0


def test_the_smallest_probability_counts() -> None:
    """The smallest rate of OpenTelemetry's consistent sampling is one; a smaller one is damage."""
    assert weight.of({"sampling": {"rate": 2.0**-56}}) == 2.0**56
    assert weight.of({"sampling": {"rate": 2.0**-57}}) == 1.0


def test_a_line_without_a_rate_stands_for_itself() -> None:
    """Most lines do."""
    assert weight.of({"message": "m"}) == 1.0
    assert not weight.is_summary({"message": "m"})

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from obskit.clock import second_of, timestamp


@given(st.integers(min_value=0, max_value=4_102_444_800_000_000))
def test_times_are_rfc_3339_with_microseconds(micros: int) -> None:
    """The text reads back as the same moment, at fixed width."""
    text = timestamp(micros * 1000 + 999)
    assert len(text) == 27
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    assert round(moment.timestamp() * 1e6) == micros


@given(st.integers(min_value=-(10**18), max_value=253_402_300_800 * 10**9 + 10**9))
def test_the_beginning_of_a_line_and_the_rest_make_the_same_time(nanos: int) -> None:
    """Also where the second is known already, and beyond the years that have four digits."""
    for _ in range(2):
        begun, micros = second_of(nanos)
        assert b"%b%06dZ" % (begun, micros) == b'{"timestamp":"' + timestamp(nanos).encode()

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from obskit.line.clock import timestamp
from obskit.line.encode import encode, with_id


@given(st.integers(min_value=0, max_value=4_102_444_800_000_000))
def test_times_are_rfc_3339_with_microseconds(micros: int) -> None:
    """The text reads back as the same moment, at fixed width."""
    text = timestamp(micros * 1000 + 999)
    assert len(text) == 27
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    assert round(moment.timestamp() * 1e6) == micros


def test_a_lone_surrogate_does_not_keep_a_line_from_being_written() -> None:
    """It is replaced, in keys too."""
    assert encode({"a\ud800": "b\udfff"}) == b'{"a?":"b?"}'


def test_the_id_is_the_last_key_and_a_newline_ends_the_line() -> None:
    """A line counts when its newline is there."""
    assert with_id(b'{"a":1}', b"w-l1") == b'{"a":1,"id":"w-l1"}\n'

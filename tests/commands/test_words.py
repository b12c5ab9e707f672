"""Saying durations and counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from obskit.commands import words


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (0, "0.00 ms"),
        (0.4213, "0.42 ms"),
        (9.999, "10.0 ms"),
        (12.34, "12.3 ms"),
        (99.96, "100 ms"),
        (999.4, "999 ms"),
        (999.6, "1.00 s"),
        (2310, "2.31 s"),
        (59_999, "1 min 0 s"),
        (192_000, "3 min 12 s"),
        (18_240_000, "5 h 4 min"),
        (200_000_000, "2 days 7 h"),
        (-5.5, "-5.50 ms"),
    ],
)
def test_duration(milliseconds: float, expected: str) -> None:
    """A duration has three digits and the unit that fits."""
    assert words.duration(milliseconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(5, "5 s ago"), (125, "2 min ago"), (7200, "2 h ago"), (90_000, "1 day ago"), (900_000, "10 days ago"), (-9, "")],
)
def test_age(seconds: int, expected: str) -> None:
    """How long ago something was is said in its largest unit."""
    now = datetime(2026, 3, 4, tzinfo=UTC)
    assert words.age(now - timedelta(seconds=seconds), now) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("plain", "plain"), ("two words", '"two words"'), ("", '""'), ({"a": [1, None]}, '{"a":[1,null]}'), (True, "true"),
     ("a=b", '"a=b"'), ("\x1b", "\\x1b")],
)  # fmt: skip
def test_value(given: object, expected: str) -> None:
    """A value stands as it is where it cannot be mistaken, else as JSON."""
    assert words.value(given) == expected

"""Reading the times that people type."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from obskit.query import times
from obskit.query.failure import QueryError

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10m", "2026-03-04T11:50:00.000000Z"),
        ("2h", "2026-03-04T10:00:00.000000Z"),
        ("1d", "2026-03-03T12:00:00.000000Z"),
        ("30s", "2026-03-04T11:59:30.000000Z"),
        ("1w", "2026-02-25T12:00:00.000000Z"),
        ("2026-03-01", "2026-03-01T00:00:00.000000Z"),
        ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00.000000Z"),
        ("2026-03-01t08:00:00z", "2026-03-01T08:00:00.000000Z"),
        ("2026-03-01 08:00", "2026-03-01T08:00:00.000000Z"),
        ("2026-03-01T08:00:00.5+02:00", "2026-03-01T06:00:00.500000Z"),
    ],
)
def test_accepted(text: str, expected: str) -> None:
    """Ages, dates and RFC 3339 become timestamps of records."""
    assert times.moment(text, NOW, "--since") == expected


@pytest.mark.parametrize(
    "text", ["", "yesterday", "10", "m", "-5m", "2026-13-01", "2026-02-30", "10:00", "99999999999d", "999999999w", "٣m"]
)
def test_refused(text: str) -> None:
    """Anything else is refused in one line that shows what to type."""
    with pytest.raises(QueryError) as refusal:
        times.moment(text, NOW, "--since")
    assert "--since" in str(refusal.value)
    assert "10m" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.status == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-04T10:00:00.000001Z", "2026-03-04T10:00:00.000001Z"),
        ("2026-03-04T10:00:00Z", "2026-03-04T10:00:00.000000Z"),
        ("2026-03-04T12:00:00.5+02:00", "2026-03-04T10:00:00.500000Z"),
        ("2026-03-04T10:00:00", "2026-03-04T10:00:00.000000Z"),
        ("soon", None),
    ],
)
def test_timestamps_of_others_become_comparable(text: str, expected: str | None) -> None:
    """A timestamp with an offset or fewer digits gets the width that sorts as text."""
    assert times.normal(text) == expected

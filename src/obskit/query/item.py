"""One line on its way through a query: its place in time, its bytes, what they hold."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from obskit.journal import reader
from obskit.query import times


class Item(NamedTuple):
    """One line that counts; items compare in the order of time, then of writing."""

    timestamp: str
    writer: str
    number: int
    raw: bytes
    record: dict[str, Any] | None

    def parsed(self) -> dict[str, Any]:
        """Return the record."""
        record: dict[str, Any] = self.record if self.record is not None else orjson.loads(self.raw)
        return record


def decode(raw: bytes, problems: reader.Problems) -> tuple[bytes, dict[str, Any]] | None:
    """Parse a line.

    Args:
        raw: The line without its newline.
        problems: Counts what was broken or foreign.

    Returns:
        The bytes that count and the record; None where nothing of it is one.
    """
    torn = problems.torn
    record = reader.parse(raw, problems)
    if record is None:
        return None
    if not isinstance(record.get("timestamp"), str):
        problems.foreign += 1
        return None
    return (raw if problems.torn == torn else orjson.dumps(record)), record


def make(raw: bytes, record: dict[str, Any], *, keep: bool) -> Item | None:
    """Make the sortable item of a record.

    Args:
        raw: The bytes of the line.
        record: What they hold.
        keep: Whether the item carries the record (else only the bytes, which need less memory).

    Returns:
        The item, or None where its timestamp is no time.
    """
    timestamp = times.normal(record["timestamp"])
    if timestamp is None:
        return None
    writer, _, number = str(record.get("id", "")).rpartition("-")
    digits = number[1:]
    count = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else 0
    return Item(timestamp, writer, count, raw, record if keep else None)

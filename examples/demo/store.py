"""What stands in a run's journal, read where it lies, and how much of it a collector has yet to get."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors


def records(journal: Path) -> Iterator[dict[str, Any]]:
    """Yields every record of a journal, whichever process wrote it."""
    for path in reader.segment_files(journal):
        for line in reader.lines(path):
            record = reader.parse(line.raw)
            if record is not None:
                yield record


def trace_id(journal: Path, correlation_id: str) -> str:
    """Returns the trace (32 hex) that a correlation id belongs to."""
    for record in records(journal):
        if record.get("correlation_id") == correlation_id and "trace_id" in record:
            return str(record["trace_id"])
    raise LookupError(f"{journal} holds no trace of {correlation_id}")


def undelivered_spans(journal: Path) -> int:
    """Counts the spans behind the cursors of all writers: what the collector has not acknowledged yet."""
    return sum(_undelivered(directory) for directory in reader.writers(journal))


def _undelivered(directory: Path) -> int:
    cursors = Cursors(directory)
    reached = [cursors.get(key) or Cursor() for key in list(cursors.keys()) if key[1] == "spans"] or [Cursor()]
    slowest = min(reached, key=lambda cursor: (cursor.segment, cursor.offset))
    return sum(
        reader.kind(line.raw) == "span"
        for number in segment.numbers(directory)
        if number >= slowest.segment
        for line in reader.lines(
            directory / segment.file_name(number), slowest.offset if number == slowest.segment else 0
        )
    )

"""Hold lines on their way to a target, and know what their acknowledgement means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from obskit.journal.cursors import Cursor, advanced

if TYPE_CHECKING:
    from obskit.ship.feed import Feed


@dataclass(slots=True)
class Batch:
    """Lines of one signal, one segment and one resource, in the order of the file.

    Attributes:
        feed: Where they come from.
        resource: The resource attributes of the process that wrote them.
        start: The cursor before the first.
        lines: Their bytes.
        records: What was made of each.
        offsets: Where each ends, in bytes of the segment.
        counts: For each, how many of the signal's lines that is since `start`.
        refused: How many were taken out.
    """

    feed: Feed
    resource: Mapping[str, Any]
    start: Cursor
    lines: list[bytes] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    refused: int = 0

    def add(self, line: bytes, record: Any, offset: int) -> None:
        """Add a line behind all others."""
        self.lines.append(line)
        self.records.append(record)
        self.offsets.append(offset)
        self.counts.append(len(self.lines))

    def end(self, at: int = -1) -> Cursor:
        """Return the cursor that acknowledges a record, the last one unless said otherwise, and all before it."""
        return advanced(self.start, segment=self.start.segment, offset=self.offsets[at], passed=self.counts[at])

    def take_out(self, at: int) -> bytes:
        """Take a record out; whoever acknowledges the one before it then acknowledges it too.

        Returns:
            Its line.
        """
        del self.records[at]
        self.refused += 1
        offset, count = self.offsets.pop(at), self.counts.pop(at)
        if at > 0:
            self.offsets[at - 1], self.counts[at - 1] = offset, count
        return self.lines.pop(at)

    def split(self, at: int) -> tuple[Batch, Batch]:
        """Return the first `at` records and the rest."""
        return self._part(slice(None, at), self.refused), self._part(slice(at, None), 0)

    def _part(self, which: slice, refused: int) -> Batch:
        lists = (self.lines[which], self.records[which], self.offsets[which], self.counts[which])
        return Batch(self.feed, self.resource, self.start, *lists, refused)

"""A file that lines are logged to, and that is emptied after each block, once they have been counted."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self


class LineFile:
    """A file below a directory of its own; whoever writes to it appends.

    Attributes:
        path: Where it is.
        size: The mean length of a line, in bytes, over all that have been counted.
    """

    def __enter__(self) -> Self:
        self._place = tempfile.TemporaryDirectory()
        self.path = Path(self._place.name, "log.jsonl")
        self.path.touch()
        self._bytes = self._calls = 0
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._place.cleanup()

    @property
    def size(self) -> float:
        """Return the mean length of what a call wrote."""
        return self._bytes / self._calls

    def taken(self) -> bytes:
        """Return what stands in the file, and empty it."""
        written = self.path.read_bytes()
        os.truncate(self.path, 0)
        return written

    def count(self, calls: int) -> None:
        """Empty the file after so many calls.

        Raises:
            SystemExit: A call has left no line.
        """
        written = self.taken()
        if not calls:
            return
        lines = written.count(b"\n")
        if lines < calls:
            raise SystemExit(f"only {lines} lines were written by {calls} calls: this would measure nothing")
        self._bytes, self._calls = self._bytes + len(written), self._calls + calls

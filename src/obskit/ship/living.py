"""Know which lines of other processes' writers wait to be sent, while those write on."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors, Key
from obskit.ship.feed import SegmentFeed


class LastWritten:
    """Tell which segment another process's writer writes to.

    A segment is there before lines go to it. Once one has a line, none goes to those before it.

    Args:
        directory: The writer's directory.
    """

    __slots__ = ("_directory", "_known")

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known = 0

    def __call__(self) -> int:
        """Return the number of the last segment that has a line behind its header; of the first where none has."""
        numbers = segment.numbers(self._directory)
        for n in reversed(numbers):
            if n <= self._known:
                break
            if _has_lines(self._directory / segment.file_name(n)):
                self._known = n
                break
        return self._known or (numbers[0] if numbers else 1)


def _has_lines(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return len(list(islice(reader.lines(path), 2))) == 2
    return False


def end_of(directory: Path) -> tuple[int, int]:
    """Return the number of a writer's last segment and its size in bytes; zeros where there is none."""
    numbers = segment.numbers(directory)
    with contextlib.suppress(OSError):
        if numbers:
            return numbers[-1], os.stat(directory / segment.file_name(numbers[-1])).st_size
    return 0, 0


def last_line(directory: Path) -> tuple[int, int]:
    """Return the number of a writer's last segment that has a line behind its header, and its size in bytes."""
    n = LastWritten(directory)()
    with contextlib.suppress(OSError):
        return n, os.stat(directory / segment.file_name(n)).st_size
    return 0, 0


def pending_bytes(feed: SegmentFeed, key: Key) -> int:
    """Return how many bytes of a writer's segments lie behind a target's cursor, those of the other signal too."""
    # Of a writer whose process has not let go yet only the disk tells.
    at = feed.cursor(key) if feed.claimed or feed.is_dead else Cursors(feed.directory).get(key) or Cursor()
    total = 0
    for n in segment.numbers(feed.directory):
        with contextlib.suppress(OSError):
            if n >= at.segment:
                total += os.stat(feed.directory / segment.file_name(n)).st_size
    return max(0, total - at.offset) if total else 0


class Waiting:
    """The writers that a lane has something to read of, in turns: none that writes without end starves the others."""

    def __init__(self) -> None:
        self._feeds: deque[SegmentFeed] = deque()

    def __bool__(self) -> bool:
        return bool(self._feeds)

    def offer(self, feeds: Iterable[SegmentFeed]) -> None:
        """Add those that are not waiting yet, behind all others."""
        known = set(map(id, self._feeds))
        self._feeds.extend(feed for feed in feeds if id(feed) not in known)

    def drop(self, feed: SegmentFeed) -> None:
        """Forget a writer."""
        with contextlib.suppress(ValueError):
            self._feeds.remove(feed)

    def __iter__(self) -> Iterator[SegmentFeed]:
        """Yield them; who had nothing waits no longer, who gave something goes to the end."""
        while self._feeds:
            feed = self._feeds.popleft()
            gave = True
            try:
                yield feed
                gave = False
            finally:
                # Whoever takes a batch leaves the loop, which closes this generator at its yield.
                if gave:
                    self._feeds.append(feed)

"""Tell of obskit's own trouble: on stderr, seldom, never through the pipeline that failed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable

_EVERY = 30.0
_MOST_TOPICS = 256


class Report:
    """One line a topic: once, or once in a while.

    Args:
        clean: Takes secrets out of a text.
        clock: Seconds, monotonic.
        write: Where a line goes; stderr by default.
    """

    def __init__(
        self,
        clean: Callable[[str], str],
        clock: Callable[[], float] = time.monotonic,
        write: Callable[[str], None] | None = None,
    ) -> None:
        self._clean = clean
        self._clock = clock
        self._write = write or _to_stderr
        self._once: dict[str, object] = {}
        # A topic's list holds the time from which it may be told of again; a thread that tells of it has taken it out.
        self._next: dict[str, list[float]] = {}
        self.history: list[str] = []

    def once(self, topic: str, text: str) -> None:
        """Say something a single time for a topic; nothing of further topics once there are 256."""
        mine = object()
        if len(self._once) < _MOST_TOPICS and self._once.setdefault(topic, mine) is mine:
            self._say(text)

    def seldom(self, topic: str, text: str) -> None:
        """Say something at most every half minute for a topic."""
        now = self._clock()
        if topic not in self._next and len(self._next) >= _MOST_TOPICS:
            self._next.pop(next(iter(self._next)), None)
        turn = self._next.setdefault(topic, [now])
        try:
            due = turn.pop()
        except IndexError:
            return
        try:
            if now >= due:
                due = now + _EVERY
                self._say(text)
        finally:
            turn.append(due)

    def refused(self, target: str, identity: str, detail: str) -> None:
        """Report a record that a target will never take."""
        self.seldom("refused", f"{target} refused the record {identity} for good: {detail}; it stays in the journal")

    def _say(self, text: str) -> None:
        # On first use: most processes have nothing to report.
        try:
            from obskit.console.pretty import plain
        except Exception:
            # The interpreter is going down and imports nothing any more, or no file can be opened.
            plain = _printable

        line = f"obskit: {plain(self._clean(' '.join(text.split())))}"
        self.history = [*self.history[-19:], line]
        self._write(line)


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text))


def _to_stderr(line: str) -> None:
    # The descriptor itself: sys.stderr has a lock that a signal handler could find held.
    with contextlib.suppress(OSError):
        os.write(2, f"{line}\n".encode("utf-8", "replace"))

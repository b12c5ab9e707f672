"""Give every line its id: the writer's, and one dense counter each for logs and spans."""

from __future__ import annotations

import itertools
from typing import Literal

from obskit.identity import uuid7

Signal = Literal["logs", "spans"]
_LETTER: dict[Signal, str] = {"logs": "l", "spans": "s"}


class LineIds:
    """The ids of one writer: made with its first record, and anew after a fork."""

    __slots__ = ("_lost", "_next", "_prefix", "writer")

    def __init__(self) -> None:
        self.writer = uuid7()
        self._prefix = {signal: f"{self.writer}-{letter}".encode() for signal, letter in _LETTER.items()}
        self._next = {signal: itertools.count(1) for signal in _LETTER}
        self._lost = {signal: itertools.count() for signal in _LETTER}

    def line(self, signal: Signal, body: bytes) -> bytes:
        """Return a line: a body with its id as last key, `<writer>-l<n>` or `<writer>-s<n>`, and the newline.

        Args:
            signal: `logs` or `spans`.
            body: The JSON of an object, in bytes.
        """
        # next() on a counter is one step for every thread and signal handler: no lock.
        return b'%b,"id":"%b%d"}\n' % (body[:-1], self._prefix[signal], next(self._next[signal]))

    def count(self, signal: Signal) -> int:
        """Return how many lines of a signal have an id."""
        return _value(self._next[signal]) - 1

    def lose(self, signal: Signal) -> None:
        """Count a line that has an id and could not be kept."""
        next(self._lost[signal])

    def lost(self, signal: Signal) -> int:
        """Return how many lines of a signal could not be kept."""
        return _value(self._lost[signal])


def _value(counter: itertools.count[int]) -> int:
    # repr() is the one way to look at a counter without moving it.
    return int(repr(counter)[6:-1])

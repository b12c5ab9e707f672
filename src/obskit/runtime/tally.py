"""Count without a lock, from any thread and signal handler."""

from __future__ import annotations

import itertools


class Tally:
    """Counters by name."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[str, itertools.count[int]] = {}

    def add(self, name: str, many: int = 1) -> None:
        """Count one, or many at once."""
        counter = self._counts.get(name)
        if counter is None:
            # setdefault is one step: two threads that come first count on the same counter.
            counter = self._counts.setdefault(name, itertools.count())
        for _ in range(many):
            next(counter)

    def of(self, name: str) -> int:
        """Return a count."""
        counter = self._counts.get(name)
        # repr() is the one way to look at a counter without moving it.
        return 0 if counter is None else int(repr(counter)[6:-1])

    def all(self) -> dict[str, int]:
        """Return every count by name."""
        return {name: self.of(name) for name in sorted(self._counts)}

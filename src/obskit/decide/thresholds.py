"""Find the level from which a logger's records count."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

_MOST_NAMES = 4096


class _Table:
    """One state of the levels, and what was found in it; replaced as a whole."""

    __slots__ = ("default", "known", "levels")

    def __init__(self, default: int, levels: Mapping[str, int]) -> None:
        self.default = default
        self.levels = dict(levels)
        self.known: dict[str, int] = {}

    def find(self, logger: str) -> int:
        name = logger
        while name:
            if name in self.levels:
                return self.levels[name]
            name = name.rpartition(".")[0]
        return self.default


class Thresholds:
    """The level of each logger: that of the longest name in `levels` that is the logger's own or a parent's.

    Any thread may change it while others ask; it has no lock.

    Attributes:
        generation: Grows with every change: whoever keeps what `of` has said asks again when it differs.
        changed: Called after every change.
    """

    __slots__ = ("_first", "_generations", "_given", "_table", "changed", "generation")

    def __init__(self, default: int, levels: Mapping[str, int]) -> None:
        self._given = _Table(default, levels)
        self._generations = itertools.count()
        self._first: Callable[[], object] | None = None
        self.changed: Callable[[], object] = lambda: None
        self._put(self._given)

    @property
    def default(self) -> int:
        """The level of a logger that nothing else is said of."""
        return self._table.default

    @property
    def levels(self) -> Mapping[str, int]:
        """The levels by name; not to be changed."""
        return self._table.levels

    def of(self, logger: str) -> int:
        """Return the lowest level that `logger` lets through."""
        table = self._table
        known = table.known.get(logger)
        if known is None:
            if self._first is not None:
                first, self._first = self._first, None
                first()
            known = table.find(logger)
            # Names can be made at run time without end; starting anew is cheaper than keeping an order.
            if len(table.known) >= _MOST_NAMES:
                table.known.clear()
            table.known[logger] = known
        return known

    def change(self, default: int | None, levels: Mapping[str, int]) -> None:
        """Put levels in force over those given at first.

        Args:
            default: The level of loggers that nothing else is said of; None leaves the one given at first.
            levels: By name; names given at first and not here keep theirs.
        """
        given = self._given
        self._put(_Table(given.default if default is None else default, {**given.levels, **levels}))

    def reset(self) -> None:
        """Put the levels given at first in force again."""
        self._put(_Table(self._given.default, self._given.levels))

    def renew(self, first: Callable[[], object]) -> None:
        """In a forked child: ask everybody to ask again, and call `first` when somebody does."""
        self._first = first
        self._put(_Table(self._table.default, self._table.levels))

    def _put(self, table: _Table) -> None:
        self._table = table
        # Last: who has seen the new generation must not find the old table.
        self.generation = next(self._generations)
        self.changed()

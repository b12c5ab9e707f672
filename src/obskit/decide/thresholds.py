"""Find the level from which a logger's records count."""

from __future__ import annotations

from collections.abc import Mapping

_MOST_NAMES = 4096


class Thresholds:
    """The level of each logger: that of the longest name in `levels` that is the logger's own or a parent's."""

    __slots__ = ("_known", "_levels", "default")

    def __init__(self, default: int, levels: Mapping[str, int]) -> None:
        self.default = default
        self._levels = dict(levels)
        self._known: dict[str, int] = {}

    def of(self, logger: str) -> int:
        """Return the lowest level that `logger` lets through."""
        known = self._known.get(logger)
        if known is None:
            known = self._find(logger)
            # Names can be made at run time without end; starting anew is cheaper than keeping an order.
            if len(self._known) >= _MOST_NAMES:
                self._known.clear()
            self._known[logger] = known
        return known

    def _find(self, logger: str) -> int:
        name = logger
        while name:
            if name in self._levels:
                return self._levels[name]
            name = name.rpartition(".")[0]
        return self.default

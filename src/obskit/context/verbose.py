"""Know which verbose units of work are alive, so that the standard library's loggers speak up while one is."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from obskit.context.scope import Scope


class VerboseUnits:
    """The verbose units that have neither ended nor been forgotten.

    It has no lock: a unit may be forgotten in a finaliser, in the middle of anything.

    Args:
        alive: Called with whether there is one, when that may have changed.
    """

    def __init__(self, alive: Callable[[bool], None]) -> None:
        self._alive = alive
        self._units: dict[int, weakref.ref[Scope]] = {}

    def __len__(self) -> int:
        return len(self._units)

    def add(self, unit: Scope) -> None:
        """Count a unit, until `discard` or until nobody has it any more."""
        key = id(unit)

        def forgotten(gone: weakref.ref[Scope]) -> None:
            if self._units.get(key) is gone:
                self._units.pop(key, None)
                self._settle()

        self._units[key] = weakref.ref(unit, forgotten)
        self._settle()

    def discard(self, unit: Scope) -> None:
        """Count a unit no more."""
        if self._units.pop(id(unit), None) is not None:
            self._settle()

    def forget(self, current: Scope | None) -> None:
        """In a forked child: the units of the parent's other threads never end here."""
        mine = None if current is None else self._units.get(id(current))
        self._units = {} if mine is None else {id(current): mine}
        self._settle()

    def _settle(self) -> None:
        # Whoever is overtaken between the look and the call looks again, so that the last call says what is so.
        while True:
            some = bool(self._units)
            self._alive(some)
            if some == bool(self._units):
                return

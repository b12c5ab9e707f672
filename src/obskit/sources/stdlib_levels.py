"""Levels of the standard library's loggers: laid over them and taken off again, and passed by a verbose unit."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any

from obskit.context import scope

Check = Callable[[logging.Logger, int], bool]


class Overlay:
    """Levels laid over loggers; what someone else has set on one since stays."""

    def __init__(self) -> None:
        # By name: the level beneath, and ours.
        self._laid: dict[str, tuple[int, int]] = {}

    def lay(self, wanted: Mapping[str, int]) -> None:
        """Have these levels over the loggers, in place of those laid before.

        Args:
            wanted: Levels by name; the root's is empty.
        """
        laid: dict[str, tuple[int, int]] = {}
        for name in {**self._laid, **wanted}:
            logger = logging.getLogger(name or None)
            beneath, ours = self._laid.get(name, (logger.level, logger.level))
            if logger.level != ours:
                beneath = logger.level
            level = wanted.get(name, beneath)
            if name in wanted:
                laid[name] = (beneath, level)
            if logger.level != level:
                logger.setLevel(level)
        self._laid = laid


class PerUnit:
    """While it is on, a unit of work that is verbose passes every logger's level; no other one does.

    The levels stay as they are: lowered ones would have every unit make records, and bring them to handlers that are
    not obskit's.
    """

    def __init__(self) -> None:
        self._ours: dict[Check, Check] = {}

    def turn(self, on: bool) -> None:
        """Put the look at the current unit behind `Logger.isEnabledFor`, or take it away."""
        found: Any = logging.Logger.isEnabledFor
        if on and found not in self._ours.values():
            # setdefault is one step: two threads that come first put the same function there.
            logging.Logger.isEnabledFor = self._ours.setdefault(found, _or_verbose(found))  # type: ignore[assignment,method-assign]
        elif not on:
            for original, ours in list(self._ours.items()):
                if found is ours:
                    logging.Logger.isEnabledFor = original  # type: ignore[assignment,method-assign]


def _or_verbose(original: Check) -> Check:
    @functools.wraps(original)
    def is_enabled_for(logger: logging.Logger, level: int) -> bool:
        if original(logger, level):
            return True
        unit = scope.current()
        if unit is None or not unit.verbose or unit.sealed or level < unit.level:
            return False
        return not logger.disabled and logger.manager.disable < level

    return is_enabled_for

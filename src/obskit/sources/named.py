"""The named loggers that live, and the level from which each lets records through."""

from __future__ import annotations

import inspect
from typing import Any
from weakref import WeakValueDictionary

from obskit.sources.current import runtime

_OWN_MODULES = ("obskit", "structlog")


class NamedLogger:
    """What structlog wraps: a name. Records have left through the pipeline before it is called.

    Attributes:
        name: The logger's dotted name.
        least: The lowest level that it lets through; 0 where it has to `ask`.
    """

    __slots__ = ("__weakref__", "least", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.least = 0

    def ask(self) -> int:
        """Return the lowest level that the logger lets through in the runtime in force, and remember it."""
        while True:
            thresholds = runtime().thresholds
            generation = thresholds.generation
            found = self.least = thresholds.of(self.name)
            # Changed meanwhile: what was just remembered may have come after the others had forgotten theirs.
            if runtime().thresholds is thresholds and thresholds.generation == generation:
                return found

    def __repr__(self) -> str:
        return f"<obskit logger {self.name!r}>"


# One a name, so that a change of levels finds each; they go with the last who uses them.
_living: WeakValueDictionary[str, NamedLogger] = WeakValueDictionary()


def named(name: str) -> NamedLogger:
    """Return the logger of a name."""
    known = _living.get(name)
    if known is None:
        known = _living.setdefault(name, NamedLogger(name))
    return known


def forget() -> None:
    """Have every logger ask for its level anew: the levels, or the runtime, have changed."""
    for known in list(_living.values()):
        known.least = 0


def make_logger(*args: Any) -> NamedLogger:
    """Make the wrapped logger, for `structlog.configure(logger_factory=...)`."""
    return named(args[0] if args and isinstance(args[0], str) else calling_module())


def calling_module() -> str:
    """Return the name of the first module up the stack that is neither obskit's nor structlog's."""
    frame = inspect.currentframe()
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.partition(".")[0] not in _OWN_MODULES:
            return str(name)
        if frame.f_back is None:
            break
        frame = frame.f_back
    return ""

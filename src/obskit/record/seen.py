"""Tell whether an exception was met before: by identity, without keeping it alive and without marking it."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

LIMIT = 256
SMALL = 1024

_SIMPLE = (str, bytes, int, float, type(None))


class Seen:
    """The exceptions met lately, by identity."""

    __slots__ = ("__weakref__", "_limit", "_marks")

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._marks: dict[int, Any] = {}

    def first(self, error: BaseException) -> bool:
        """Return True when `error` is met for the first time, and remember it.

        An exception logged where it was caught and again further up is the same one. Takes no lock, for a log call in a
        signal handler or a finaliser.
        """
        key = id(error)
        mark = self._mark(error, key)
        known = self._marks.setdefault(key, mark)
        if known is mark:
            self._prune()
            return True
        again = _same(known, mark)
        self._marks[key] = mark
        return not again

    def __contains__(self, error: BaseException) -> bool:
        known = self._marks.get(id(error))
        return known is not None and _same(known, self._mark(error, id(error)))

    def _mark(self, error: BaseException, key: int) -> Any:
        # To be told so by an exception takes longer.
        if not type.__dict__["__weakrefoffset__"].__get__(type(error)):
            return _Builtin(error)
        try:
            marks = self._marks

            def forget(dead: weakref.ref[BaseException]) -> None:
                if marks.get(key) is dead:
                    marks.pop(key, None)

            return weakref.ref(error, forget)
        except TypeError:
            return _Builtin(error)

    def _prune(self) -> None:
        while len(self._marks) > self._limit:
            try:
                self._marks.pop(next(iter(self._marks)), None)
            except (RuntimeError, StopIteration):  # another thread adds or removes meanwhile: it prunes
                return


class _Builtin:
    """What tells a built-in exception, which can't be referred to weakly, from a successor at its address.

    Small plain arguments are held: their tuple is made anew for every instance, so that a successor has another one.
    Otherwise the traceback decides: on its way up an exception's only grows, a successor's begins again.
    """

    __slots__ = ("args", "depth", "origin", "type")

    def __init__(self, error: BaseException) -> None:
        self.type = type(error)
        self.args: tuple[Any, ...] | None = error.args if _small(error.args) else None
        self.depth, self.origin = (0, 0) if self.args is not None else _shape(error.__traceback__)


def _small(args: tuple[Any, ...]) -> bool:
    size = 0
    for argument in args:
        # By their exact types, and these by identity: a subclass has code of its own, as its metaclass may have.
        if not any(type(argument) is kind for kind in _SIMPLE):
            return False
        if type(argument) is str or type(argument) is bytes:
            size += len(argument)
    return bool(args) and size <= SMALL


def _shape(traceback: TracebackType | None) -> tuple[int, int]:
    depth = origin = 0
    while traceback is not None:
        depth += 1
        origin = id(traceback)
        traceback = traceback.tb_next
    return depth, origin


def _same(known: Any, mark: Any) -> bool:
    if isinstance(known, weakref.ref) and isinstance(mark, weakref.ref):
        return known() is mark()
    if not (isinstance(known, _Builtin) and isinstance(mark, _Builtin)) or known.type is not mark.type:
        return False
    if known.args is not None or mark.args is not None:
        return known.args is mark.args
    return known.origin == mark.origin and known.depth < mark.depth

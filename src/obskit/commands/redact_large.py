"""Redact JSON that is wider or deeper than a log call may give: in pieces, so that nothing of it is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from obskit.protect.redactor import Redactor

# Well within the redactor's own limits (1,000 items, 16 levels), with room for the names that stand above a piece.
# Even, for a list may hold names and values in turns.
_WIDEST = 500
_DEEPEST = 7
_MOST_ABOVE = 4
_MOST_TELLING = 3
_CONTAINER = "context"

Path = tuple[str, ...]


class _Size(NamedTuple):
    widest: int
    depth: int


_ONE = _Size(0, 0)


class Place(NamedTuple):
    """Where a piece stands in its line.

    Attributes:
        above: The names and numbers above it.
        wrapped: How many of them the redactor sees.
        first: The number of its first item, where it is a part of a list.
    """

    above: Path = ()
    wrapped: int = 0
    first: int | None = None

    def full(self, path: Path) -> Path:
        """Return a path in the line, given that which the redactor tells of the piece."""
        below = path[1 + self.wrapped :]
        if self.first is not None and below and below[0].isdecimal():
            below = (str(self.first + int(below[0])), *below[1:])
        return (*self.above, *below)


class Pieces:
    """Redacts a value of any size.

    Args:
        redactor: What redacts a piece.

    Attributes:
        place: Where the piece stands that is redacted now; None where none is.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._limit = 0
        self._sizes: dict[int, _Size] = {}
        self.place: Place | None = None

    def whole(self, value: Any, length: int) -> Any:
        """Return a value redacted; None where it is too wide or deep for one piece.

        Args:
            value: An object or array of JSON; it isn't changed.
            length: The characters that it has as JSON.
        """
        self.place = Place()
        out = self._redactor.record({_CONTAINER: value}, limit(length))
        self.place = None
        return None if "truncated" in out else out[_CONTAINER]

    def redact(self, value: Any, length: int, above: Path = ()) -> Any:
        """Return a value of any width and depth redacted.

        Args:
            value: An object or array of JSON; it isn't changed.
            length: The characters that it has as JSON.
            above: The names that it stands under.

        Raises:
            RecursionError: It is nested hundreds of levels deep.
        """
        self._limit = limit(length)
        self._sizes.clear()
        self._measure(value)
        try:
            return self._value(value, above)
        finally:
            self._sizes.clear()
            self.place = None

    def _value(self, value: Any, above: Path) -> Any:
        if self._fits(value):
            return self._piece(value, above)
        return self._dict(value, above) if isinstance(value, dict) else self._list(value, above)

    def _dict(self, value: dict[str, Any], above: Path) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for batch in self._batches(value.items(), lambda item: item[1]):
            if len(batch) == 1 and not self._fits(batch[0][1]):
                (key, item), *_ = batch
                out |= dict.fromkeys(self._piece({key: None}, above), self._value(item, (*above, key)))
            else:
                out |= self._piece(dict(batch), above)
        return out

    def _list(self, value: list[Any], above: Path) -> list[Any]:
        out: list[Any] = []
        for batch in self._batches(value, lambda item: item):
            if len(batch) == 1 and not self._fits(batch[0]):
                out.append(self._value(batch[0], (*above, str(len(out)))))
            else:
                out += self._piece(batch, above, len(out))
        return out

    def _batches(self, items: Iterable[Any], value_of: Callable[[Any], Any]) -> Iterator[list[Any]]:
        """Yield the items that fit in batches, and alone those that don't."""
        batch: list[Any] = []
        for item in items:
            fits = self._fits(value_of(item))
            if batch and (not fits or len(batch) == _WIDEST):
                yield batch
                batch = []
            if fits:
                batch.append(item)
            else:
                yield [item]
        if batch:
            yield batch

    def _piece(self, value: Any, above: Path, first: int | None = None) -> Any:
        near = self._near(above)
        self.place = Place(above, len(near), first)
        wrapped = value
        for name in reversed(near):
            wrapped = {name: wrapped}
        out = self._redactor.record({_CONTAINER: wrapped}, self._limit)[_CONTAINER]
        for _ in near:
            out = next(iter(out.values()), None) if isinstance(out, dict) else out
        if isinstance(value, dict) and not isinstance(out, dict):
            # Redaction failed on what stands above, and nothing of it is left.
            return {str(out): out}
        return [out] if isinstance(value, list) and not isinstance(out, list) else out

    def _near(self, above: Path) -> Path:
        """Return those names above a piece that may say what it holds: the nearest, and the last telling ones."""
        far = [name for name in above[:-_MOST_ABOVE] if self._redactor.name(name)[1] is not None]
        return (*far[-_MOST_TELLING:], *above[-_MOST_ABOVE:])

    def _fits(self, value: Any) -> bool:
        size = self._sizes.get(id(value), _ONE)
        return size.widest <= _WIDEST and size.depth <= _DEEPEST

    def _measure(self, value: Any) -> _Size:
        if not isinstance(value, (dict, list)) or not value:
            return _ONE
        sizes = [self._measure(item) for item in (value.values() if isinstance(value, dict) else value)]
        widest = max(len(sizes), *(size.widest for size in sizes))
        size = self._sizes[id(value)] = _Size(widest, 1 + max(size.depth for size in sizes))
        return size


def limit(length: int) -> int:
    """Return more characters than the values of a line of this length can have."""
    return 8 * length + 4096

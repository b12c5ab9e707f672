"""See what a value is called where its name is no key: in pairs, in arguments, in `name` and `value` fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from obskit.protect.keys import ADDRESS, Judgement
from obskit.protect.lazy import lazy
from obskit.protect.literals import is_word

Look = Callable[[str], tuple[str, Judgement | None]]
NAMES = frozenset((
    "name", "key", "header", "field", "param", "parameter", "property", "variable", "attribute", "option", "k",
    "env", "id", "label", "loc", "path",
))  # fmt: skip
VALUES = frozenset(("value", "val", "v", "content", "contents", "default", "input", "data"))
# A sentence that ends in a telling word names nothing.
_NAME = lazy(r"-{0,2}[\w.\[\]:-]+(?: [\w.-]+){0,2}")
_LONGEST = 100


class Spelled(NamedTuple):
    """A dict that spells out a name and its value.

    Attributes:
        name: The name.
        value: The key of its value.
    """

    name: str
    value: Any


def spelled(items: Sequence[tuple[Any, Any]]) -> Spelled | None:
    """Return what a dict such as `{"name": "password", "value": ...}` spells out, None where it does not."""
    if not 2 <= len(items) <= 12:
        return None
    name = value = None
    for key, item in items:
        lowered = key.lower() if type(key) is str else ""
        if lowered in VALUES and value is None:
            value = key
        elif lowered in NAMES and name is None and (text := _as_name(_last(item))) is not None:
            name = text
    return Spelled(name, value) if name is not None and value is not None else None


def _last(item: Any) -> Any:
    # A path to a field ends in its name.
    return item[-1] if (type(item) is list or type(item) is tuple) and item else item


def paired(pair: list[Any], look: Look) -> list[Any]:
    """Return a pair of name and value as a list whose value is hidden where the name is telling."""
    if len(pair) == 2 and (name := _as_name(pair[0])) is not None and _tells(look(name)[1], pair[1], look):
        return Pair(pair, look(name)[1])
    return pair


def leading(items: list[Any]) -> list[str]:
    """Return the texts of a list that may be names of what stands behind them.

    Args:
        items: A list of nobody else's: a pair, names and values in turns, or a program's arguments.
    """
    found = [] if len(items) % 2 else [item for item in items[::2] if type(item) is str]
    for item in items[:-1]:
        if type(item) is str and item.startswith("-"):
            found += (item, item.lstrip("-"))
    return found


class Pair(list[Any]):
    """A list whose second item is judged by the first."""

    __slots__ = ("judged",)

    def __init__(self, pair: list[Any], judged: Judgement | None) -> None:
        super().__init__(pair)
        self.judged = judged


class Judge:
    """Judges the items of one list by what stands before them.

    Args:
        items: The list.
        look: Judges names.
    """

    __slots__ = ("_items", "_look", "_pairs")

    def __init__(self, items: list[Any], look: Look) -> None:
        self._items = items
        self._look = look
        self._pairs = all(isinstance(item, (list, tuple)) and len(item) == 2 for item in items)

    def __call__(self, place: int) -> Judgement | None:
        """Return what the item before says of this one; None where it says nothing."""
        if place == 0:
            return None
        items = self._items
        if isinstance(items, Pair):
            return items.judged
        before, item = _as_name(items[place - 1]), items[place]
        if before is None or not isinstance(item, (str, bytes)):
            return None
        if before.startswith("-"):
            judged = self._look(before.lstrip("-"))[1]
            return judged if judged is not None and not _as_text(item).startswith("-") else None
        # Names and values in turns, as raw headers are listed.
        if place % 2 and not len(items) % 2:
            judged = self._look(before)[1]
            return judged if _tells(judged, item, self._look) and not is_word(_as_text(item)) else None
        return None

    def paired(self, item: Any) -> Any:
        """Return an item that is a pair so that its name is heeded."""
        if self._pairs and isinstance(item, list):
            return paired(item, self._look)
        return item


def _tells(judged: Judgement | None, value: Any, look: Look) -> bool:
    if judged is None or judged.kind == ADDRESS or not isinstance(value, (str, bytes, int, float)):
        return False
    text = _as_text(value)
    # Two names beside each other are names.
    return not (is_word(text) and look(text)[1] is not None)


def _as_name(value: Any) -> str | None:
    text = _as_text(value) if type(value) is str or type(value) is bytes else ""
    return text if len(text) <= _LONGEST and _NAME.fullmatch(text) else None


def _as_text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)

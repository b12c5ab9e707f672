"""Look over a value for what needs no walk: plain types, harmless names, nothing nested deep."""

from __future__ import annotations

from typing import Any

from obskit.protect.neighbours import NAMES, VALUES, leading

_DEEPEST = 8
_MOST_ITEMS = 200
_MOST_TEXTS = 400
# A card number may come as an integer; shorter ones are counts.
_LARGE = 10**11
_SMALL = -(1 << 63)
_STR = {str}
# What so many fields take beside their texts, their names included: blank lines, in which nothing is found.
_ROOM = ["\n" * (24 * count) for count in range(_MOST_ITEMS + 1)]
# Keys that may hold a name and its value, as they are usually written.
_VALUES = frozenset(spelling for word in VALUES for spelling in (word, word.title(), word.upper()))
_NAMES = frozenset(spelling for word in NAMES for spelling in (word, word.title(), word.upper()))


class Busy(Exception):
    """A value has to be walked.

    Attributes:
        names: Those that are not judged yet.
    """

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.names = names


def gather(value: Any, texts: list[str], harmless: set[str], depth: int = 0) -> Any:
    """Return a copy of a plain dict or list, and collect its texts: another thread may change the original.

    Args:
        value: Anything.
        texts: Gets every text.
        harmless: Names that say nothing of their values.
        depth: How many containers it stands in.

    Raises:
        Busy: It has to be walked.
    """
    kind = type(value)
    if len(texts) > _MOST_TEXTS:
        raise Busy
    if kind is dict:
        value = value.copy()
        if depth >= _DEEPEST or len(value) > _MOST_ITEMS:
            raise Busy
        if not _VALUES.isdisjoint(value) and not _NAMES.isdisjoint(value):
            raise Busy
        if not harmless.issuperset(value) or {*map(type, value)} - _STR:
            raise Busy(tuple(key for key in value if type(key) is str and key not in harmless))
        if depth:
            texts.append(_ROOM[len(value)])
        return {key: _item(item, texts, harmless, depth) for key, item in value.items()}
    if kind is list:
        value = value.copy()
        if depth >= _DEEPEST or len(value) > _MOST_ITEMS:
            raise Busy
        if depth:
            texts.append(_ROOM[len(value)])
        if not harmless.issuperset(names := leading(value)):
            raise Busy(tuple(name for name in names if name not in harmless))
        return [_item(item, texts, harmless, depth) for item in value]
    raise Busy


def _item(value: Any, texts: list[str], harmless: set[str], depth: int) -> Any:
    kind = type(value)
    if kind is str:
        texts.append(value)
    elif kind is int:
        if not _SMALL <= value < _LARGE:
            raise Busy
    elif kind is float:
        # Neither NaN nor infinite: JSON has no such numbers.
        if value - value != 0.0:
            raise Busy
    elif value is not None and kind is not bool:
        return gather(value, texts, harmless, depth + 1)
    return value

"""Take what containers hold: so much as is kept, once, without trusting what they say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from obskit.protect.shown import by_repr, shown

MOST_ITEMS = 1000
_MOST_COLUMNS = 100
_TRIES = 3
_SHORT = 16
_MORE = "…"


class Unreadable:
    """Stands where a part of a value can't be had; who turns it into plain data fails in its turn."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __repr__(self) -> str:
        raise ValueError("not to be had") from self.error


def taken(items: Iterable[Any], most: int = MOST_ITEMS + 1) -> list[Any]:
    """Return the first items; where that fails half-way, those that came and what stands for the rest.

    Raises:
        Exception: What the container's own code raised before its first item.
    """
    found: list[Any] = []
    try:
        found.extend(islice(items, most))
    except Exception as error:
        if not found:
            raise
        found.append(Unreadable(error))
    return found


def mapping(value: Any) -> dict[Any, Any]:
    """Return a mapping, or anything that offers pairs, as a dict; a key that comes again gets a list of its values."""
    if issubclass(type(value), dict):
        return _dict(value)
    # Headers and query strings hold names more than once; their plain items() may show the first alone.
    multi = getattr(type(value), "multi_items", None)
    return by_pairs(taken(value.multi_items() if callable(multi) else value.items()))


def _dict(value: dict[Any, Any]) -> dict[Any, Any]:
    # Not the subclass's own items(): it may raise, lie or load.
    for _ in range(_TRIES):
        try:
            return dict(islice(dict.items(value), MOST_ITEMS + 1))
        except RuntimeError:
            # Another thread changed it meanwhile.
            continue
    return by_pairs(taken(dict.items(value)))


def by_pairs(pairs: list[Any]) -> dict[Any, Any]:
    """Return pairs as a dict; a key that comes again gets a list of its values, what is no pair stands under `…`."""
    found: dict[Any, Any] = {}
    several: set[Any] = set()
    for pair in pairs:
        if isinstance(pair, Unreadable):
            found[_MORE] = pair
            continue
        try:
            key, item = pair
            known = key in found
        except Exception:
            key, item, known = _MORE, shown(pair), False
        if not known:
            found[key] = item
        elif key in several:
            found[key].append(item)
        else:
            several.add(key)
            found[key] = [found[key], item]
    return found


def sequence(value: Any) -> list[Any]:
    """Return the items of a sequence, a set or a view."""
    # Not a subclass's own iteration: it may raise, lie or load.
    own: Any = next((kind for kind in (list, tuple, set, frozenset) if issubclass(type(value), kind)), None)
    return taken(value if own is None else own.__iter__(value))


def table(value: Any) -> Any:
    """Return a data frame's columns by name, so that their names can be judged."""
    return {name: shown(value[name]) for name in taken(value.columns, _MOST_COLUMNS)}


def labelled(value: Any) -> Any:
    """Return a data frame's column, or a row of it, whose labels may be names, as a dict."""
    labels = taken(value.index, _MOST_COLUMNS + 1)
    return by_pairs(taken(value.items())) if len(labels) <= _MOST_COLUMNS and _has_text(labels) else by_repr(value)


def _has_text(labels: list[Any]) -> bool:
    return any(isinstance(label, str) for label in labels)


def by_keys(value: Any) -> dict[Any, Any]:
    """Return what offers keys and items, but no pairs."""
    return {key: value[key] for key in taken(value.keys())}


def cookies(value: Any) -> dict[str, Any]:
    """Return the cookies of `http.cookies` under a name that tells what they are."""
    return {"Set-Cookie": {name: item.value for name, item in _dict(value).items()}}


def cookie(value: Any) -> dict[str, Any]:
    """Return one cookie of `http.cookies`."""
    return {"Set-Cookie": {value.key: value.value}}


def cookie_jar(value: Any) -> dict[str, Any]:
    """Return the cookies of `http.cookiejar`."""
    return {"Cookie": {item.name: item.value for item in taken(value)}}


def decoded(data: bytes, size: int) -> str:
    """Return bytes as text; of binary data, which may be a key, its size alone.

    Args:
        data: The first of them.
        size: How many they are.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark) and len(data) > _SHORT:
            return data.decode(encoding, "backslashreplace")
    text = data.decode("utf-8", "backslashreplace")
    if len(data) < _SHORT:
        return text
    sample = data[:4096].decode("utf-8", "replace")
    odd = sum(1 for character in sample if character == "\ufffd" or (character < " " and character not in "\t\n\r\x1b"))
    return f"(binary, {size} bytes)" if odd * 4 > len(sample) else text

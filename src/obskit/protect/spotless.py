"""Serialise what holds nothing to redact, as nearly all records do."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from obskit.protect.controls import steers
from obskit.protect.keys import ADDRESS, Judgement
from obskit.protect.neighbours import NAMES, VALUES
from obskit.protect.prefilter import CLEAR, NESTED, SUSPECT
from obskit.protect.vocabulary import WORDS

# Where orjson would run code of the application's, or write in its own way what the walk writes otherwise, it refuses.
OPTIONS = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_dumps = orjson.dumps
_MOST_SHAPES = 4096
_MOST_ADDRESSES = 1024
# What is known of the names of a record: that they say nothing, and whether they look as if they did.
_QUIET, _TELLING = 1, 2
_MOST_ITEMS = 200
_DEEPEST = 8
# A card number may come as an integer; shorter ones are counts.
_LARGE_NUMBER = 10**11
# What is longer is looked through once only, on the way that can redact it.
_LONGEST_SUSPECT = 4096
# Longer names are cut.
_LONGEST_NAME = 256
_LONG_NAME = re.compile(rb'"(?:[^"\\]|\\.){257,}":')
# Perhaps an integer of more than 63 bits.
_LARGE = re.compile(rb"[0-9]{19}")
_NAMES = frozenset(NAMES)
_VALUES = frozenset(VALUES)
_FLAT = frozenset((str, int, float, bool, type(None)))
# What the schema has a place of its own for.
_PLACED = frozenset(("user", "request", "error"))


def _simple(value: Any) -> str:
    # The same text that the walk gives; for exact types only, so that nobody's code runs.
    kind = type(value)
    if kind is dt.datetime or kind is dt.date or kind is dt.time:
        return value.isoformat()  # type: ignore[no-any-return]
    # Who has not imported it has none.
    if kind is getattr(sys.modules.get("decimal"), "Decimal", None):
        return str(value)
    raise TypeError


class _Within:
    """What stands in the containers of a record.

    Attributes:
        left: How many containers more there may be: what stands in many places is written as often, so that a small
            value can be endless as text.
        names: Those of each dict below the fields.
        listed: The texts in lists.
    """

    __slots__ = ("left", "listed", "names")

    def __init__(self, most: int) -> None:
        self.left = most
        self.names: list[tuple[str, ...]] = []
        self.listed: list[str] = []


def _owned(value: Any, within: _Within) -> Any:
    # A copy, without anything that runs code: what changes while orjson reads it ends the process.
    kind = type(value)
    if kind is dict:
        value = value.copy()
        within.names.append(tuple(value))
        return _filled(value, within)
    # A tuple may be a pair of a name and its value, which is lost in a list.
    if kind is list:
        value = value[: _MOST_ITEMS + 1]
        within.left -= 1
        if len(value) > _MOST_ITEMS or within.left < 0:
            raise TypeError
        within.listed += [item for item in value if type(item) is str]
        return [item if type(item) in _FLAT else _owned(item, within) for item in value]
    return _simple(value)


def _filled(own: dict[str, Any], within: _Within) -> dict[str, Any]:
    within.left -= 1
    if len(own) > _MOST_ITEMS or within.left < 0:
        raise TypeError
    for key, item in own.items():
        if type(item) not in _FLAT:
            own[key] = _owned(item, within)
    return own


def serialised(value: Any) -> bytes | None:
    """Return plain values as JSON, not redacted; None where there is anything else among them.

    Args:
        value: Anything that no other thread changes on its surface.
    """
    try:
        return _as_json(_owned(value, _Within(_MOST_ITEMS)))
    except Exception:
        return None


def serialised_event(message: str, fields: Mapping[str, Any]) -> bytes | None:
    """Return a message and its fields as a JSON array, not redacted; None where anything else is among them.

    Args:
        message: A text.
        fields: A dict that nobody else changes.
    """
    try:
        if type(fields) is dict and len(fields) <= _MOST_ITEMS and _FLAT.issuperset(map(type, fields.values())):
            return _as_json([message, fields])
        return serialised([message, fields])
    except Exception:
        return None


def _as_json(value: Any) -> bytes | None:
    data = _dumps(value, None, OPTIONS)
    # JSON has no such number, and null would stand for it.
    return None if b"null" in data and _strange(value) else data


def _strange(value: Any) -> bool:
    kind = type(value)
    if kind is float:
        return bool(value - value != 0.0)
    if kind is dict:
        return any(map(_strange, list(value.values())))
    return kind is list and any(map(_strange, value))


class Spotless:
    """Knows which names of fields say nothing, and asks the prefilter about all values at once.

    Args:
        name: Gives a field's name as it may be shown, and what it says of its value.
        scan: Tells CLEAR, NESTED or SUSPECT of JSON; None where redaction is off.
        flat: Whether whatever is nested has to be walked: names count by the path that leads to them.
        lists: Whether the scan tells names that stand in a list from other texts.
        shorten: Gives what is shown of a value under the name of an address, None where it is none; without it such a
            value is walked.
        suspects: Tells whether there may be anything to find in a text; without it texts in lists are walked.
        find: Gives what is found in a text; without it whatever the scan suspects is walked.

    Attributes:
        shapes: What was decided of the names of a record.
        harmless: The names that say nothing, those below the fields too, as JSON has them.
    """

    __slots__ = (
        "_addressed",
        "_find",
        "_known",
        "_name",
        "_scan",
        "_shorten",
        "_suspects",
        "flat",
        "harmless",
        "lists",
        "shapes",
    )

    def __init__(
        self,
        name: Callable[[str], tuple[str, object]],
        scan: Callable[[bytes], int] | None,
        *,
        flat: bool = False,
        lists: bool = True,
        shorten: Callable[[str], str | None] | None = None,
        suspects: Callable[[str], bool] | None = None,
        find: Callable[[str], Sequence[object]] | None = None,
    ) -> None:
        self._name = name
        self._find = find
        self._scan = scan
        self._suspects = suspects or (lambda _: True)
        self._shorten = None if shorten is None else lru_cache(_MOST_ADDRESSES)(shorten)
        # The names of addresses in records whose other names say nothing.
        self._addressed: dict[tuple[str, ...], frozenset[str]] = {}
        # The names of dicts below the fields that say nothing.
        self._known: set[tuple[str, ...]] = set()
        self.flat = flat
        self.lists = lists
        self.shapes: dict[tuple[str, ...], int] = {}
        self.harmless: set[bytes] = set()

    def event(self, message: str, fields: Mapping[str, Any], limit: int) -> tuple[bytes, bytes] | None:
        """Return a message and its fields as JSON, or None where the walk has to look at them; never raises.

        Args:
            message: A text.
            fields: A dict of this call's own: nobody else changes it meanwhile. What it holds may change.
            limit: The bytes that both may have together.
        """
        try:
            shape = self.shapes.get(tuple(fields))
            if shape is None:
                shape = self._judge(fields)
            if not shape:
                return self._with_addresses(message, fields, limit)
            text = _dumps(message)
            within = None
            if not _FLAT.issuperset(map(type, fields.values())):
                within = _Within(_DEEPEST)
                fields = _filled(dict(fields), within)
            data = _dumps(fields, None, OPTIONS)
            if len(text) + len(data) > limit:
                return None
            # Harmless names with a telling word in them (`http.response.status_code`): the values are looked at alone.
            looked = data if shape == _QUIET else b"," + _dumps(list(fields.values()), None, OPTIONS)[1:-1]
            looked = text + looked
            if (b"\x7f" in looked or not looked.isascii()) and steers(looked):
                return None
            found = NESTED if self._scan is None else self._scan(looked)
            if found != CLEAR and (shape != _QUIET or not self._nested(text, data, within)):
                return None
            if found == SUSPECT and not self._unfounded(message, looked, fields):
                return None
        except Exception:
            return None
        return text, data

    def _unfounded(self, message: str, looked: bytes, fields: Mapping[str, Any]) -> bool:
        """Tell whether nothing is found in any text alone: the scan may be wrong, and also sees where values meet."""
        if self._find is None or len(looked) > _LONGEST_SUSPECT:
            return False
        texts = [message]
        return _counts_only(fields, texts) and not any(map(self._find, texts))

    def _with_addresses(self, message: str, fields: Mapping[str, Any], limit: int) -> tuple[bytes, bytes] | None:
        names = self._addressed.get(tuple(fields))
        if names is None or self._shorten is None or self._scan is None:
            return None
        shown, others = dict(fields), []
        for name, value in fields.items():
            if name not in names:
                others.append(value)
            elif type(value) is not str or (short := self._shorten(value)) is None:
                return None
            else:
                shown[name] = short
        if not _FLAT.issuperset(map(type, others)):
            return None
        text, data = _dumps(message), _dumps(shown, None, OPTIONS)
        looked = text + b"," + _dumps(others, None, OPTIONS)[1:-1]
        if len(text) + len(data) > limit or steers(text + data) or self._scan(looked) != CLEAR:
            return None
        return text, data

    def several(self, message: str, groups: list[dict[str, Any]], limit: int) -> list[bytes] | None:
        """Return a message and several groups of fields as JSON, or None where the walk has to look; never raises.

        Args:
            message: A text.
            groups: Dicts of this call's own.
            limit: The bytes that all of it may have together.
        """
        if self.flat:
            # The names count by paths that begin elsewhere.
            return None
        try:
            shown = [_dumps(message)]
            looked = shown.copy()
            for fields in groups:
                shape = self.shapes.get(tuple(fields))
                if shape is None:
                    shape = self._judge(fields)
                if not shape:
                    return None
                if not _FLAT.issuperset(map(type, fields.values())):
                    return None
                data = _dumps(fields, None, OPTIONS)
                shown.append(data)
                looked.append(data if shape == _QUIET else b"," + _dumps(list(fields.values()), None, OPTIONS)[1:-1])
            joined = b"".join(looked)
            if (b"\x7f" in joined or not joined.isascii()) and steers(joined):
                return None
            if self._scan is None or sum(map(len, shown)) > limit or self._scan(joined) != CLEAR:
                return None
        except Exception:
            return None
        return shown

    def _judge(self, fields: Mapping[str, Any]) -> int:
        """Decide once for all records with the same names in the same order."""
        shape = tuple(fields)
        addresses = frozenset(name for name in shape if type(name) is str and self._is_of_an_address(name))
        harmless = (
            len(shape) <= _MOST_ITEMS
            and all(type(name) is str and name.isprintable() for name in shape)
            and all(name in addresses or self._says_nothing(name) for name in shape)
            and _PLACED.isdisjoint(shape)
            and not _neighbours({name.lower() for name in shape})
        )
        telling = harmless and self._scan is not None and self._scan(_dumps(dict.fromkeys(shape, 0))) == SUSPECT
        judged = 0 if addresses or not harmless else _TELLING if telling else _QUIET
        # Names can come from outside: starting anew is cheaper than keeping an order.
        if len(self.shapes) >= _MOST_SHAPES:
            self.shapes.clear()
            self._addressed.clear()
        if sum(map(len, shape)) < _MOST_SHAPES:
            self.shapes[shape] = judged
            if harmless and addresses:
                self._addressed[shape] = addresses
        return judged

    def _is_of_an_address(self, name: str) -> bool:
        if self._shorten is None:
            return False
        shown, judged = self._name(name)
        return shown == name and isinstance(judged, Judgement) and judged.kind == ADDRESS

    def _says_nothing(self, name: str) -> bool:
        if self._scan is None:
            return len(name) <= _LONGEST_NAME
        harmless: bool = self._name(name) == (name, None)
        if harmless and len(self.harmless) < _MOST_SHAPES:
            self.harmless.add(name.encode("utf-8", "replace"))
        return harmless

    def _nested(self, text: bytes, data: bytes, within: _Within | None) -> bool:
        """Tell whether what is not flat is harmless all the same: few levels, known names, no names in lists.

        Args:
            text: The message as JSON.
            data: The fields as JSON; the names of the first level are judged.
            within: What stands below them, if anything does.
        """
        if self.flat:
            return False
        if b"null" in data and (b":null" in data or b",null" in data or b"[null" in data):
            # Perhaps a number that JSON has not.
            return False
        if self._scan is None:
            return data.count(b",") < _MOST_ITEMS and _LONG_NAME.search(data) is None and _LARGE.search(data) is None
        if b"\\" in text or b"\\" in data:
            return False
        return within is None or (
            (self._known.issuperset(within.names) or all(map(self._holds_nothing, within.names)))
            and self._lists_nothing(within.listed)
        )

    def _holds_nothing(self, names: tuple[str, ...]) -> bool:
        found = all(map(self._says_nothing, names)) and not _neighbours({name.lower() for name in names})
        # Names can come from outside: starting anew is cheaper than keeping an order.
        if len(self._known) >= _MOST_SHAPES:
            self._known.clear()
        if found and sum(map(len, names)) < _MOST_SHAPES:
            self._known.add(names)
        return found

    def _lists_nothing(self, listed: list[str]) -> bool:
        """Tell whether no text in a list looks like a name whose value may come next."""
        if not listed:
            return True
        if not self.lists:
            return False
        if self._scan is None or not WORDS.keys().isdisjoint([text.lower() for text in listed]):
            return self._scan is None
        # What each is to the next must not be told by the comma: a telling name is made to look like one.
        return not self._suspects("\n=\n".join(listed) + "\n=")


def _counts_only(value: Any, texts: list[str]) -> bool:
    """Collect the texts within a dict or list; tell whether no number in it is long enough to be looked at."""
    for item in value if type(value) is list else value.values():
        kind = type(item)
        if kind is str:
            texts.append(item)
        elif kind is int:
            if item >= _LARGE_NUMBER:
                return False
        elif (kind is dict or kind is list) and not _counts_only(item, texts):
            return False
    return True


def _neighbours(names: set[str]) -> bool:
    # A name and its value, each under a key that says no more than that.
    return not _VALUES.isdisjoint(names) and not _NAMES.isdisjoint(names)

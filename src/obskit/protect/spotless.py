"""Serialise what holds nothing to redact, as nearly all records do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from obskit.protect.controls import steers
from obskit.protect.keys import ADDRESS, Judgement
from obskit.protect.neighbours import NAMES, VALUES
from obskit.protect.owned import FLAT, MOST_ITEMS, OPTIONS, Within, filled
from obskit.protect.prefilter import CLEAR, NESTED, SUSPECT

_dumps = orjson.dumps
_MOST_SHAPES = 4096
_MOST_ADDRESSES = 1024
# What is known of the names of a record: that they say nothing, and whether they look as if they did.
_QUIET, _TELLING = 1, 2
_DEEPEST = 8
# A card number may come as an integer; shorter ones are counts.
_LARGE_NUMBER = 10**11
# What is longer is looked through once only, on the way that can redact it.
_LONGEST_SUSPECT = 4096
# What is longer is judged each time, rather than remembered.
_LONGEST_QUIET, _LONGEST_NAMES = 64, 256
# Longer names are cut.
_LONGEST_NAME = 256
_LONG_NAME = re.compile(rb'"(?:[^"\\]|\\.){257,}":')
# Perhaps an integer of more than 63 bits.
_LARGE = re.compile(rb"[0-9]{19}")
_NAMES = frozenset(NAMES)
_VALUES = frozenset(VALUES)
# What the schema has a place of its own for.
_PLACED = frozenset(("user", "request", "error"))


class Spotless:
    """Knows which names of fields say nothing, and asks the prefilter about all values at once.

    Args:
        name: Gives a field's name as it may be shown, and what it says of its value.
        scan: Tells CLEAR, NESTED or SUSPECT of JSON; None where redaction is off.
        flat: Whether whatever is nested has to be walked: names count by the path that leads to them.
        lists: Whether the scan tells names that stand in a list from other texts.
        shorten: Gives what is shown of a value under the name of an address, None where it is none; without it such a
            value is walked.
        judge: Tells what a name says of its value, None for nothing; without it names in lists are walked.
        find: Gives what is found in a text; without it whatever the scan suspects is walked.

    Attributes:
        shapes: What was decided of the names of a record.
        harmless: The names that say nothing, those below the fields too, as JSON has them.
        quiet: Texts in lists that name nothing.
    """

    __slots__ = (
        "_addressed", "_find", "_judge_name", "_known", "_name", "_scan", "_shorten",
        "flat", "harmless", "lists", "quiet", "shapes",
    )  # fmt: skip

    def __init__(
        self,
        name: Callable[[str], tuple[str, object]],
        scan: Callable[[bytes], int] | None,
        *,
        flat: bool = False,
        lists: bool = True,
        shorten: Callable[[str], str | None] | None = None,
        judge: Callable[[str], object] | None = None,
        find: Callable[[str], Sequence[object]] | None = None,
    ) -> None:
        self._name = name
        self._find = find
        self._scan = scan
        self._judge_name = judge
        self.quiet: set[str] = set()
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
            if not FLAT.issuperset(map(type, fields.values())):
                within = Within(_DEEPEST)
                fields = filled(dict(fields), within)
            data = _dumps(fields, None, OPTIONS)
            if len(text) + len(data) > limit:
                return None
            # Harmless names with a telling word in them (`http.response.status_code`): the values are looked at alone.
            looked = data if shape == _QUIET else b"," + _dumps(list(fields.values()), None, OPTIONS)[1:-1]
            looked = text + looked
            if (b"\x7f" in looked or not looked.isascii()) and steers(looked):
                return None
            found = NESTED if self._scan is None else self._scan(looked)
            if found == SUSPECT and not self._unfounded(message, looked, fields):
                return None
            if (found == NESTED or within is not None) and (shape != _QUIET or not self._nested(text, data, within)):
                return None
        except Exception:
            return None
        return text, data

    def _unfounded(self, message: str, looked: bytes, fields: Mapping[str, Any]) -> bool:
        """Tell whether nothing is found in any text alone: the scan may be wrong, and also sees where values meet."""
        if self._find is None or len(looked) > _LONGEST_SUSPECT or b"\\" in looked:
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
        if not FLAT.issuperset(map(type, others)):
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
                if not FLAT.issuperset(map(type, fields.values())):
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
            len(shape) <= MOST_ITEMS
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

    def _nested(self, text: bytes, data: bytes, within: Within | None) -> bool:
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
            return data.count(b",") < MOST_ITEMS and _LONG_NAME.search(data) is None and _LARGE.search(data) is None
        if b"\\" in text or b"\\" in data:
            return False
        return within is None or (
            (self._known.issuperset(within.names) or all(map(self._holds_nothing, within.names)))
            and (self.quiet.issuperset(within.listed) or all(map(self._names_nothing, within.listed)))
        )

    def _holds_nothing(self, names: tuple[str, ...]) -> bool:
        found = all(map(self._says_nothing, names)) and not _neighbours({name.lower() for name in names})
        # Names can come from outside: starting anew is cheaper than keeping an order.
        if len(self._known) >= _MOST_SHAPES:
            self._known.clear()
        if found and sum(map(len, names)) <= _LONGEST_NAMES:
            self._known.add(names)
        return found

    def _names_nothing(self, text: str) -> bool:
        """Tell whether a text in a list says nothing of what stands behind it."""
        if not self.lists or self._judge_name is None or self._judge_name(text) is not None:
            return False
        # Texts come from outside: starting anew is cheaper than keeping an order.
        if len(self.quiet) >= _MOST_SHAPES:
            self.quiet.clear()
        if len(text) <= _LONGEST_QUIET:
            self.quiet.add(text)
        return True


def _counts_only(value: Any, texts: list[str]) -> bool:
    """Collect the texts within a dict or list; tell whether no number in it is long enough to be looked at."""
    for item in value if type(value) is list else value.values():
        kind = type(item)
        if kind is str:
            texts.append(item)
        elif kind is int or kind is float:
            # JSON has no number for what is none, or endless.
            if item - item != 0 or (kind is int and item >= _LARGE_NUMBER):
                return False
        elif (kind is dict or kind is list) and not _counts_only(item, texts):
            return False
    return True


def _neighbours(names: set[str]) -> bool:
    # A name and its value, each under a key that says no more than that.
    return not _VALUES.isdisjoint(names) and not _NAMES.isdisjoint(names)

"""The parts of OTLP's JSON form, straight to text: for the lines that are as obskit writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from obskit.ship.encoder import Scope
from obskit.ship.otlp_values import any_value, unix_nano

# Programs have few names and shapes; what comes from outside must not fill the memory.
_MOST = 4096
_LONGEST = 256
_MOST_SHAPES = 1024
_LONGEST_TEMPLATE = 8192
_INT64 = 1 << 63
_SLOTS = {
    str: '{"stringValue":"%s"}',
    int: '{"intValue":"%s"}',
    bool: '{"boolValue":%s}',
    float: '{"doubleValue":%s}',
}
_AS_THEY_ARE = (str, int, float)
# The text, the names of integers, and whether there are values that have to be turned into text.
_Template = tuple[str, tuple[str, ...], bool]
_IDS = re.compile(r"(?!0{32})[0-9a-f]{32}(?!0{16})[0-9a-f]{16}(?!0{16})[0-9a-f]{16}").fullmatch
_dumps = orjson.dumps


class Odd(Exception):
    """Something in a line is not as obskit writes it: the line goes the long way."""


class _Seconds(dict[str, int]):
    """The nanoseconds of a whole second by the beginning of a time, with its point."""

    def __missing__(self, key: str) -> int:
        found = unix_nano(key[:-1] + "Z") if len(key) == 20 and key[-1] == "." else None
        if found is None:
            raise Odd
        if len(self) >= _MOST:
            self.clear()
        self[key] = found
        return found


class _Scopes(dict[str, Scope]):
    """A scope that has a name alone, such as a logger's."""

    def __missing__(self, key: str) -> Scope:
        found = Scope(key)
        if len(key) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[key] = found
        return found


seconds = _Seconds()
scopes = _Scopes()


def nanos(text: str) -> int:
    """Return a time with six digits of a second in nanoseconds since the Unix epoch.

    Raises:
        Odd: It is another time, or none.
    """
    micros = text[20:26]
    if text[26:] != "Z" or not micros.isdigit() or not micros.isascii():
        raise Odd
    return seconds[text[:20]] + int(micros) * 1000


def both_nanos(one: str, other: str) -> tuple[int, int]:
    """Return two such times, sooner than one after the other.

    Raises:
        Odd: One of them is another time, or none.
    """
    micros, others = one[20:26], other[20:26]
    digits = micros + others
    if one[26:] != "Z" or other[26:] != "Z" or not digits.isdigit() or not digits.isascii():
        raise Odd
    return seconds[one[:20]] + int(micros) * 1000, seconds[other[:20]] + int(others) * 1000


def check_ids(trace: str, span: str, other: str) -> None:
    """Look whether the id of a trace and those of two spans are valid and in lower case.

    Raises:
        Odd: They are not.
    """
    if not _IDS(trace + span + other) or len(trace) != 32 or len(span) != 16:
        raise Odd


def own(line: Mapping[str, Any]) -> str:
    """Return the attributes that every record has, as JSON: its id, and the unit of work's where there is one.

    Raises:
        Odd: They are no text.
    """
    identity = line["id"]
    if type(identity) is not str:
        raise Odd
    if "correlation_id" not in line:
        return f'{{"key":"log.record.uid","value":{{"stringValue":"{identity}"}}}}'
    unit = line["correlation_id"]
    if type(unit) is not str:
        raise Odd
    return (
        f'{{"key":"log.record.uid","value":{{"stringValue":"{identity}"}}}},'
        f'{{"key":"correlation_id","value":{{"stringValue":"{unit}"}}}}'
    )


class Attributes:
    """Turns flat attributes into their form, by a template for each combination of names and types.

    Args:
        taken: Names that obskit sends itself.
    """

    __slots__ = ("_taken", "_templates")

    def __init__(self, taken: frozenset[str]) -> None:
        self._taken = taken
        self._templates: dict[tuple[object, ...], _Template] = {}

    def __call__(self, given: Mapping[str, Any]) -> str:
        """Return attributes of names and texts without escapes as JSON, with a comma before each; null is left out.

        Raises:
            Odd: A name is empty or taken.
        """
        shape = (*given, *map(type, given.values()))
        try:
            template, whole, others = self._templates[shape]
        except KeyError:
            template, whole, others = self._template(given, shape)
        for name in whole:
            if not -_INT64 <= given[name] < _INT64:
                raise Odd
        if others:
            return template % tuple([_shown(value) for value in given.values() if value is not None])
        return template % (*given.values(),)

    def _template(self, given: Mapping[str, Any], shape: tuple[object, ...]) -> _Template:
        if not self._taken.isdisjoint(given) or "" in given:
            raise Odd
        template = "".join([_slot(name, value) for name, value in given.items() if value is not None])
        whole = tuple([name for name, value in given.items() if type(value) is int])
        made = template, whole, any(type(value) not in _AS_THEY_ARE for value in given.values())
        if len(template) <= _LONGEST_TEMPLATE:
            if len(self._templates) >= _MOST_SHAPES:
                self._templates.clear()
            self._templates[shape] = made
        return made


def _slot(name: str, value: Any) -> str:
    shown = _SLOTS.get(type(value), "%s")
    return f',{{"key":"{name.replace("%", "%%")}","value":{shown}}}'


def _shown(value: Any) -> Any:
    if value is True:
        return "true"
    if value is False:
        return "false"
    return value if type(value) in _SLOTS else _dumps(any_value(value)).decode()

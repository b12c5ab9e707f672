"""The parts of OTLP's JSON form, straight to text: for the lines that are as obskit writes them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat
from typing import Any

import orjson

from obskit.ship.encoder import Scope
from obskit.ship.otlp_values import any_value, attribute, unix_nano

# Programs have few names and shapes; what comes from outside must not fill the memory.
_MOST = 4096
_LONGEST = 256
_MOST_NAMES = 128
# What a double can't hold is looked at: beyond 64 bits an integer goes as text.
_STRICT = orjson.OPT_STRICT_INTEGER
_FIELDS = {str: "stringValue", int: "intValue", bool: "boolValue", float: "doubleValue"}
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


class Attributes:
    """Turns flat attributes into their form, by a template for each combination of names and types.

    Args:
        taken: Names that obskit sends itself.
    """

    __slots__ = ("_taken", "_templates")

    def __init__(self, taken: frozenset[str]) -> None:
        self._taken = taken
        self._templates: dict[tuple[object, ...], bytes | None] = {}

    def __call__(self, given: Mapping[str, Any]) -> str:
        """Return attributes as JSON, with a comma before each; null is left out.

        Raises:
            Odd: A name is empty or taken.
        """
        shape = (*given, *map(type, given.values()))
        try:
            template = self._templates[shape]
        except KeyError:
            template = self._template(given, shape)
        if template is not None:
            try:
                return (template % (*map(_dumps, given.values(), repeat(None), repeat(_STRICT)),)).decode()
            except TypeError:
                # An integer of more than 53 bits.
                pass
        return "".join([f",{_dumps(attribute(*item)).decode()}" for item in given.items() if item[1] is not None])

    def _template(self, given: Mapping[str, Any], shape: tuple[object, ...]) -> bytes | None:
        if not self._taken.isdisjoint(given) or "" in given:
            raise Odd
        template: bytes | None = None
        if all(type(value) in _FIELDS for value in given.values()):
            template = b"".join(_slot(name, _FIELDS[type(value)]) for name, value in given.items())
        if len(given) <= _MOST_NAMES and all(len(name) <= _LONGEST for name in given):
            if len(self._templates) >= _MOST:
                self._templates.clear()
            self._templates[shape] = template
        return template


def _slot(name: str, field: str) -> bytes:
    shown = b'"%b"' if field == "intValue" else b"%b"
    return b',{"key":%b,"value":{"%b":%b}}' % (_dumps(name).replace(b"%", b"%%"), field.encode(), shown)


def of_any(value: Any) -> str:
    """Return any value's form as JSON."""
    return _dumps(any_value(value)).decode()

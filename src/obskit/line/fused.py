"""Go from an event straight to the bytes of its line: the way of nearly every log call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from obskit.clock import second_of
from obskit.decide.levels import name as level_name
from obskit.protect.controls import escaped
from obskit.record import blocks

if TYPE_CHECKING:
    from obskit.protect.redactor import Redactor

_MOST_NAMES = 4096
_BLOCKS = ("user", "request")
_PLAIN = frozenset((str, int, float, bool))


class Fused:
    """Builds, protects and serialises the plain records in one step.

    What it does not take (an exception, values that need a look, hidden names, schema blocks) goes the long way:
    `record`, `protect`, `encode`. Both ways give the same bytes.

    Args:
        static: The service fields of every line, protected.
        redactor: Says what needs no look.
        limit: The bytes that message and fields may have together.

    Attributes:
        fixed: The service fields as JSON, with the comma before them.
        heads: What follows the time, by level, as far as it was needed.
        loggers: A logger's name as JSON likewise; None where it has to be redacted.
    """

    __slots__ = ("_redactor", "_serialised", "fixed", "heads", "limit", "loggers")

    def __init__(self, static: Mapping[str, Any], redactor: Redactor, limit: int) -> None:
        spotless = redactor.spotless
        self._serialised = None if spotless is None else spotless.event
        self._redactor = redactor
        self.limit = limit
        self.fixed = b"," + escaped(orjson.dumps(dict(static)))[1:-1] if static else b""
        self.heads: dict[int, bytes] = {}
        self.loggers: dict[str, bytes | None] = {}

    def __call__(
        self, when: int, level: int, message: Any, logger: str, unit: bytes, span: bytes, fields: dict[str, Any],
        sampling: bytes,
    ) -> bytes | None:  # fmt: skip
        """Return the line without its id, or None where the record has to go the long way.

        Args:
            when: Nanoseconds since the epoch.
            level: Its number.
            message: The event.
            logger: The logger's name.
            unit: The unit's correlation id as JSON, with the comma before it.
            span: The span's ids likewise.
            fields: All of the record's fields; this call's own.
            sampling: The sampling block likewise, or nothing.
        """
        if type(message) is not str or self._serialised is None:
            return None
        placed = b""
        if "request" in fields or "user" in fields:
            try:
                found = self._with_blocks(message, fields)
            except Exception:
                # A metaclass may raise where its classes are hashed.
                found = None
            if found is None:
                return None
            placed, fields, given = found
        elif (plain := self._serialised(message, fields, self.limit)) is None:
            return None
        else:
            given = plain
        try:
            named = self.loggers[logger]
        except KeyError:
            named = self._named(logger)
        except TypeError:
            # No name at all: a record that somebody has made by hand.
            return None
        if named is None:
            return None
        second, rest = second_of(when)
        head = self.heads.get(level) or self._head(level)
        text, data = given
        if fields:
            return b'%b%06d%b%b%b%b%b%b%b,"context":%b%b}' % (
                second, rest, head, text, named, unit, span, self.fixed, placed, data, sampling
            )  # fmt: skip
        return b"%b%06d%b%b%b%b%b%b%b%b}" % (second, rest, head, text, named, unit, span, self.fixed, placed, sampling)

    def _with_blocks(
        self, message: str, fields: dict[str, Any]
    ) -> tuple[bytes, dict[str, Any], tuple[bytes, bytes]] | None:
        """Serialise the blocks that the schema has a place for, and the rest; None where that has to be walked."""
        rest = fields.copy()
        # Exact types only, so that to take them as the schema types them runs nobody's code.
        for name in _BLOCKS:
            block = rest.get(name)
            if type(block) is dict:
                block = rest[name] = block.copy()
                if not _PLAIN.issuperset(map(type, block.values())):
                    return None
            elif block is not None:
                return None
        found = blocks.placed(rest)
        spotless = self._redactor.spotless
        shown = None if spotless is None else spotless.several(message, [*found.values(), rest], self.limit)
        if shown is None:
            return None
        text, *given, data = shown
        placed = [b',"%b":%b' % (name.encode(), block) for name, block in zip(found, given, strict=True)]
        return b"".join(placed), rest, (text, data)

    def _head(self, level: int) -> bytes:
        head = b'Z","level":"%b","message":' % level_name(level).encode()
        if len(self.heads) < _MOST_NAMES:
            self.heads[level] = head
        return head

    def _named(self, logger: str) -> bytes | None:
        """Serialise a logger's name; None where it has to be redacted."""
        named: bytes | None = None
        if type(logger) is str and self._redactor.text(logger) == logger and len(logger) <= 256:
            try:
                named = b',"logger":%b' % escaped(orjson.dumps(logger)) if logger else b""
            except TypeError:
                named = None
        if len(self.loggers) >= _MOST_NAMES:
            self.loggers.clear()
        self.loggers[logger] = named
        return named

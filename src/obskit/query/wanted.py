"""Say which lines a question is about: first by their bytes, then by what they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from obskit.journal import reader

_START = b'{"timestamp":"'
_STAMP = slice(len(_START), len(_START) + 27)
_QUOTE = len(_START) + 27


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a line must be like to be part of an answer.

    Args:
        needles: One of these byte strings must be in the line.
        since: First timestamp that counts.
        until: Last timestamp that counts.
        logs_only: Whether spans are left out; other kinds always are.
        tests: What else must be true of the record.
    """

    needles: tuple[bytes, ...] = ()
    since: str | None = None
    until: str | None = None
    logs_only: bool = False
    tests: tuple[Callable[[dict[str, Any]], bool], ...] = ()

    def may_be(self, raw: bytes) -> bool:
        """Tell by the bytes of a line whether it is worth parsing; never False for a line that counts."""
        if self.needles and not any(needle in raw for needle in self.needles):
            return False
        # A second start means a torn line glued to a whole one: only parsing can tell.
        if not raw.startswith(_START) or raw.rfind(_START) > 0:
            return True
        if self.logs_only and reader.kind(raw) != "log":
            return False
        if (self.since or self.until) and raw[_QUOTE - 1 : _QUOTE + 1] == b'Z"':
            return self.in_time(raw[_STAMP].decode("ascii", "replace"))
        return True

    def in_time(self, timestamp: str) -> bool:
        """Tell whether a timestamp of fixed width lies in the range."""
        if self.since is not None and timestamp < self.since:
            return False
        return self.until is None or timestamp <= self.until

    def holds(self, record: dict[str, Any]) -> bool:
        """Tell whether a record is wanted, its time aside."""
        kind = record.get("kind")
        if kind is not None and (kind != "span" or self.logs_only):
            return False
        return all(test(record) for test in self.tests)

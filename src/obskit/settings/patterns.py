"""Check the regular expressions of a team's own kinds of values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from obskit.settings.kinds import Kind
from obskit.settings.mistakes import Refused, shown

_KIND: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
# A comma belongs to a pattern unless the next name=... follows it: `{1,2}` is common.
_SEPARATOR: Final = re.compile(r",(?=\s*[A-Za-z][A-Za-z0-9_-]*\s*=)")


class Patterns(Kind):
    """A regular expression for each kind."""

    words = "a mapping of kinds (letters, digits, _ and -) to regular expressions that don't match the empty text"

    def _accept(self, value: Any) -> dict[str, re.Pattern[str]]:
        if not isinstance(value, Mapping):
            raise Refused
        return {self._kind(kind): self._pattern(kind, pattern) for kind, pattern in value.items()}

    def _read(self, text: str) -> dict[str, re.Pattern[str]]:
        if text.lower() == "false":
            return {}
        found: dict[str, str] = {}
        for item in _SEPARATOR.split(text):
            kind, equals, pattern = item.partition("=")
            if not equals:
                raise Refused(f"{shown(item)} is no kind=expression")
            found[kind.strip()] = pattern.strip()
        return self._accept(found)

    def _kind(self, kind: Any) -> str:
        if not isinstance(kind, str) or not _KIND.fullmatch(kind):
            raise Refused(f"{shown(kind)} is no kind")
        return kind

    def _pattern(self, kind: str, pattern: Any) -> re.Pattern[str]:
        if not isinstance(pattern, re.Pattern):
            try:
                pattern = re.compile(pattern)
            except (re.error, TypeError, OverflowError, RecursionError) as error:
                raise Refused(f"the expression of {kind} is wrong: {error}") from None
        compiled: re.Pattern[Any] = pattern
        if not isinstance(compiled.pattern, str):
            raise Refused(f"the expression of {kind} is one over bytes")
        if compiled.search("") is not None:
            raise Refused(f"the expression of {kind} matches the empty text")
        return compiled

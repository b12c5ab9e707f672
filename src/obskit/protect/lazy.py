"""Regular expressions that are compiled when they are first needed, and found fast where RE2 is installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any


class Lazy:
    """A regular expression: most processes never need most of them.

    Args:
        pattern: Its text.
        flags: Those of `re`.
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._text = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._text, self._flags)
        # From now on these are found without a call of this method.
        self.__dict__.update(
            {each: getattr(compiled, each) for each in ("search", "match", "fullmatch", "finditer", "sub", "findall")}
        )
        return getattr(compiled, name)


class Anchored(Lazy):
    """A regular expression that begins with one of some words, whatever their case.

    The standard library tries every word at every place of a text; RE2 goes once over it, and the expression itself,
    which may look around, is tried only where a word stands.

    Args:
        words: What it begins with, as an expression for both engines, without groups.
        pattern: The whole, for `re`; case is ignored.
    """

    def __init__(self, words: str, pattern: str) -> None:
        super().__init__(pattern, re.IGNORECASE)
        self._words = words
        self._fast: Any = None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return its matches in a text, without overlap."""
        if self._fast is None:
            self._fast = _re2(self._words) or False
        if self._fast and text.isascii():
            return self._anchored(text)
        found: Iterator[re.Match[str]] = re.compile(self._text, self._flags).finditer(text)
        return found

    def _anchored(self, text: str) -> Iterator[re.Match[str]]:
        search, unanchored = self._fast
        data, place, match = text.encode(), 0, self.match
        while True:
            ((start, end),) = search(unanchored, data, place, len(data))
            if start < 0:
                return
            found = match(text, start)
            if found is None:
                place = start + 1
            else:
                yield found
                place = max(found.end(), end)


def _re2(words: str) -> Any:
    try:
        from re2 import _re2 as engine
    except ImportError:
        return None
    options = engine.RE2.Options()
    options.never_capture = True
    return engine.RE2(f"(?i){words}".encode(), options).Match, engine.RE2.Anchor.UNANCHORED

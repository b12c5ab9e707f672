"""Regular expressions that are compiled when they are first needed, and found fast where RE2 is installed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, AnyStr, cast

from obskit.protect.engine import engine, generation

_METHODS = ("search", "match", "fullmatch", "finditer", "sub", "subn", "findall", "split")


class Lazy:
    """A regular expression: most processes never need most of them.

    Args:
        pattern: Its text.
        flags: Those of `re`.
    """

    def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
        self._text = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._text, self._flags)
        # From now on these are found without a call of this method; what a subclass does itself stays its own.
        self.__dict__.update({each: getattr(compiled, each) for each in _METHODS if not hasattr(type(self), each)})
        return getattr(compiled, name)


def lazy(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a lazy regular expression in the place of a compiled one."""
    return cast("re.Pattern[AnyStr]", Lazy(pattern, flags))


class Anchored(Lazy):
    """A regular expression that begins with one of some words, whatever their case.

    The standard library tries every word at every place of a text; RE2 goes once over it, and the expression itself,
    which may look around, is tried only where a word stands.

    Args:
        words: What it begins with, as an expression for both engines, without groups. Where that begins with a run of
            letters, as `[a-z]*` does, the whole must not begin inside of such a run.
        pattern: The whole, for `re`.
        exact: Whether case counts.
    """

    def __init__(self, words: str, pattern: str, *, exact: bool = False) -> None:
        super().__init__(pattern, 0 if exact else re.IGNORECASE)
        self._exact = exact
        self._words = words
        self._runs = exact or words.startswith("[")
        self._fast: Any = None
        self._made = -1

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Return its matches in a text, without overlap."""
        search, place = self.searcher(text), 0
        while (found := search(place)) is not None:
            yield found
            place = max(found.end(), found.start() + 1)

    def candidates(self, text: str) -> Iterator[tuple[int, re.Match[str] | None]]:
        """Return each place of a text where one of the words stands, and the match there, if there is one."""
        fast = self._engine() if text.isascii() else None
        if fast is None:
            yield from ((found.start(), found) for found in self.finditer(text))
            return
        (search, unanchored), data, place = fast, text.encode(), 0
        while True:
            ((start, end),) = search(unanchored, data, place, len(data))
            if start < 0:
                return
            found = self.match(text, start)
            yield start, found
            place = end if found is None else max(found.end(), end)

    def searcher(self, text: str) -> Callable[[int], re.Match[str] | None]:
        """Return what finds the first match in a text from a place on."""
        fast = self._engine() if text.isascii() else None
        if fast is None:
            search: Callable[[str, int], re.Match[str] | None] = self.search
            return lambda place: search(text, place)
        return partial(self._anchored, fast, text, text.encode())

    def _engine(self) -> Any:
        if self._fast is None or self._made != generation.number:
            number = generation.number
            generation.abandoned.append(self._fast)
            self._fast = _re2(self._words if self._exact else f"(?i){self._words}") or False
            # Last: another thread must not take what is still that of the parent for new.
            self._made = number
        return self._fast or None

    def _anchored(self, fast: Any, text: str, data: bytes, place: int) -> re.Match[str] | None:
        search, unanchored = fast
        match: Callable[[str, int], re.Match[str] | None] = self.match
        while True:
            ((start, end),) = search(unanchored, data, place, len(data))
            if start < 0:
                return None
            found = match(text, start)
            if found is not None:
                return found
            # A long run would be gone over once for each of its letters; words have little in them that begins anew.
            place = end if self._runs else start + 1


def _re2(words: str) -> Any:
    module = engine()
    if module is None:
        return None
    options = module.RE2.Options()
    options.never_capture = True
    return module.RE2(words.encode(), options).Match, module.RE2.Anchor.UNANCHORED

"""Check the regular expressions of a team's own kinds of values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from obskit.settings.kinds import Kind, every
from obskit.settings.mistakes import Refused, shown

# It stands in a marker, `[REDACTED:<kind>]` or `[<kind>:9f3a1c2b]`, which the redactor has to know again.
_KIND: Final = r"[a-z][a-z0-9_-]{0,31}"
# A comma belongs to a pattern unless the next name=... follows it: `{1,2}` is common.
_SEPARATOR: Final = r",(?=\s*[A-Za-z][A-Za-z0-9_-]*\s*=)"
# Beside the empty text: what matches between two characters, as \b does, would put a marker there and remove nothing.
_PROBES: Final = ("", "a", "0", "a b", "-")


class Patterns(Kind):
    """A regular expression for each kind."""

    words = (
        "a mapping of kinds (a lower-case letter, then lower-case letters, digits, _ and -, at most 32 in all) to"
        " regular expressions that don't match the empty text"
    )

    def _accept(self, value: Any) -> dict[str, re.Pattern[str]]:
        if not isinstance(value, Mapping):
            raise Refused
        return dict(every(_rule, value.items()))

    def _read(self, text: str) -> dict[str, re.Pattern[str]]:
        if text.lower() == "false":
            return {}
        found: dict[str, str] = {}
        for item in re.split(_SEPARATOR, text):
            kind, equals, pattern = item.partition("=")
            if not equals:
                raise Refused(f"{shown(item)} is no kind=expression")
            found[kind.strip()] = pattern.strip()
        return self._accept(found)


def _rule(item: tuple[Any, Any]) -> tuple[str, re.Pattern[str]]:
    kind, pattern = every(lambda check: check(), (lambda: _named(item[0]), lambda: _compiled(*item)))
    return kind, pattern


def _named(kind: Any) -> str:
    if not isinstance(kind, str) or not re.fullmatch(_KIND, kind):
        raise Refused(f"{shown(kind)} is no kind")
    return kind


def _compiled(kind: Any, pattern: Any) -> re.Pattern[str]:
    kind = kind if isinstance(kind, str) and kind.isprintable() else shown(kind)
    if not isinstance(pattern, (str, re.Pattern)):
        raise Refused(f"the expression of {kind} is no text")
    try:
        compiled: re.Pattern[Any] = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Refused(f"the expression of {kind} is wrong: {error}") from None
    if not isinstance(compiled.pattern, str):
        raise Refused(f"the expression of {kind} is one over bytes")
    if any(not found[0] for probe in _PROBES for found in compiled.finditer(probe)):
        raise Refused(f"the expression of {kind} matches the empty text")
    return compiled

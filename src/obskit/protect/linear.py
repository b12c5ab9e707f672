"""A team's own patterns: by RE2 where it is installed and takes them, so that none can be made slow by its input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from obskit.protect.detect.detector import Detector
from obskit.protect.engine import generation
from obskit.protect.lazy import lazy
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span

# Found in every text: what can't be told beforehand has to be tried.
_ALWAYS = Trigger("", ("",))
# The texts of a record are looked at together first, where the edge of one is the edge of a line only.
_EDGES = lazy(r"\\[AZz]|[\^$]")


class Linear:
    """One kind of a team's own.

    Args:
        kind: What the marker calls it.
        pattern: The regular expression.
    """

    __slots__ = ("_kind", "_made", "_pattern", "_text", "_trigger")

    def __init__(self, kind: str, pattern: str | re.Pattern[str]) -> None:
        self._kind = kind
        text = pattern if isinstance(pattern, str) else pattern.pattern
        # Flags that its text does not name are lost on the way.
        plain = isinstance(pattern, str) or pattern.flags == re.compile(text).flags
        fast = _re2(text) if plain else None
        self._text = text if fast is not None else None
        self._made = generation.number
        self._pattern: Any = fast or re.compile(pattern)
        self._trigger = _ALWAYS if fast is None or _EDGES.search(text) else Trigger(f"(?m:{text})", ("",))

    def detector(self) -> Detector:
        """Return it as a detector."""
        return Detector(f"custom:{self._kind}", frozenset({self._kind}), self._trigger, self._find)

    def _find(self, text: str) -> Iterator[Span]:
        if self._text is not None and self._made != generation.number:
            number = generation.number
            generation.abandoned.append(self._pattern)
            self._pattern = _re2(self._text, anew=True)
            self._made = number
        if not text.isascii():
            # RE2 refuses lone surrogates, which are no letters of any secret.
            text = text.encode("utf-8", "replace").decode()
        for found in self._pattern.finditer(text):
            if found.end() > found.start():
                yield Span(found.start(), found.end(), self._kind, f"custom:{self._kind}")


def _re2(pattern: str, *, anew: bool = False) -> Any:
    try:
        import re2
    except ImportError:
        return None
    options = re2.Options()
    # What it does not take is no mistake: lookaround is for the standard library.
    options.log_errors = False
    if anew:
        # It would hand out what it made before the fork.
        re2.purge()
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None

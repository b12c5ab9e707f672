"""Tokens of known vendors, by the table of their forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from obskit.protect.detect.detector import Detector
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span, of
from obskit.protect.tokens import TOKENS, Token

_LITERAL = re.compile(r"(?:[A-Za-z0-9_/-]|\\[.$/+-])+(?![?*{+|])")


def vendor_tokens() -> list[Detector]:
    """Return a detector for each row of the table."""
    return [
        Detector(
            f"token:{token.kind}", frozenset({token.kind}), Trigger(token.start, _hints(token.start)), _Rows(token)
        )
        for token in TOKENS
    ]


class _Rows:
    """Finds the tokens of one row."""

    __slots__ = ("_check", "_pattern", "_token")

    def __init__(self, token: Token) -> None:
        self._token = token
        self._pattern: re.Pattern[str] | None = None
        self._check = re.compile(token.check) if token.check else None

    def __call__(self, text: str) -> Iterator[Span]:
        if self._pattern is None:
            # Compiled when a text first begins like one: few of them ever do.
            self._pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{self._token.pattern})(?![A-Za-z0-9])")
        for found in self._pattern.finditer(text):
            if self._check is None or self._check.search(found[0]):
                yield of(found, 0, self._token.kind, f"token:{self._token.kind}")


def _hints(start: str) -> tuple[str, ...]:
    literal = _LITERAL.match(start)
    return (literal[0].replace("\\", "").lower(),) if literal is not None and len(literal[0]) >= 2 else ()

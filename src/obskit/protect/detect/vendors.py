"""Tokens of known vendors, by the table of their forms."""

from __future__ import annotations

from collections.abc import Iterator

from obskit.protect.detect.detector import Detector
from obskit.protect.lazy import Anchored, Lazy, lazy
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span, of
from obskit.protect.tokens import TOKENS, Token

_LITERAL = lazy(r"(?:[A-Za-z0-9_/-]|\\[.$/+-])+(?![?*{+|])")
_CHOICE = lazy(r"(?:\[[^\]]+\]|\(\?:[A-Za-z0-9|_]+\))(?![?*{+|])")


def vendor_tokens() -> list[Detector]:
    """Return a detector for each row of the table."""
    return [
        Detector(
            f"token:{token.kind}",
            frozenset({token.kind}),
            _trigger(token),
            _Rows(token),
        )
        for token in TOKENS
    ]


class _Rows:
    """Finds the tokens of one row."""

    __slots__ = ("_check", "_pattern", "_token")

    def __init__(self, token: Token) -> None:
        self._token = token
        self._pattern: Anchored | None = None
        self._check = Lazy(token.check) if token.check else None

    def __call__(self, text: str) -> Iterator[Span | int]:
        kind = self._token.kind
        for place, found in (self._pattern or self._make()).candidates(text):
            if found is None or (self._check is not None and not self._check.search(found[0])):
                yield place
            else:
                yield of(found, 0, kind, f"token:{kind}")

    def _make(self) -> Anchored:
        # On first use: most rows are never met.
        start, whole = self._token.start, self._token.pattern
        fenced = rf"(?<![A-Za-z0-9])(?:{whole})(?![A-Za-z0-9])"
        # Where a token begins as it is known, that is looked for; else the whole.
        made = self._pattern = Anchored(start if whole.startswith(start) else whole, fenced, exact=True)
        return made


def _trigger(token: Token) -> Trigger:
    start, word = (token.start, "") if _begins(token) else ("", token.start)
    return Trigger(token.start, _hints(token.start), long=True, word=word, start=start)


def _begins(token: Token) -> bool:
    """Tell whether a token begins with its start: the first literal or choice of both is the same."""
    first = _LITERAL.match(token.start) or _CHOICE.match(token.start)
    common = token.start if first is None else first[0]
    return token.pattern.startswith(common) and not token.pattern[len(common) :].startswith(("{", "?", "*", "+"))


def _hints(start: str) -> tuple[str, ...]:
    literal = _LITERAL.match(start)
    hint = literal[0].replace("\\", "").lower() if literal is not None else ""
    # A shorter one is in most texts.
    return (hint,) if len(hint) >= 3 else ()

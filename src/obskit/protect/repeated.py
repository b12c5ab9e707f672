"""Find a secret again: what stood under a telling name is one wherever else it stands in the same record."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from obskit.protect.literals import is_placeholder, is_remark, is_word

_MARK = r"\[REDACTED:[\w-]{1,64}\]|\[[a-z][a-z0-9_-]{0,31}:[0-9a-f]{8}\]"
_MOST = 64
_SHORTEST = 5
_LONGEST = 4096


class Repeated:
    """The secrets of one record that nothing but their names gave away."""

    __slots__ = ("_kinds",)

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}

    def add(self, secret: str, kind: str) -> None:
        """Remember a secret, where it can be told from other words."""
        if _SHORTEST <= len(secret) <= _LONGEST and len(self._kinds) < _MOST and _telling(secret):
            for spelling in (secret, quote(secret, safe=""), b64encode(secret.encode("utf-8", "replace")).decode()):
                self._kinds.setdefault(spelling, kind)

    def __bool__(self) -> bool:
        return bool(self._kinds)

    def removed(self, value: Any, replace: Callable[[str, str], str], is_mark: Callable[[str], bool]) -> Any:
        """Return protected data without them.

        Args:
            value: Plain data.
            replace: Called with kind and secret; returns the marker.
            is_mark: Tells markers from texts that only look like one.
        """
        spellings = sorted(self._kinds, key=len, reverse=True)
        fenced = "|".join(_fenced(spelling) for spelling in spellings)
        pattern, bare = re.compile(f"{_MARK}|{fenced}"), re.compile(fenced)

        def marked(found: re.Match[str]) -> str:
            kind = self._kinds.get(found[0])
            if kind is not None:
                return replace(kind, found[0])
            # A marker's own letters are no secret.
            return found[0] if is_mark(found[0]) else bare.sub(marked, found[0])

        return _walk(value, lambda text: pattern.sub(marked, text))


def _walk(value: Any, clean: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(key): _walk(item, clean) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, clean) for item in value]
    return value


def _telling(secret: str) -> bool:
    if secret.isdigit():
        return len(secret) >= 6
    return not (re.fullmatch(_MARK, secret) or is_placeholder(secret) or is_remark(secret) or is_word(secret))


def _fenced(secret: str) -> str:
    # A short one may be part of another word by chance.
    fence = len(secret) < 12
    before = r"(?<![A-Za-z0-9])" if fence and secret[0].isalnum() else ""
    after = r"(?![A-Za-z0-9])" if fence and secret[-1].isalnum() else ""
    return f"{before}{re.escape(secret)}{after}"

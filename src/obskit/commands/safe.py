"""Make text of unknown origin harmless on a terminal."""

from __future__ import annotations

import re
import unicodedata

# Control characters, and those that reorder or hide what stands around them (Unicode TR 36, section 2.11).
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escaped(text: str) -> str:
    """Return a text in which every control character is written as the escape that Python has for it."""
    return text if text.isascii() and text.isprintable() else _CONTROL.sub(_escape, text)


def escaped_json(text: str) -> str:
    """Return JSON in which control characters are JSON escapes, so that it stays the same JSON."""
    return text if text.isascii() and text.isprintable() else _CONTROL.sub(_escape_json, text)


def cells(text: str) -> int:
    """Return how many columns of a terminal an escaped text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def cropped(text: str, width: int) -> str:
    """Return a text cut to a number of columns, with an ellipsis where something was cut."""
    if cells(text) <= width:
        return text
    return f"{head(text, width - 1)}…" if width > 0 else ""


def head(text: str, width: int) -> str:
    """Return as much of the beginning of a text as takes at most a number of columns."""
    if text.isascii():
        return text[: max(width, 0)]
    used = 0
    for at, character in enumerate(text):
        used += _width(character)
        if used > width:
            return text[:at]
    return text


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _escape_json(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _width(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

"""What a hostile case is, and whether a secret of its stands in what came out."""

from __future__ import annotations

import base64
import binascii
import html
import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote

Via = Literal["field", "fields", "message", "args", "exception", "key"]

# A secret of which this share of its letters and digits stands in one piece counts as missed.
SHARE = 0.6
_LEAST = 6
_MARKER = re.compile(r"\[REDACTED:[\w.-]+\]")
_CODED = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8}))")
_PRINTABLE = re.compile(r"=([0-9A-F]{2})|=\r?\n")


@dataclass(frozen=True)
class Hostile:
    """One thing to log.

    Attributes:
        kind: What makes it hostile.
        make: Returns it, fresh.
        secrets: What may not be readable in the line, not by a share of 60 % either; none where the line alone counts.
        via: How it is logged: as a field, as all fields, as the message, as template and arguments, as an exception
            that is raised, or as a key of a dict.
    """

    kind: str
    make: Callable[[], Any]
    secrets: tuple[str, ...] = ()
    via: Via = "field"


def leaks(line: dict[str, Any], secrets: tuple[str, ...]) -> list[str]:
    """Return the secrets that can be read in a line, as they stand or through one of the usual codes."""
    shown = "\n".join(_texts({key: value for key, value in line.items() if key not in _OWN}))
    views = [_bare(view) for view in _views(_MARKER.sub(" \0 ", shown))]
    return [secret for secret in secrets if any(_stands(_bare(secret), view) for view in views)]


# Obskit's own parts of a line: digits of an id may look like those of a card.
_OWN = frozenset(
    ("timestamp", "level", "logger", "service", "environment", "host", "version", "id", "correlation_id", "truncated")
)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key != "fingerprint":
                yield str(key)
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield str(value)


def _views(text: str) -> Iterator[str]:
    yield text
    for decode in (unquote, html.unescape, _unescaped, _unquoted_printable, _decoded, _from_hex):
        view = text
        for _ in range(3):
            following = decode(view)
            if following == view:
                break
            view = following
            yield view


def _unescaped(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        code = int(found[1] or found[2] or found[3], 16)
        return chr(code) if code < 0x110000 else found[0]

    return re.sub(r"\\([\"'/nrt\\])", r"\1", _ESCAPE.sub(character, text))


def _unquoted_printable(text: str) -> str:
    return _PRINTABLE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", text)


def _decoded(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        body = found[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            return base64.b64decode(body + "=" * (-len(body) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            return found[0]

    return _CODED.sub(plain, text)


def _from_hex(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        try:
            return bytes.fromhex(found[0]).decode()
        except UnicodeDecodeError:
            return found[0]

    return _HEX.sub(plain, text)


def _bare(text: str) -> str:
    """Return the letters and digits of a text, as a reader would take them."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if c.isalnum() or c == "\0")


def _stands(secret: str, view: str) -> bool:
    size = min(len(secret), max(_LEAST, math.ceil(len(secret) * SHARE)))
    return any(secret[place : place + size] in view for place in range(len(secret) - size + 1))

"""Credentials that are written in base64 or in hexadecimal digits."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterator

from obskit.protect.detect.detector import Detector, detector
from obskit.protect.kinds import KINDS
from obskit.protect.lazy import lazy
from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span, of

# Four characters of base64 that stand for three of printable ASCII: the first bit of each byte is 0.
_QUAD = r"[A-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
_BASE64 = lazy(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,65536}+={0,2}")
_HEX = lazy(r"(?i)(?<![0-9a-z])(?:0x|\\x)?((?:[2-7][0-9a-f]){8,32768}+)(?![0-9a-z])")
ENCODED = Trigger(
    rf"(?:^|[^A-Za-z0-9+/_-])(?:{_QUAD}){{4}}|(?i:[2-7][0-9a-f]){{8}}",
    start=rf"(?<![+/_-])(?:{_QUAD}){{4}}|(?:0?[xX])?(?:[2-7][0-9A-Fa-f]){{8}}",
)
_PRINTABLE = lazy(r"[\t\r\n\x20-\x7e]+")
_SOMEBODY = lazy(r"[\w.@+-]{2,64}:[^\s:/{}\[\]\"',]{4,128}")


def detector_of(inside: Callable[[str], str | None]) -> Detector:
    """Return the detector of this file.

    Args:
        inside: Tells the kind of the first secret in a decoded text, if it has one.
    """
    return detector("encoded", KINDS, ENCODED, Encoded(inside))


class Encoded:
    """Find what is a secret once it is decoded.

    Args:
        inside: Tells the kind of the first secret in a decoded text, if it has one.
    """

    __slots__ = ("_inside",)

    def __init__(self, inside: Callable[[str], str | None]) -> None:
        self._inside = inside

    def __call__(self, text: str) -> Iterator[Span]:
        """Return where it stands."""
        for found in _BASE64.finditer(text):
            decoded = _from_base64(found[0])
            if decoded is not None and (kind := self._kind(decoded)) is not None:
                yield of(found, 0, kind, "base64")
        for found in _HEX.finditer(text):
            if found[1].isdigit():
                # So is a long number.
                continue
            decoded = _from_hex(found[1])
            if decoded is not None and (kind := self._kind(decoded)) is not None:
                yield of(found, 0, kind, "hex")

    def _kind(self, decoded: str) -> str | None:
        if _SOMEBODY.fullmatch(decoded) and any(sign.isalpha() for sign in decoded):
            return "userinfo"
        return self._inside(decoded)


def _from_base64(text: str) -> str | None:
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    # A text that was cut decodes up to its last whole group.
    plain = plain[: len(plain) - 1] if len(plain) % 4 == 1 else plain
    # A look at the head tells nearly all that is none.
    if _printable(plain[:16]) is None:
        return None
    return _printable(plain + "=" * (-len(plain) % 4))


def _printable(text: str) -> str | None:
    try:
        decoded = b64decode(text).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return decoded if _PRINTABLE.fullmatch(decoded) else None


def _from_hex(text: str) -> str | None:
    try:
        decoded = bytes.fromhex(text).decode("ascii")
    except ValueError:
        return None
    return decoded if _PRINTABLE.fullmatch(decoded) else None

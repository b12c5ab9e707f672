"""Keep what steers a terminal out of a line: JSON has an escape for every character, and `cat` shows it as it is."""

from __future__ import annotations

import re

# Delete, C1, and what reorders, hides or breaks lines (Unicode TR 36, section 2.11), in UTF-8; JSON escapes C0 anyway.
_STEERING = re.compile(
    rb"\x7f|\xc2[\x80-\x9f\xad]|\xd8\x9c|\xe1\xa0\x8e|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf"
    rb"|\xef\xbf[\xb9-\xbb]|\xf3\xa0[\x80\x81][\x80-\xbf]"
)


def steers(data: bytes) -> bool:
    """Tell whether JSON holds such a character as it is."""
    return (b"\x7f" in data or not data.isascii()) and _STEERING.search(data) is not None


def escaped(data: bytes) -> bytes:
    """Return the same JSON with an escape in the place of each such character."""
    return _STEERING.sub(_escape, data) if steers(data) else data


def _escape(found: re.Match[bytes]) -> bytes:
    units = found[0].decode().encode("utf-16-be")
    return b"".join(b"\\u%b" % units[place : place + 2].hex().encode() for place in range(0, len(units), 2))

"""The header that lowers the level of one request: signed, and good for a limited time.

Its value is `LEVEL;exp=SECONDS;sig=SIGNATURE`: a level's name, the moment (seconds since the epoch) from which it is
refused, and the HMAC-SHA256 of what stands before `;sig=`, under a prefix of its own, in base64url without padding.
"""

from __future__ import annotations

import base64
import re

from obskit.decide import levels

HEADER = "X-Obskit-Level"
LONGEST = 86_400
"""Seconds that a header can be good for at most."""

# Clocks differ: one signed for the longest time by a machine that is ahead is still good.
_SKEW = 300
_FORM = r"(?P<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL);exp=(?P<exp>[1-9][0-9]{0,11});sig=[A-Za-z0-9_-]{43}"
# Keeps a signature made for anything else with the same key from being one of a level.
_PURPOSE = b"obskit level header 1\n"


def sign(level: int, key: bytes, expires: int) -> str:
    """Return the value of a header.

    Args:
        level: The level's number.
        key: What `init(level_key=...)` was given.
        expires: Seconds since the epoch.
    """
    # Only where there is a key.
    import hashlib
    import hmac

    said = f"{levels.name(level)};exp={expires}"
    mark = hmac.digest(key, _PURPOSE + said.encode("ascii"), hashlib.sha256)
    return f"{said};sig={base64.urlsafe_b64encode(mark).rstrip(b'=').decode('ascii')}"


def judge(value: object, key: bytes, now: float) -> int | None:
    """Return the level that a header asks for.

    Args:
        value: What the caller sent, as text or bytes.
        key: What `init(level_key=...)` was given.
        now: Seconds since the epoch.

    Returns:
        The level's number; None where the header has another form, is signed with another key, has expired, or would
        be good for more than a day.
    """
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if not isinstance(value, str) or len(value) > 128:
        return None
    found = re.fullmatch(_FORM, value)
    if found is None:
        return None
    level, expires = levels.number(found["level"]), int(found["exp"])
    from hmac import compare_digest

    # The whole text is compared, so that each signature has one spelling only.
    if not compare_digest(sign(level, key, expires).encode("ascii"), value.encode("ascii")):
        return None
    return level if now < expires <= now + LONGEST + _SKEW else None

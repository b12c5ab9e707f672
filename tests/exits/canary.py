"""Made-up secrets of every sort, and how to tell that one has left."""

from __future__ import annotations

from typing import Any

import obskit

EMAIL = "canary.person@mail-canary.example"
CARD = "4556737586899855"
# Without a form of its own: only the name that it stands under tells.
PLAIN = "Zx9-canary-plain"
PAIR = "Zx9canaryPair"
MARKED = "nothing-but-canary-words"

TEXT = f"from {EMAIL} by card {CARD} with password={PAIR} at last"
MARKER = "[REDACTED:"
NEEDLES = (EMAIL, "canary.person", CARD, PLAIN, PAIR, MARKED)


def fields() -> dict[str, Any]:
    """Return fields that hold every sort, on the first level and below."""
    return {
        "note": TEXT,
        "password": PLAIN,
        "marked": obskit.secret(MARKED),
        "nested": {"deep": [{"api_key": PLAIN}, TEXT, {TEXT: 1}]},
    }


def leaks(left: bytes | str) -> list[str]:
    """Return what of the canaries stands in what left."""
    found = left if isinstance(left, bytes) else left.encode()
    return [needle for needle in NEEDLES if needle.encode() in found]

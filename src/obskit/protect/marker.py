"""What stands in the place of a secret."""

from __future__ import annotations

from typing import Any

from obskit.protect.lazy import lazy

# One secret in several spellings gets one mark.
_SPELLED_APART = frozenset({"card", "iban", "phone", "ssn"})
_SEPARATORS = lazy(r"[\s()./_:-]+")


def marker(kind: str) -> str:
    """Return the marker of a kind, which tells nothing of the secret."""
    return f"[REDACTED:{kind}]"


class Marks:
    """Make the markers of a policy.

    Args:
        key: With it equal secrets get equal marks, `[email:9f3a1c2b]`, so that they can be counted without being known.
    """

    __slots__ = ("_digest", "_key")

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key
        self._digest: Any = None
        if key is not None:
            # Few policies have one; now, because a file may not be to be had later.
            from hmac import digest

            self._digest = digest

    def __call__(self, kind: str, secret: str) -> str:
        """Return what stands in the place of a secret of this kind."""
        if self._key is None:
            return f"[REDACTED:{kind}]"
        return f"[{kind}:{self._digits(kind, secret)}]"

    def _digits(self, kind: str, secret: str) -> str:
        # HMAC (RFC 2104): without the key nobody can try addresses until one fits.
        if kind == "email":
            secret = secret.strip().lower()
        elif kind in _SPELLED_APART:
            secret = _SEPARATORS.sub("", secret).upper()
        key = self._key or b""
        said: str = self._digest(key, f"{kind}:{secret}".encode("utf-8", "replace"), "sha256").hex()
        return said[:8]

"""Judge by its name whether a field holds a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate

_MOST_KEYS = 4096
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# The last telling word or pair of words decides, and says which kind the marker names.
_TELLING: dict[str, str] = {
    "password": "password", "passwd": "password", "pwd": "password", "passphrase": "password", "passcode": "password",
    "secret": "secret", "secrets": "secret", "credential": "secret", "credentials": "secret",
    "token": "token", "jwt": "token", "bearer": "token",
    "apikey": "key", "authorization": "authorization", "cookie": "cookie", "cookies": "cookie",
    "cvv": "card", "cvc": "card", "ssn": "ssn", "iban": "iban", "pin": "pin", "otp": "pin", "email": "email",
    "mail": "email", "ip": "ip",
}  # fmt: skip
_TELLING_PAIRS: dict[tuple[str, str], str] = {
    ("api", "key"): "key", ("access", "key"): "key", ("private", "key"): "key", ("secret", "key"): "key",
    ("signing", "key"): "key", ("encryption", "key"): "key", ("auth", "key"): "key", ("account", "key"): "key",
    ("card", "number"): "card", ("card", "no"): "card", ("card", "num"): "card", ("credit", "card"): "card",
    ("debit", "card"): "card", ("card", "cvv"): "card", ("security", "code"): "card",
    ("db", "pass"): "password", ("user", "pass"): "password", ("smtp", "pass"): "password",
    ("social", "security"): "ssn", ("session", "key"): "key", ("connection", "string"): "secret",
    ("e", "mail"): "email", ("email", "address"): "email", ("mail", "address"): "email",
    ("ip", "address"): "ip", ("client", "address"): "ip", ("remote", "addr"): "ip", ("remote", "address"): "ip",
    ("peer", "address"): "ip",
}  # fmt: skip
# Words that may stand behind a telling one without changing what the value is.
_FOLLOWING = frozenset((
    "value", "text", "string", "raw", "header", "plain", "old", "new", "current", "confirm", "confirmation", "again",
    "repeat", "hash", "hashed", "digest", "b64", "base64", "encoded", "encrypted", "id", "number", "1", "2", "3",
))  # fmt: skip


# Not a secret to be hidden, but an address to be shortened.
ADDRESS = "ip"
_DENIED = "denied"


class Keys:
    """Decide for a key, once: decisions are cached in a bounded table, for keys can come from outside.

    Args:
        allow: Globs over keys or dotted paths that stay readable; a path may begin at any of its keys.
        deny: Globs over keys or dotted paths that go.

    Attributes:
        by_path: Whether a glob has a dot, so that `kind_at` has to be asked with the whole path.
    """

    __slots__ = ("_allow", "_allow_paths", "_deny", "_deny_paths", "_known", "by_path")

    def __init__(self, allow: Iterable[str] = (), deny: Iterable[str] = ()) -> None:
        self._allow, self._allow_paths = _split(allow)
        self._deny, self._deny_paths = _split(deny)
        self.by_path = bool(self._allow_paths or self._deny_paths)
        self._known: dict[str, str | None] = {}

    def kind_at(self, path: Sequence[str], kind: str | None) -> str | None:
        """Return the kind of secret at a path, given what its last key alone says."""
        lowered = [part.lower() for part in path]
        paths = [".".join(lowered[start:]) for start in range(len(lowered))]
        if any(glob.match(found) for glob in self._allow_paths for found in paths):
            return None
        if any(glob.match(found) for glob in self._deny_paths for found in paths):
            return _DENIED
        return kind

    def kind(self, key: str) -> str | None:
        """Return the kind of secret that a field of this name holds, or None."""
        try:
            return self._known[key]
        except KeyError:
            pass
        found = self._judge(key)
        if len(self._known) >= _MOST_KEYS:
            self._known.clear()
        if len(key) <= 256:
            self._known[key] = found
        return found

    def _judge(self, key: str) -> str | None:
        lowered = key[:1024].lower()
        if any(glob.match(lowered) for glob in self._allow):
            return None
        if any(glob.match(lowered) for glob in self._deny):
            return _DENIED
        words = [word.lower() for word in _WORD.findall(key[:256])]
        while words:
            if len(words) > 1 and (kind := _TELLING_PAIRS.get((words[-2], words[-1]))):
                return kind
            if kind := _TELLING.get(words[-1]):
                return kind
            if words[-1] not in _FOLLOWING:
                return None
            words.pop()
        return None


def _split(globs: Iterable[str]) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    keys: list[re.Pattern[str]] = []
    paths: list[re.Pattern[str]] = []
    for glob in globs:
        (paths if "." in glob else keys).append(re.compile(translate(glob.lower())))
    return keys, paths

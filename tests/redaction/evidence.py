"""Tell from what came out whether a secret is still readable and whether its neighbours are still there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from tests.redaction.corpus.catalog import Case

# A secret of which this share of its characters stands in one piece counts as missed.
SHARE = 0.5
# Of a card, IBAN, telephone or social security number no more than the last four characters may stand.
TAIL = 4

_MARKER = re.compile(r"\[REDACTED:[\w.-]+\]|\[[\w.-]+:[0-9a-f]{8}\]")
_GROUPING = re.compile(r"(?<=\w)[ .()/-]{1,3}(?=\w)")
_NUMBER = re.compile(r"\+?[A-Z]{0,2}\d[\dA-Z]{7,33}")


def flatten(value: Any) -> str:
    """Return everything readable in a value: one line a leaf, `key: leaf` under a key."""
    return value if isinstance(value, str) else "\n".join(_leaves(value, ""))


def _leaves(value: Any, left: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            name = key if isinstance(key, str) else key.decode() if isinstance(key, bytes) else str(key)
            yield name
            yield from _leaves(item, f"{name}: ")
    elif isinstance(value, (list, tuple, set, frozenset)) and not hasattr(value, "_fields"):
        for item in value:
            yield from _leaves(item, left)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        yield left + bytes(value).decode("utf-8", "backslashreplace")
    elif isinstance(value, BaseException):
        yield f"{left}{type(value).__name__}: {value}"
        yield from getattr(value, "__notes__", ())
        yield from _leaves(getattr(value, "exceptions", ()), "")
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _leaves({part.name: getattr(value, part.name) for part in fields(value)}, left)
    elif callable(getattr(value, "model_dump", None)):
        yield from _leaves({name: getattr(value, name) for name in type(value).model_fields}, left)
    elif callable(getattr(value, "get_secret_value", None)):
        yield left + value.get_secret_value()
    else:
        yield f"{left}{value}"


def plain(value: Any) -> Any:
    """Return a plain structure as it comes out where nothing is redacted: tuples are lists, bytes are text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.decode() if isinstance(value, bytes) else value


def leaks(case: Case, shown: str) -> list[str]:
    """Return the parts of a case's secrets that are still readable.

    Args:
        case: What was logged.
        shown: The flattened output.
    """
    out = _MARKER.sub("\0", shown)
    rest = flatten(case.value)
    for secret in case.secrets:
        rest = rest.replace(secret, "\0")
    found = []
    for secret in case.secrets:
        part = _address_left(secret, out) if _is_address(secret) else _left(secret, out, rest)
        if part:
            found.append(part)
    return found


def lost(case: Case, shown: str) -> list[str]:
    """Return the neighbours that no longer stand verbatim in the flattened output."""
    return [part for part in case.kept if part not in shown]


def _left(secret: str, out: str, rest: str) -> str | None:
    if part := _window(secret, out, rest, math.ceil(len(secret) * SHARE)):
        return part
    squeezed = _GROUPING.sub("", secret)
    if _NUMBER.fullmatch(squeezed):
        out, rest = _GROUPING.sub("", out), _GROUPING.sub("", rest)
        return _window(squeezed, out, rest, math.ceil(len(squeezed) * SHARE)) or _window(
            squeezed[-TAIL - 1 :], out, rest, TAIL + 1
        )
    return None


def _window(secret: str, out: str, rest: str, size: int) -> str | None:
    # What also stands beside the secret tells nothing of it.
    if len(out) < size:
        return None
    for place in range(len(secret) - size + 1):
        part = secret[place : place + size]
        if part in out and part not in rest:
            return part
    return None


@lru_cache(50_000)
def _is_address(text: str) -> bool:
    try:
        return ip_address(text) is not None
    except ValueError:
        return False


def _address_left(secret: str, out: str) -> str | None:
    # A network's address stays by default; the half that names a host must go.
    first, last = (r"(?<![\w:])", r"(?![\w:])") if ":" in secret else (r"(?<![\d.])", r"(?!\d|\.\d)")
    if re.search(first + re.escape(secret) + last, out):
        return secret
    host = ":".join(secret.split(":")[-2:])
    return host if ":" in secret and "::" not in host and len(host) > 5 and host in out else None

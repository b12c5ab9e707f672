"""Read and write the `baggage` header of the W3C Baggage specification."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self
from urllib.parse import quote, unquote

# The specification asks for at least 64 members and 8192 bytes; more members are cheap, more bytes aren't.
MOST_MEMBERS = 180
MOST_BYTES = 8192

_OWS = " \t"
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_OCTETS = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
# Without "+": peers that read it as a space would change the value.
_SAFE = "!#$&'()*-./:<=>?@[]^_`{|}~"


class Value(str):
    """A value with the properties (`;k=v`) that came with it, so that they are passed on."""

    __slots__ = ("properties",)

    properties: str

    def __new__(cls, text: str, properties: str) -> Self:
        """Make a value.

        Args:
            text: the decoded value.
            properties: what followed the first semicolon, as it stood in the header.
        """
        value = super().__new__(cls, text)
        value.properties = properties
        return value


def parse(headers: Iterable[str]) -> dict[str, str]:
    """Read baggage; several headers are one list, in their order.

    Args:
        headers: the headers' values, whatever they hold.

    Returns:
        The decoded values by key. Members that break the grammar are left out, and so is what exceeds 180 members or
        8192 bytes; of a doubled key the last value counts. Bytes that aren't UTF-8 become U+FFFD.
    """
    combined = ",".join(headers)
    if not combined:
        return {}
    parts = combined[: MOST_BYTES + 1].split(",")
    if len(combined) > MOST_BYTES:
        # The last one may have been cut.
        parts.pop()
    found: dict[str, str] = {}
    for part in parts:
        pair = _member(part)
        if pair is not None and (pair[0] in found or len(found) < MOST_MEMBERS):
            found[pair[0]] = pair[1]
    return found


def render(baggage: Mapping[str, object]) -> str:
    """Write baggage as one header.

    Args:
        baggage: values by key; a value that isn't a string is written as its `str()`.

    Returns:
        The header's value, perhaps empty. A key that isn't a token, a value without a text and what exceeds 180 members
        or 8192 bytes are left out.
    """
    members: list[str] = []
    size = -1
    for key, value in baggage.items():
        member = _render(key, value)
        if member is None or size + 1 + len(member) > MOST_BYTES:
            continue
        members.append(member)
        size += 1 + len(member)
        if len(members) == MOST_MEMBERS:
            break
    return ",".join(members)


def redacted(baggage: Mapping[str, object], protect: Callable[[Any, str | None], Any]) -> dict[str, object]:
    """Give baggage as it may be sent: values redacted, without the keys that hold a secret themselves.

    Args:
        baggage: values by key; it stays as it is.
        protect: `protect(value, key)` gives a value redacted.
    """
    return {key: _redacted(value, key, protect) for key, value in baggage.items() if protect(key, None) == key}


def _redacted(value: object, key: str, protect: Callable[[Any, str | None], Any]) -> object:
    shown = str(protect(value, key))
    properties = value.properties if isinstance(value, Value) else ""
    return Value(shown, properties) if properties and protect(properties, None) == properties else shown


def _member(part: str) -> tuple[str, str] | None:
    pair, semicolon, properties = part.partition(";")
    name, equals, octets = pair.partition("=")
    name = name.strip(_OWS)
    octets = octets.strip(_OWS)
    if not equals or not _TOKEN.fullmatch(name) or not _OCTETS.fullmatch(octets):
        return None
    text = unquote(octets, errors="replace") if "%" in octets else octets
    if not semicolon:
        return name, text
    known = [prop.strip(_OWS) for prop in properties.split(";")]
    kept = ";".join(prop for prop in known if _is_property(prop))
    return name, Value(text, kept) if kept else text


def _is_property(text: str) -> bool:
    name, _, octets = text.partition("=")
    return bool(_TOKEN.fullmatch(name.strip(_OWS)) and _OCTETS.fullmatch(octets.strip(_OWS)))


def _render(key: object, value: object) -> str | None:
    if not isinstance(key, str) or not _TOKEN.fullmatch(key):
        return None
    try:
        member = f"{key}={quote(str(value), safe=_SAFE, errors='replace')}"
    except Exception:
        return None
    properties = value.properties if isinstance(value, Value) else ""
    return f"{member};{properties}" if properties else member

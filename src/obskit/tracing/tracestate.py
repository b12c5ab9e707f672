"""Hold a tracestate by the grammar of W3C Trace Context Level 2."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from opentelemetry import trace

MOST_MEMBERS = 32
# 32 members of 256 + 1 + 256 characters and their commas, twice over for optional white space.
_LONGEST = 33_000
_MEMBER = re.compile(
    r"([a-z0-9][a-z0-9_\-*/@]{0,255})=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])"
)


class TraceState(trace.TraceState):
    """A list of key and value pairs whose keys follow Level 2, where `@` is a character like others.

    The class of OpenTelemetry's API checks keys by Level 1 and would lose `foo@` or `a@b@c`.

    Args:
        entries: pairs in order; invalid ones, doubled keys and what exceeds 32 members are left out.
    """

    def __init__(self, entries: Sequence[tuple[str, str]] | None = None) -> None:
        super().__init__()
        for key, value in entries or ():
            if len(self._dict) < MOST_MEMBERS and key not in self._dict and _valid(key, value):
                self._dict[key] = value

    def add(self, key: str, value: str) -> TraceState:
        """Give a state with one more member in front; the same state where it is invalid, known or one too many."""
        if key in self._dict or len(self._dict) >= MOST_MEMBERS or not _valid(key, value):
            return self
        return TraceState([(key, value), *self._dict.items()])

    def update(self, key: str, value: str) -> TraceState:
        """Give a state with this member changed or added, and moved to the front; the same one where it is invalid."""
        if not _valid(key, value) or (key not in self._dict and len(self._dict) >= MOST_MEMBERS):
            return self
        return TraceState([(key, value), *(pair for pair in self._dict.items() if pair[0] != key)])

    def delete(self, key: str) -> TraceState:
        """Give a state without this member."""
        if key not in self._dict:
            return self
        return TraceState([pair for pair in self._dict.items() if pair[0] != key])

    @classmethod
    def from_header(cls, header_list: list[str]) -> TraceState:
        """Read the values of one or more tracestate headers, see `parse`."""
        return parse(header_list)

    @classmethod
    def get_default(cls) -> TraceState:
        """Give the empty state."""
        return EMPTY


def parse(headers: Iterable[str]) -> TraceState:
    """Read a tracestate; several headers are one list, in their order.

    Args:
        headers: the headers' values.

    Returns:
        The state; the empty one when anything in it breaks W3C Trace Context Level 2: an illegal key or value, a
        doubled key, more than 32 members. Empty members and white space around members are legal.
    """
    combined = ",".join(headers)
    if not combined or len(combined) > _LONGEST:
        return EMPTY
    members: dict[str, str] = {}
    for part in combined.split(","):
        member = part.strip(" \t")
        if not member:
            continue
        match = _MEMBER.fullmatch(member)
        if match is None or match[1] in members or len(members) == MOST_MEMBERS:
            return EMPTY
        members[match[1]] = match[2]
    if not members:
        return EMPTY
    state = TraceState()
    state._dict = members  # noqa: SLF001
    return state


def changed(state: trace.TraceState, key: str, value: str) -> trace.TraceState | None:
    """Give a state with one member changed or added, in front of the others.

    Args:
        state: any state; it stays as it is.
        key: the member's key.
        value: its value; the member is left out where it is empty.

    Returns:
        The new state, without the last member where there would be more than 32 (W3C Trace Context, section 3.5); None
        where the member is invalid.
    """
    others = [pair for pair in state.items() if pair[0] != key]
    if not value:
        return TraceState(others)
    return TraceState([(key, value), *others]) if _valid(key, value) else None


def cleared(state: trace.TraceState, protect: Callable[[Any, str | None], Any]) -> trace.TraceState:
    """Give a state without the members in which the redactor finds something.

    Args:
        state: any state; it stays as it is.
        protect: `protect(value, key)` gives a value redacted.

    Returns:
        The same state where nothing is found.
    """
    if not state:
        return state
    kept = [(key, value) for key, value in state.items() if protect(key, None) == key and protect(value, key) == value]
    return state if len(kept) == len(state) else TraceState(kept)


def _valid(key: object, value: object) -> bool:
    return isinstance(key, str) and isinstance(value, str) and _MEMBER.fullmatch(f"{key}={value}") is not None


EMPTY = TraceState()

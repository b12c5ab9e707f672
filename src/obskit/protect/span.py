"""A stretch of text that has to go, and how several of them are brought together."""

from __future__ import annotations

from collections.abc import Iterable
from re import Match
from typing import NamedTuple


class Span(NamedTuple):
    """Where a secret stands.

    Attributes:
        start: The index of its first character.
        end: The index behind its last.
        kind: What the marker calls it.
        rule: What found it, for explanations.
        shown: What stands in its place, where that is not the marker: a shortened address.
    """

    start: int
    end: int
    kind: str
    rule: str
    shown: str | None = None


def of(found: Match[str], group: int, kind: str, rule: str, shown: str | None = None) -> Span:
    """Return the span of a group of a match."""
    start, end = found.span(group)
    return Span(start, end, kind, rule, shown)


def merge(found: Iterable[Span]) -> list[Span]:
    """Return spans in order and without overlap: what any of them covers goes; the widest names the kind."""
    merged: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        last = merged[-1] if merged else None
        if last is None or span.start >= last.end:
            merged.append(span)
            continue
        if span.end <= last.end and last.shown is None:
            continue
        # A shortened address inside a secret is the secret's; two that overlap go together.
        wider = span if span.end - span.start > last.end - last.start or last.shown is not None else last
        merged[-1] = Span(last.start, max(last.end, span.end), wider.kind, wider.rule, wider.shown)
    return merged

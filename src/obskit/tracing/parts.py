"""What a span holds besides attributes: events and links."""

from __future__ import annotations

from time import time_ns
from typing import Any

from opentelemetry.trace import SpanContext
from opentelemetry.util.types import Attributes


class Event:
    """A moment within a span.

    Attributes:
        name: what happened.
        timestamp: nanoseconds since the epoch.
        attributes: cleaned attributes.
        dropped_attributes: how many didn't fit.
    """

    __slots__ = ("attributes", "dropped_attributes", "name", "timestamp")

    def __init__(self, name: str, timestamp: int, attributes: dict[str, Any], dropped_attributes: int) -> None:
        self.name = name
        self.timestamp = timestamp
        self.attributes = attributes
        self.dropped_attributes = dropped_attributes


class Link:
    """A span that this one has to do with, other than its parent.

    Attributes:
        context: the other span's context.
        attributes: cleaned attributes.
        dropped_attributes: how many didn't fit.
    """

    __slots__ = ("attributes", "context", "dropped_attributes")

    def __init__(self, context: SpanContext, attributes: dict[str, Any], dropped_attributes: int) -> None:
        self.context = context
        self.attributes = attributes
        self.dropped_attributes = dropped_attributes


class More:
    """What few spans have.

    Attributes:
        events: oldest first.
        links: oldest first.
        dropped_attributes, dropped_events, dropped_links: how many didn't fit into the limits.
    """

    __slots__ = ("dropped_attributes", "dropped_events", "dropped_links", "events", "links")

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.links: list[Link] = []
        self.dropped_attributes = self.dropped_events = self.dropped_links = 0


def counts(context: object, attributes: Attributes) -> bool:
    """Tell whether a link says anything: an invalid context does so only with attributes or a trace state.

    Args:
        context: the other span's, if it is one.
        attributes: the link's.
    """
    return isinstance(context, SpanContext) and bool(context.is_valid or attributes or context.trace_state)


def nanoseconds(moment: Any) -> int:
    """Make whole nanoseconds of what a caller gave for a time; now where it is none."""
    if type(moment) is int:
        return moment
    try:
        return int(moment)
    except Exception:
        return time_ns()


def append(items: list[Any], item: Any, most: int | None) -> int:
    """Append to a list of bounded length; the newest stay.

    Args:
        items: is changed.
        item: what is appended.
        most: how many are kept, None for no limit.

    Returns:
        How many were dropped, 0 or 1.
    """
    if most is None or len(items) < most:
        items.append(item)
        return 0
    if most:
        items.pop(0)
        items.append(item)
    return 1

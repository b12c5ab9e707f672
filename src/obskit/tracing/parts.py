"""What a span holds besides attributes: events and links."""

from __future__ import annotations

from typing import Any

from opentelemetry.trace import SpanContext


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

"""The span that a user's span processors see while it goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.trace import SpanContext, Status, StatusCode
from opentelemetry.util.types import Attributes, AttributeValue

from obskit.tracing.readable import readable

if TYPE_CHECKING:
    from obskit.tracing.engine import Engine
    from obskit.tracing.span import Span


class View(trace.Span):
    """Write to a span as it is, and read it redacted.

    Beside the methods of OpenTelemetry's API it has all that a ReadableSpan has, as of the time of reading.

    Args:
        span: the lean span.
        engine: redacts.
    """

    __slots__ = ("_engine", "_span")

    def __init__(self, span: Span, engine: Engine) -> None:
        self._span = span
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        engine = self._engine
        return getattr(readable(self._span, engine.protect, engine.redacted_resource()), name)

    def __repr__(self) -> str:
        return f"View({self.name!r}, trace_id={self._span.trace_id:032x}, span_id={self._span.span_id:016x})"

    def get_span_context(self) -> SpanContext:
        """Give the span's own context."""
        found: SpanContext = self.context
        return found

    def is_recording(self) -> bool:
        """Tell whether the span is still going on."""
        return self._span.is_recording()

    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Set attributes of the span."""
        self._span.set_attributes(attributes)

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        """Set an attribute of the span."""
        self._span.set_attribute(key, value)

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        """Add an event to the span."""
        self._span.add_event(name, attributes, timestamp)

    def add_link(self, context: SpanContext, attributes: Attributes = None) -> None:
        """Add a link to the span."""
        self._span.add_link(context, attributes)

    def update_name(self, name: str) -> None:
        """Change the span's name."""
        self._span.update_name(name)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """Set the span's status."""
        self._span.set_status(status, description)

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        """Add an event that holds an exception."""
        self._span.record_exception(exception, attributes, timestamp, escaped)

    def end(self, end_time: int | None = None) -> None:
        """End the span."""
        self._span.end(end_time)

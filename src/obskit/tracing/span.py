"""The lean span: what happened between two moments, as cheaply as it can be recorded."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from time import perf_counter_ns
from types import TracebackType
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode
from opentelemetry.util.types import Attributes, AttributeValue

from obskit.tracing.attributes import PLAIN, fill, put, taken_over, text_of
from obskit.tracing.carrier import FLAGS, KNOWN_FLAGS
from obskit.tracing.exception import stacktrace, type_name
from obskit.tracing.head import begin
from obskit.tracing.ids import refill, take
from obskit.tracing.parts import Event, Link, More, append, counts, nanoseconds

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import TraceState

    from obskit.tracing.local import LocalTrace
    from obskit.tracing.tracer import Tracer

logger = logging.getLogger("obskit.tracing")

UNSET = Status(StatusCode.UNSET)


class Span(trace.Span):
    """A span with the semantics of the OpenTelemetry SDK's; made by `Tracer.start_span`.

    No lock is taken: each change is one step under the interpreter's own lock, and reading gives copies.

    Attributes:
        name: what is being done.
        kind: its SpanKind.
        local: what it has in common with the other spans of its local root: trace id, flags, state, clock.
        shown: the ids of trace and span as they stand in a line, with the comma before them.
        parent_hex: the parent's span id in hexadecimal digits, empty for a root.
        start_time, end_time: nanoseconds since the epoch; end_time is None until the span ends.
        status: an OpenTelemetry Status.
        correlation_id: the id of the unit of work, or None.
        values: the attributes themselves, for reading only; None where there are none.
        more: events, links, and what was dropped; None where there is nothing of that, as with nearly every span.
        tracer: what made the span.
    """

    __slots__ = (
        "_context",
        "_open",
        "_parent",
        "_record_exception",
        "_set_status",
        "correlation_id",
        "end_time",
        "kind",
        "local",
        "more",
        "name",
        "parent_hex",
        "shown",
        "start_time",
        "status",
        "tracer",
        "values",
    )

    def __init__(
        self,
        tracer: Tracer,
        name: str,
        parent: trace.Span | None,
        kind: SpanKind,
        attributes: Attributes,
        start_time: int | None,
        record_exception: bool,
        set_status: bool,
    ) -> None:
        self.tracer = tracer
        engine = tracer.engine
        self._parent: SpanContext | None = None
        if type(parent) is Span:
            local = parent.local
            self.parent_hex = parent.shown[-17:-1]
        else:
            local, self._parent = begin(engine, parent)
            self.parent_hex = b"" if self._parent is None else b"%016x" % self._parent.span_id
        self.local: LocalTrace = local
        self.name = name
        self.kind = kind
        try:
            own = take()
        except IndexError:
            own = refill()
        self.shown: bytes = local.shown + own + b'"'
        self.status = UNSET
        self.end_time: int | None = None
        self.more: More | None = None
        self._context: SpanContext | None = None
        self._record_exception = record_exception
        self._set_status = set_status
        self._open = True
        self.values: dict[str, Any] | None = taken_over(attributes, engine.taken_over) if attributes else None
        try:
            self.correlation_id = engine.correlation_id()
        except Exception as error:
            engine.failed("the correlation id", error)
            self.correlation_id = None
        self.start_time: int = local.offset + perf_counter_ns() if start_time is None else nanoseconds(start_time)
        if attributes and self.values is None:
            self.set_attributes(attributes)

    def __repr__(self) -> str:
        return f"Span({self.name!r}, trace_id={self.trace_id:032x}, span_id={self.span_id:016x})"

    def now(self) -> int:
        """Give the time in nanoseconds since the epoch, by the clock that all spans of this local root share."""
        return self.local.offset + perf_counter_ns()

    @property
    def trace_id(self) -> int:
        """Give the trace's id, 128 bits."""
        return self.local.trace_id

    @property
    def span_id(self) -> int:
        """Give the span's id, 64 bits."""
        return int(self.shown[-17:-1], 16)

    @property
    def flags(self) -> int:
        """Give the flags: sampled (0x01) and random (0x02)."""
        return self.local.flags

    @property
    def trace_state(self) -> TraceState:
        """Give the trace's state, as it is sent on."""
        return self.local.trace_state

    @property
    def probability(self) -> float:
        """Give the probability with which the trace was kept; 1.0 where it is not known."""
        return self.local.probability

    @property
    def parent_id(self) -> int:
        """Give the parent's span id, 0 for a root."""
        return int(self.parent_hex, 16) if self.parent_hex else 0

    @property
    def parent_remote(self) -> bool:
        """Tell whether the parent lives in another process."""
        return self._parent is not None and self._parent.is_remote

    @property
    def context(self) -> SpanContext:
        """Give the span's own context."""
        context = self._context
        if context is None:
            context = self._context = self._make_context(self.span_id)
        return context

    def get_span_context(self) -> SpanContext:
        """Give the span's own context."""
        return self._context or self.context

    @property
    def traceparent(self) -> str:
        """Give the header that carries the span onwards (W3C Trace Context Level 2, section 3.2)."""
        shown = self.shown.decode("ascii")
        return f"00-{shown[13:45]}-{shown[-17:-1]}-{self.local.flags & KNOWN_FLAGS:02x}"

    @property
    def parent(self) -> SpanContext | None:
        """Give the parent's context, None for a root."""
        if self._parent is None and self.parent_hex:
            # A local parent differs in nothing but its id.
            self._parent = self._make_context(int(self.parent_hex, 16))
        return self._parent

    def _make_context(self, span_id: int) -> SpanContext:
        local = self.local
        return SpanContext(
            local.trace_id, span_id, is_remote=False, trace_flags=FLAGS[local.flags], trace_state=local.trace_state
        )

    @property
    def attributes(self) -> dict[str, Any]:
        """Give a copy of the attributes."""
        return self.values.copy() if self.values else {}

    @property
    def events(self) -> tuple[Event, ...]:
        """Give the events, oldest first."""
        return () if self.more is None else tuple(self.more.events)

    @property
    def links(self) -> tuple[Link, ...]:
        """Give the links, oldest first."""
        return () if self.more is None else tuple(self.more.links)

    @property
    def dropped_attributes(self) -> int:
        """Tell how many attributes didn't fit into the limits."""
        return 0 if self.more is None else self.more.dropped_attributes

    @property
    def dropped_events(self) -> int:
        """Tell how many events didn't fit into the limits."""
        return 0 if self.more is None else self.more.dropped_events

    @property
    def dropped_links(self) -> int:
        """Tell how many links didn't fit into the limits."""
        return 0 if self.more is None else self.more.dropped_links

    @property
    def instrumentation_scope(self) -> InstrumentationScope:
        """Tell which instrumentation made the span."""
        return self.tracer.instrumentation_scope

    @property
    def resource(self) -> Resource:
        """Tell which service the span belongs to."""
        return self.tracer.resource

    def is_recording(self) -> bool:
        """Tell whether the span is still going on."""
        return self.end_time is None

    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Set attributes; beyond the limit the oldest go.

        Args:
            attributes: values by key.
        """
        if self._ended("set_attributes"):
            return
        engine = self.tracer.engine
        # No call stands between looking and storing: of two threads the second takes the first one's.
        if self.values is None:
            self.values = {}
        values = self.values
        taken = taken_over(attributes, engine.taken_over - len(values))
        if taken is not None and values.keys().isdisjoint(taken):
            values.update(taken)
            return
        limits = engine.limits
        dropped = fill(values, attributes, limits.max_span_attributes, limits.max_span_attribute_length)
        if dropped:
            self._room().dropped_attributes += dropped

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        """Set one attribute; beyond the limit the oldest goes.

        Args:
            key: a string that isn't empty.
            value: what an attribute may hold; anything else becomes its `str()`.
        """
        if self.end_time is not None:
            self._ended("set_attribute")
            return
        values = self.values
        if values is None:
            # No call stands between looking and storing: of two threads the second takes the first one's.
            values = self.values = {}
        engine = self.tracer.engine
        try:
            # What `is_plain` tells, without the call: spans get most of their attributes here.
            plain = type(value) in PLAIN and type(key) is str
        except Exception:
            plain = False
        if plain and key and key not in values and len(values) < engine.taken_over:
            values[key] = value
            return
        limits = engine.limits
        if put(values, key, value, limits.max_span_attributes, limits.max_span_attribute_length):
            self._room().dropped_attributes += 1

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        """Add an event; beyond the limit the oldest goes.

        Args:
            name: what happened.
            attributes: values by key.
            timestamp: nanoseconds since the epoch; now by default.
        """
        if self._ended("add_event"):
            return
        limits = self.tracer.engine.limits
        kept: dict[str, Any] = {}
        dropped = fill(kept, attributes, limits.max_event_attributes, limits.max_attribute_length) if attributes else 0
        event = Event(name, self.now() if timestamp is None else nanoseconds(timestamp), kept, dropped)
        more = self._room()
        more.dropped_events += append(more.events, event, limits.max_events)

    def add_link(self, context: SpanContext, attributes: Attributes = None) -> None:
        """Add a link; beyond the limit the oldest goes.

        Args:
            context: the other span's; one that is invalid counts only with attributes or a trace state.
            attributes: values by key.
        """
        if not counts(context, attributes):
            return
        if self._ended("add_link"):
            return
        limits = self.tracer.engine.limits
        kept: dict[str, Any] = {}
        dropped = fill(kept, attributes, limits.max_link_attributes, limits.max_attribute_length) if attributes else 0
        more = self._room()
        more.dropped_links += append(more.links, Link(context, kept, dropped), limits.max_links)

    def add_links(self, links: Sequence[trace.Link]) -> None:
        """Add the links given at the start.

        Args:
            links: OpenTelemetry's links; they are never changed.
        """
        for link in links:
            if link is not None:
                self.add_link(link.context, link.attributes)

    def update_name(self, name: str) -> None:
        """Change the name.

        Args:
            name: what is being done.
        """
        if not self._ended("update_name"):
            self.name = name

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """Set the status: OK is final, UNSET changes nothing.

        Args:
            status: a Status, or its code.
            description: what went wrong; only with the code ERROR.
        """
        if self._ended("set_status"):
            return
        code = status.status_code if isinstance(status, Status) else status
        if self.status.status_code is StatusCode.OK or code is StatusCode.UNSET:
            return
        if isinstance(status, Status):
            if description is not None:
                logger.warning("set_status takes no description beside a Status; it is left out.")
            self.status = status
        elif isinstance(status, StatusCode):
            self.status = Status(status, description)

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,
        timestamp: int | None = None,
        escaped: bool = False,
    ) -> None:
        """Add an event that holds an exception, by OpenTelemetry's semantic conventions.

        Args:
            exception: what was raised.
            attributes: further ones, which win.
            timestamp: nanoseconds since the epoch; now by default.
            escaped: whether it left the span.
        """
        if self._ended("record_exception"):
            return
        kept: dict[str, Any] = {
            "exception.type": type_name(exception),
            "exception.message": text_of(exception),
            "exception.stacktrace": stacktrace(exception),
            "exception.escaped": str(escaped),
        }
        if attributes:
            kept.update(attributes)
        self.add_event("exception", kept, timestamp)

    def end(self, end_time: int | None = None) -> None:
        """End the span; it can't be changed afterwards.

        Args:
            end_time: nanoseconds since the epoch; now by default.
        """
        try:
            # Of two threads only one can delete: the span is handed on once, without a lock.
            del self._open
        except AttributeError:
            logger.warning("The span %r has ended already.", self.name)
            return
        self.end_time = self.local.offset + perf_counter_ns() if end_time is None else nanoseconds(end_time)
        engine = self.tracer.engine
        try:
            engine.on_end(self)
        except Exception as error:
            engine.failed("the end of a span", error)
        if engine.processors:
            engine.end_processors(self)

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        """End the span, as `with tracer.start_span(...)` does."""
        if exc_val is not None and self.is_recording():
            if self._record_exception:
                self.record_exception(exc_val, escaped=True)
            if self._set_status:
                self.set_status(Status(StatusCode.ERROR, f"{type(exc_val).__name__}: {text_of(exc_val)}"))
        self.end()

    def _room(self) -> More:
        if self.more is None:
            made = More()
            # No call stands between looking and storing: of two threads the second takes the first one's.
            if self.more is None:
                self.more = made
        return self.more

    def _ended(self, method: str) -> bool:
        if self.end_time is None:
            return False
        logger.warning("%s was called on the span %r, which has ended; it changes nothing.", method, self.name)
        return True

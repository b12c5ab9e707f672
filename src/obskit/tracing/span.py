"""The lean span: what happened between two moments, as cheaply as it can be recorded."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from time import perf_counter_ns, time_ns
from types import TracebackType
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.trace import DEFAULT_TRACE_STATE, SpanContext, SpanKind, Status, StatusCode
from opentelemetry.util.types import Attributes, AttributeValue

from obskit.tracing import ids
from obskit.tracing.attributes import fill, put, text_of
from obskit.tracing.carrier import FLAGS, KNOWN_FLAGS, RANDOM, SAMPLED
from obskit.tracing.exception import stacktrace, type_name
from obskit.tracing.parts import Event, Link

if TYPE_CHECKING:
    from opentelemetry.context.context import Context
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import TraceState

    from obskit.tracing.tracer import Tracer

logger = logging.getLogger("obskit.tracing")

UNSET = Status(StatusCode.UNSET)


class Span(trace.Span):
    """A span with the semantics of the OpenTelemetry SDK's; made by `Tracer.start_span`.

    No lock is taken: each change is one step under the interpreter's own lock, and reading gives copies.

    Attributes:
        name: what is being done.
        kind: its SpanKind.
        trace_id, span_id: integers.
        flags: sampled (0x01) and random (0x02), as an integer.
        trace_state: the trace's state, as it came.
        parent_id: the parent's span id, 0 for a root.
        parent_remote: whether the parent lives in another process.
        start_time, end_time: nanoseconds since the epoch; end_time is None until the span ends.
        status: an OpenTelemetry Status.
        correlation_id: the id of the unit of work, or None.
        dropped_attributes, dropped_events, dropped_links: how many didn't fit into the limits.
    """

    __slots__ = (
        "_attributes",
        "_context",
        "_events",
        "_links",
        "_offset",
        "_open",
        "_parent",
        "_record_exception",
        "_set_status",
        "_tracer",
        "correlation_id",
        "dropped_attributes",
        "dropped_events",
        "dropped_links",
        "end_time",
        "flags",
        "kind",
        "name",
        "parent_id",
        "parent_remote",
        "span_id",
        "start_time",
        "status",
        "trace_id",
        "trace_state",
    )

    def __init__(
        self,
        tracer: Tracer,
        name: str,
        parent: trace.Span,
        kind: SpanKind,
        start_time: int | None,
        record_exception: bool,
        set_status: bool,
    ) -> None:
        self._tracer = tracer
        self.name = name
        self.kind = kind
        self.span_id = ids.span_id()
        self.status = UNSET
        self.end_time: int | None = None
        self.dropped_attributes = self.dropped_events = self.dropped_links = 0
        self._attributes: dict[str, Any] | None = None
        self._events: list[Event] | None = None
        self._links: list[Link] | None = None
        self._context: SpanContext | None = None
        self._record_exception = record_exception
        self._set_status = set_status
        self._open = True
        if type(parent) is Span:
            self.trace_id: int = parent.trace_id
            self.flags: int = parent.flags
            self.trace_state: TraceState = parent.trace_state
            self.parent_id: int = parent.span_id
            self.parent_remote = False
            self._parent: SpanContext | None = None
            self._offset: int = parent._offset  # noqa: SLF001
        else:
            self._begin_local_root(parent)
        self.start_time: int = self._offset + perf_counter_ns() if start_time is None else _nanoseconds(start_time)
        self.correlation_id = tracer.facade.engine.correlation()

    def _begin_local_root(self, parent: trace.Span) -> None:
        # One look at the wall clock for all spans below: setting the clock can't make a child outlast its parent.
        self._offset = time_ns() - perf_counter_ns()
        context = parent.get_span_context()
        if isinstance(context, SpanContext) and context.is_valid:  # type: ignore[redundant-expr]
            self.trace_id = context.trace_id
            self.flags = context.trace_flags & KNOWN_FLAGS
            self.trace_state = context.trace_state
            self.parent_id = context.span_id
            self.parent_remote = context.is_remote
            self._parent = context
        else:
            self.trace_id = ids.trace_id()
            self.flags = RANDOM | SAMPLED if self._tracer.facade.engine.samples(self.trace_id) else RANDOM
            self.trace_state = DEFAULT_TRACE_STATE
            self.parent_id = 0
            self.parent_remote = False
            self._parent = None

    def __repr__(self) -> str:
        return f"Span({self.name!r}, trace_id={self.trace_id:032x}, span_id={self.span_id:016x})"

    def now(self) -> int:
        """Give the time in nanoseconds since the epoch, by the clock that all spans of this local root share."""
        return self._offset + perf_counter_ns()

    @property
    def context(self) -> SpanContext:
        """Give the span's own context."""
        context = self._context
        if context is None:
            context = SpanContext(
                self.trace_id,
                self.span_id,
                is_remote=False,
                trace_flags=FLAGS[self.flags],
                trace_state=self.trace_state,
            )
            self._context = context
        return context

    def get_span_context(self) -> SpanContext:
        """Give the span's own context."""
        return self._context or self.context

    @property
    def parent(self) -> SpanContext | None:
        """Give the parent's context, None for a root."""
        if self._parent is None and self.parent_id:
            # A local parent differs in nothing but its id.
            self._parent = SpanContext(
                self.trace_id,
                self.parent_id,
                is_remote=False,
                trace_flags=FLAGS[self.flags],
                trace_state=self.trace_state,
            )
        return self._parent

    @property
    def attributes(self) -> dict[str, Any]:
        """Give a copy of the attributes."""
        return self._attributes.copy() if self._attributes else {}

    @property
    def events(self) -> tuple[Event, ...]:
        """Give the events, oldest first."""
        return tuple(self._events) if self._events else ()

    @property
    def links(self) -> tuple[Link, ...]:
        """Give the links, oldest first."""
        return tuple(self._links) if self._links else ()

    @property
    def instrumentation_scope(self) -> InstrumentationScope:
        """Tell which instrumentation made the span."""
        return self._tracer.instrumentation_scope

    @property
    def resource(self) -> Resource:
        """Tell which service the span belongs to."""
        return self._tracer.resource

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
        limits = self._tracer.facade.engine.limits
        if self._attributes is None:
            self._attributes = {}
        self.dropped_attributes += fill(
            self._attributes, attributes, limits.max_span_attributes, limits.max_span_attribute_length
        )

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        """Set one attribute; beyond the limit the oldest goes.

        Args:
            key: a string that isn't empty.
            value: what an attribute may hold; anything else becomes its `str()`.
        """
        if self._ended("set_attribute"):
            return
        limits = self._tracer.facade.engine.limits
        if self._attributes is None:
            self._attributes = {}
        self.dropped_attributes += put(
            self._attributes, key, value, limits.max_span_attributes, limits.max_span_attribute_length
        )

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:
        """Add an event; beyond the limit the oldest goes.

        Args:
            name: what happened.
            attributes: values by key.
            timestamp: nanoseconds since the epoch; now by default.
        """
        if self._ended("add_event"):
            return
        limits = self._tracer.facade.engine.limits
        kept: dict[str, Any] = {}
        dropped = fill(kept, attributes, limits.max_event_attributes, limits.max_attribute_length) if attributes else 0
        event = Event(name, self.now() if timestamp is None else _nanoseconds(timestamp), kept, dropped)
        if self._events is None:
            self._events = []
        self.dropped_events += _append(self._events, event, limits.max_events)

    def add_link(self, context: SpanContext, attributes: Attributes = None) -> None:
        """Add a link; beyond the limit the oldest goes.

        Args:
            context: the other span's; one that is invalid counts only with attributes or a trace state.
            attributes: values by key.
        """
        if not _counts(context, attributes):
            return
        if self._ended("add_link"):
            return
        limits = self._tracer.facade.engine.limits
        kept: dict[str, Any] = {}
        dropped = fill(kept, attributes, limits.max_link_attributes, limits.max_attribute_length) if attributes else 0
        if self._links is None:
            self._links = []
        self.dropped_links += _append(self._links, Link(context, kept, dropped), limits.max_links)

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
        self.end_time = self._offset + perf_counter_ns() if end_time is None else _nanoseconds(end_time)
        self._tracer.facade.engine.ended(self)

    def started(self, context: Context | None) -> None:
        """Tell the user's span processors, if any, that the span has started.

        Args:
            context: what the parent was taken from; None is the current context.
        """
        engine = self._tracer.facade.engine
        if engine.processors:
            engine.started(self, context)

    def fail(self, exception: BaseException, *, record: bool, set_status: bool, escaped: bool = False) -> None:
        """Note that an exception passes through the span.

        Args:
            exception: what was raised.
            record: whether an event is added.
            set_status: whether the status becomes ERROR.
            escaped: what the event says under `exception.escaped`.
        """
        if record:
            self.record_exception(exception, escaped=escaped)
        if set_status:
            self.set_status(Status(StatusCode.ERROR, f"{type(exception).__name__}: {text_of(exception)}"))

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        """End the span, as `with tracer.start_span(...)` does."""
        if exc_val is not None and self.is_recording():
            self.fail(exc_val, record=self._record_exception, set_status=self._set_status, escaped=True)
        self.end()

    def _ended(self, method: str) -> bool:
        if self.end_time is None:
            return False
        logger.warning("%s was called on the span %r, which has ended; it changes nothing.", method, self.name)
        return True


def _counts(context: object, attributes: Attributes) -> bool:
    return isinstance(context, SpanContext) and bool(context.is_valid or attributes or context.trace_state)


def _nanoseconds(moment: Any) -> int:
    if type(moment) is int:
        return moment
    try:
        return int(moment)
    except Exception:
        return time_ns()


def _append(items: list[Any], item: Any, most: int | None) -> int:
    if most is None or len(items) < most:
        items.append(item)
        return 0
    if most:
        items.pop(0)
        items.append(item)
    return 1

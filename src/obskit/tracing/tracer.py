"""The tracer that instrumentation packages get."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.trace import Link, SpanKind
from opentelemetry.util.types import Attributes

from obskit.tracing.active import SPAN, variable
from obskit.tracing.current import Current
from obskit.tracing.span import Span

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    from obskit.tracing.facade import Facade


class Tracer(trace.Tracer):
    """Starts lean spans, by whichever engine is in force at that time.

    Args:
        facade: the provider.
        instrumentation_scope: who makes the spans.

    Attributes:
        engine: the one in force; the provider exchanges it.
    """

    def __init__(self, facade: Facade, instrumentation_scope: InstrumentationScope) -> None:
        self.engine = facade.engine
        self.instrumentation_scope = instrumentation_scope

    @property
    def resource(self) -> Resource:
        """Tell which service the spans belong to."""
        return self.engine.resource

    def start_span(
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = (),
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> Span:
        """Start a span without making it current.

        Args:
            name: what is being done.
            context: holds the parent; by default the current context.
            kind: its SpanKind.
            attributes: values by key.
            links: other spans that it has to do with.
            start_time: nanoseconds since the epoch; now by default.
            record_exception: whether an exception that leaves `with span:` is recorded.
            set_status_on_exception: whether it sets the status to ERROR.

        Returns:
            The span; whoever starts it must end it.
        """
        parent = (variable.get() if context is None else context).get(SPAN)
        # To ask an abstract class for its instances is dear: only where it has to be.
        if parent is not None and type(parent) is not Span and not isinstance(parent, trace.Span):
            parent = None
        span = Span(self, name, parent, kind, attributes, start_time, record_exception, set_status_on_exception)
        if links:
            span.add_links(links)
        if self.engine.processors:
            self.engine.started(span, context)
        return span

    def start_as_current_span(
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = (),
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
        end_on_exit: bool = True,
    ) -> Any:
        """Start a span for a `with` block, or for each call of a decorated function.

        Args:
            name: what is being done.
            context: holds the parent; by default the current context.
            kind: its SpanKind.
            attributes: values by key.
            links: other spans that it has to do with.
            start_time: nanoseconds since the epoch; now by default.
            record_exception: whether an exception that passes is recorded.
            set_status_on_exception: whether it sets the status to ERROR.
            end_on_exit: whether leaving ends the span.

        Returns:
            A context manager that gives the span.
        """
        arguments = (
            name,
            context,
            kind,
            attributes,
            links,
            start_time,
            record_exception,
            set_status_on_exception,
        )
        return Current(self.start_span, arguments, record_exception, set_status_on_exception, end_on_exit)

"""The tracer provider: one facade a process, behind which engines are swapped."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.sdk import trace as sdk
from opentelemetry.sdk.environment_variables import OTEL_SDK_DISABLED
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.util.types import Attributes

from obskit.tracing.engine import Engine, default_limits, idle
from obskit.tracing.head import of_parent, of_root
from obskit.tracing.ids import Ids
from obskit.tracing.joined import Feed
from obskit.tracing.tracer import Tracer


class TracerProvider(sdk.TracerProvider):
    """A tracer provider of OpenTelemetry's SDK whose spans are obskit's own lean ones.

    Tracers stay valid through every `swap`; a span that began before one goes, at its end, to the engine in force then.
    """

    def __init__(self) -> None:
        self.engine: Engine = idle()
        self._waiting: list[sdk.SpanProcessor] = []
        self._live = False
        self._scoped: dict[InstrumentationScope, Tracer] = {}
        # The same by name, version and schema, for nearly all have no more: integrations ask anew for each request.
        self._named: dict[tuple[str, str | None, str | None], Tracer] = {}
        self._disabled = _disabled()
        super().__init__(
            sampler=HeadSampler(self),
            resource=self.engine.resource,
            shutdown_on_exit=False,
            id_generator=Ids(),
            span_limits=default_limits(),
        )

    def swap(self, engine: Engine | None) -> Engine | None:
        """Put an engine in force.

        Span processors that a user added belong to the engine in force at that time. Those added while there was none
        wait, and belong to the next one.

        Args:
            engine: takes all spans that start or end from now on; None for no engine.

        Returns:
            The engine that was in force, if any. Its user's span processors are still open: call its `shutdown()`.
        """
        before = self.engine if self._live else None
        self._live = engine is not None
        self.engine = idle() if engine is None else engine
        if engine is not None:
            engine.processors.extend(self._waiting)
            self._waiting = []
        self._disabled = _disabled()
        for tracer in list(self._scoped.values()):
            tracer.engine = self.engine
        return before

    @property
    def resource(self) -> Resource:
        """Tell which service the spans belong to."""
        return self.engine.resource

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes = None,
    ) -> trace.Tracer:
        """Give the tracer of one instrumentation.

        Args:
            instrumenting_module_name: the instrumentation's name.
            instrumenting_library_version: its version.
            schema_url: the semantic conventions that it follows.
            attributes: further attributes of the instrumentation.

        Returns:
            The same tracer for the same arguments; one that does nothing where OTEL_SDK_DISABLED was true at the last
            `init`.
        """
        if self._disabled:
            return trace.NoOpTracer()
        if attributes:
            return self._tracer(instrumenting_module_name, instrumenting_library_version, schema_url, attributes)
        named = (instrumenting_module_name, instrumenting_library_version, schema_url)
        tracer = self._named.get(named)
        if tracer is None:
            tracer = self._named[named] = self._tracer(*named)
        return tracer

    def _tracer(self, name: str, version: str | None, schema_url: str | None, attributes: Attributes = None) -> Tracer:
        scope = InstrumentationScope(name or "", version or "", schema_url, attributes)
        tracer = self._scoped.get(scope)
        if tracer is None:
            tracer = self._scoped.setdefault(scope, Tracer(self, scope))
            # Once more: a swap by another thread meanwhile has not seen it.
            tracer.engine = self.engine
        return tracer

    def add_span_processor(self, span_processor: sdk.SpanProcessor) -> None:
        """Add a user's span processor.

        Args:
            span_processor: `on_start` gets the span to write to, which reads redacted; `on_end` gets a redacted copy.
                What it raises stays inside.
        """
        (self.engine.processors if self._live else self._waiting).append(span_processor)

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Flush the user's span processors and obskit's own delivery.

        Args:
            timeout_millis: for all of them together.

        Returns:
            True when everything was delivered in time.
        """
        return self.engine.flush_all(timeout_millis)

    def shutdown(self) -> None:
        """Shut the user's span processors down; obskit itself goes on until `obskit.shutdown`."""
        self.engine.shutdown()

    def _handle_fork(self) -> None:
        # The SDK would take up a resource of its own here; the engine in force knows the child's.
        pass


class HeadSampler(Sampler):
    """The engine's decision behind OpenTelemetry's interface, for who asks the provider's `sampler`.

    Args:
        facade: the provider.
    """

    def __init__(self, facade: TracerProvider) -> None:
        self._facade = facade

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,  # noqa: ARG002
        kind: trace.SpanKind | None = None,  # noqa: ARG002
        attributes: Attributes = None,
        links: Any = None,  # noqa: ARG002
        trace_state: trace.TraceState | None = None,  # noqa: ARG002
    ) -> SamplingResult:
        """Decide as a new span would: by the parent, for a root by the trace id. Unsampled spans are recorded too."""
        parent = trace.get_current_span(parent_context).get_span_context()
        engine = self._facade.engine
        head = of_parent(engine, parent) if parent.is_valid else of_root(engine, trace_id)
        decision = Decision.RECORD_AND_SAMPLE if head.sampled else Decision.RECORD_ONLY
        return SamplingResult(decision, attributes, head.trace_state)

    def get_description(self) -> str:
        """Name the sampler."""
        return "ObskitHeadSampler"


def _disabled() -> bool:
    return os.environ.get(OTEL_SDK_DISABLED, "").strip().lower() == "true"


@functools.cache
def facade() -> TracerProvider:
    """Give the one facade of the process; made at the first call, registered by `activate`."""
    return TracerProvider()


def activate(engine: Engine) -> str:
    """Put an engine behind OpenTelemetry's global tracer provider.

    Args:
        engine: takes the spans.

    Returns:
        "facade" where obskit is the provider; "joined" where the application had set one of the SDK's before and obskit
        is a span processor of it; "foreign" where the application's provider takes no span processors, so that only
        `obskit.span` reaches the engine.
    """
    facade().swap(engine)
    existing = trace.get_tracer_provider()
    if isinstance(existing, trace.ProxyTracerProvider):
        trace.set_tracer_provider(facade())
        existing = trace.get_tracer_provider()
    if existing is facade():
        return "facade"
    if isinstance(existing, sdk.TracerProvider):
        join(existing, engine)
        return "joined"
    return "foreign"


def deactivate() -> Engine | None:
    """Take the engine out of force again.

    Returns:
        The engine that was in force, if any.
    """
    existing = trace.get_tracer_provider()
    if existing is not facade() and isinstance(existing, sdk.TracerProvider):
        leave(existing)
    return facade().swap(None)


def join(existing: sdk.TracerProvider, engine: Engine) -> Callable[[], None]:
    """Feed an engine with the spans of a provider that the application has set.

    Args:
        existing: the application's provider. It gets one span processor, however often it is joined.
        engine: its `on_end` gets each span that the provider's sampler records.

    Returns:
        Ends the feeding.
    """
    feed = _feed(existing)
    if feed is None:
        feed = Feed()
        existing.add_span_processor(feed)
    feed.engine = engine
    return functools.partial(leave, existing)


def leave(existing: sdk.TracerProvider) -> None:
    """End what `join` began; the span processor stays, and does nothing.

    Args:
        existing: the application's provider.
    """
    feed = _feed(existing)
    if feed is not None:
        feed.engine = None


def _feed(existing: sdk.TracerProvider) -> Feed | None:
    added = getattr(getattr(existing, "_active_span_processor", None), "_span_processors", ())
    return next((processor for processor in added if isinstance(processor, Feed)), None)


def tracer(name: str = "obskit", version: str | None = None) -> trace.Tracer:
    """Give the tracer that obskit's own spans are made with.

    Args:
        name: the instrumentation's name.
        version: its version.

    Returns:
        The tracer of the application's provider where it has set one of the SDK's, else the facade's.
    """
    existing, ours = trace.get_tracer_provider(), facade()
    if existing is ours or not isinstance(existing, sdk.TracerProvider):
        return ours.get_tracer(name, version)
    return existing.get_tracer(name, version)

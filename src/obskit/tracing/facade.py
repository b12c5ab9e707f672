"""One facade a process behind OpenTelemetry's API, behind which engines are swapped; it needs no SDK by itself."""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, Any, TypeGuard

from opentelemetry import trace
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.util.types import Attributes

from obskit.tracing.engine import Engine, idle
from obskit.tracing.tracer import Tracer

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.sdk.trace import TracerProvider as SdkProvider

_DISABLED = "OTEL_SDK_DISABLED"
_SDK = "opentelemetry.sdk.trace"
# The class that the interpreter goes by, whatever an object says of itself.
_CLASS: Any = object.__dict__["__class__"]


class Facade(trace.TracerProvider):
    """A tracer provider whose spans are obskit's own lean ones.

    Tracers stay valid through every `swap`; a span that began before one goes, at its end, to the engine in force then.
    """

    def __init__(self) -> None:
        self.engine: Engine = idle()
        self._waiting: list[SpanProcessor] = []
        self._live = False
        self._scoped: dict[InstrumentationScope, Tracer] = {}
        # The same by name, version and schema, for nearly all have no more: integrations ask anew for each request.
        self._named: dict[tuple[str, str | None, str | None], Tracer] = {}
        self._disabled = _disabled()

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
        try:
            tracer = self._named.get(named)
        except TypeError:
            # No names at all, as a list is none; what they say stands for them.
            return self._tracer(str(named[0]), str(named[1] or ""), None)
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

    def add_span_processor(self, span_processor: SpanProcessor) -> None:
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


class LightProvider(Facade):
    """The facade until somebody needs it as a provider of the SDK's; then it becomes one, and stays the same object.

    The SDK takes longer to import than everything else of obskit's tracing, and few programs ever ask for it.
    """

    @property
    def __class__(self) -> Any:
        """Tell isinstance(): only a program that has imported the SDK can ask whether this is a provider of it."""
        return self._become() if _sdk() is not None else LightProvider

    @__class__.setter
    def __class__(self, kind: type[Facade]) -> None:
        _CLASS.__set__(self, kind)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        # The SDK's own further attributes: `sampler`, `id_generator`...
        self._become()
        return getattr(self, name)

    def _become(self) -> type[Facade]:
        from obskit.tracing.provider import TracerProvider

        TracerProvider.complete(self)
        return TracerProvider


def _sdk() -> Any:
    """Return the SDK's provider, None where nobody has imported it."""
    return getattr(sys.modules.get(_SDK), "TracerProvider", None)


def of_the_sdk(provider: trace.TracerProvider) -> TypeGuard[SdkProvider]:
    """Tell whether a provider is one of the SDK's."""
    kind = _sdk()
    return kind is not None and isinstance(provider, kind)


def _disabled() -> bool:
    return os.environ.get(_DISABLED, "").strip().lower() == "true"


@functools.cache
def facade() -> Facade:
    """Give the one facade of the process; made at the first call, registered by `activate`."""
    return LightProvider()


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
    if existing is not facade() and isinstance(existing, trace.ProxyTracerProvider):
        trace.set_tracer_provider(facade())
        existing = trace.get_tracer_provider()
    if existing is facade():
        return "facade"
    if of_the_sdk(existing):
        from obskit.tracing.provider import join

        join(existing, engine)
        return "joined"
    return "foreign"


def deactivate() -> Engine | None:
    """Take the engine out of force again.

    Returns:
        The engine that was in force, if any.
    """
    existing = trace.get_tracer_provider()
    if existing is not facade() and of_the_sdk(existing):
        from obskit.tracing.provider import leave

        leave(existing)
    return facade().swap(None)


def tracer(name: str = "obskit", version: str | None = None) -> trace.Tracer:
    """Give the tracer that obskit's own spans are made with.

    Args:
        name: the instrumentation's name.
        version: its version.

    Returns:
        The tracer of the application's provider where it has set one of the SDK's, else the facade's.
    """
    existing, ours = trace.get_tracer_provider(), facade()
    if existing is ours or not of_the_sdk(existing):
        return ours.get_tracer(name, version)
    return existing.get_tracer(name, version)

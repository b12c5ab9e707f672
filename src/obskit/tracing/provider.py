"""The tracer provider as OpenTelemetry's SDK knows it, and what joins one of the SDK's that an application has set."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.sdk import trace as sdk
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.util.types import Attributes

from obskit.tracing.engine import Engine, default_limits
from obskit.tracing.facade import Facade, activate, deactivate, facade, tracer
from obskit.tracing.head import of_parent, of_root
from obskit.tracing.ids import span_hex, trace_hex
from obskit.tracing.joined import Feed

__all__ = ["TracerProvider", "activate", "deactivate", "facade", "join", "leave", "tracer"]


class TracerProvider(Facade, sdk.TracerProvider):
    """The facade as a tracer provider of OpenTelemetry's SDK."""

    def __init__(self) -> None:
        Facade.__init__(self)
        self.complete(self)

    @classmethod
    def complete(cls, provider: Facade) -> None:
        """Make a facade a provider of the SDK's, in place: tracers and applications hold it already.

        Args:
            provider: the facade.
        """
        sdk.TracerProvider.__init__(
            provider,  # type: ignore[arg-type]
            sampler=HeadSampler(provider),
            resource=Resource({}),
            shutdown_on_exit=False,
            id_generator=Ids(),
            # Those in force are the engine's.
            span_limits=default_limits(),  # type: ignore[arg-type]
        )
        # Last: another thread finds it complete, or light.
        provider.__class__ = cls


class Ids(IdGenerator):
    """Obskit's own ids behind OpenTelemetry's interface."""

    def generate_trace_id(self) -> int:
        """Make a trace id, see `trace_hex`."""
        return int(trace_hex(), 16)

    def generate_span_id(self) -> int:
        """Make a span id, see `span_hex`."""
        return int(span_hex(), 16)

    def is_trace_id_random(self) -> bool:
        """Tell that the random-trace-id flag may be set."""
        return True


class HeadSampler(Sampler):
    """The engine's decision behind OpenTelemetry's interface, for who asks the provider's `sampler`.

    Args:
        facade: the provider.
    """

    def __init__(self, facade: Facade) -> None:
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

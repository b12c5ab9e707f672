"""Put an engine of the runtime in force behind OpenTelemetry's global API."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from obskit.context.scope import correlation_id
from obskit.imports import when_imported
from obskit.tracing import facade
from obskit.tracing.engine import Engine, Limits

if TYPE_CHECKING:
    from obskit.runtime.runtime import Runtime


def install(runtime: Runtime) -> Callable[[], None]:
    """Swap the runtime's engine in; returns what takes it out again."""
    engine = Engine(
        sample=runtime.sample if runtime.sampler.rate < 1.0 else None,
        sampler=runtime.sampler,
        on_end=runtime.pipeline.span,
        resource=lambda: runtime.resource(""),
        limits=Limits(**runtime.settings.span_limits),
        protect=runtime.redactor.protect,
        correlation_id=correlation_id,
        flush=runtime.flush,
        on_error=runtime.pipeline.failed,
    )
    runtime.engine = engine
    runtime.integrations["opentelemetry"] = facade.activate(engine)
    undos: list[Callable[[], None]] = []
    # Who never imports it never asks for a propagator.
    undos.append(when_imported("opentelemetry.propagate", lambda: undos.append(_propagate())))

    def undo() -> None:
        ended = facade.deactivate()
        if ended is not None:
            ended.shutdown()
        while undos:
            undos.pop()()

    return undo


def _propagate() -> Callable[[], None]:
    """Make obskit's the global propagator; returns what puts the former back."""
    from opentelemetry import propagate

    from obskit.tracing.propagator import Propagator

    former = propagate.get_global_textmap()
    ours = Propagator()
    propagate.set_global_textmap(ours)

    def undo() -> None:
        if propagate.get_global_textmap() is ours:
            propagate.set_global_textmap(former)

    return undo

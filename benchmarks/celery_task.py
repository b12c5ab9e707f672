"""What an eager task of Celery costs that is traced."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.bursts import cpu_of_bursts, done, expect, written
from benchmarks.compare import PURE, Benchmark, Figures, Metric, both, main
from benchmarks.goals import Limit

BARE = "bare task"


def bare(quick: bool) -> Figures:
    """Run the task with Celery alone."""
    return _measure(lambda: None, quick)


def obskit(quick: bool) -> Figures:
    """Run it with obskit's plug-in: a unit of work, a span and a line, to the journal."""
    import celery  # noqa: F401 - the plug-in joins what is there

    import obskit

    with tempfile.TemporaryDirectory() as place:
        obskit.init("shop", journal=place, console=False)
        with obskit.scope(), obskit.span("checkout"):
            figures = _measure(lambda: None, quick)
        obskit.shutdown()
        expect("spans", written(Path(place), b'"process shop.charge"'), done(quick))
        expect("lines", written(Path(place), b'"shop.charge succeeded"'), done(quick))
    return figures


def opentelemetry(quick: bool) -> Figures:
    """Run it with OpenTelemetry's instrumentation: a span."""
    from opentelemetry.instrumentation.celery import CeleryInstrumentor

    from benchmarks import counted

    provider, exporter = counted.provider()
    CeleryInstrumentor().instrument()
    with provider.get_tracer("bench").start_as_current_span("checkout"):
        figures = _measure(provider.force_flush, quick)
    provider.force_flush()
    expect("spans", exporter.spans, done(quick))
    provider.shutdown()
    return figures


def _measure(flush: Callable[[], object], quick: bool) -> Figures:
    from celery import Celery

    app = Celery("shop", broker="memory://", set_as_current=False)
    app.conf.task_always_eager = True

    @app.task(name="shop.charge")  # type: ignore[untyped-decorator]
    def charge(order: int) -> int:
        return order + 1

    def burst(count: int) -> None:
        for number in range(count):
            if charge.delay(number).result != number + 1:
                raise SystemExit("the task has failed: this would mislead")

    return {"cpu": cpu_of_bursts(burst, flush, quick)}


BENCHMARK = Benchmark(
    name="celery_task",
    title="An eager task of Celery, traced",
    method=(
        "CPU time of the process per `delay()` of a task that returns at once, with `task_always_eager`, all its "
        "threads included; bursts of 300 tasks, median of ten. obskit makes a unit of work, a span and a line of each, "
        "redacts them, and writes both to its journal; OpenTelemetry makes a span, which goes to a BatchSpanProcessor "
        "whose exporter drops it, flushed after each burst."
    ),
    metrics=(Metric("cpu", "CPU per task", "µs", 0),),
    contenders={BARE: bare, **both(obskit), "OpenTelemetry": opentelemetry},
    base=BARE,
    rounds=5,
    limits=(Limit("cpu", PURE, 1.5, BARE),),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))

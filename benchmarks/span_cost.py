"""What one span costs, created and ended, before anything is delivered."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import counted
from benchmarks.bursts import cpu_of_bursts, done, expect, written
from benchmarks.compare import PURE, Benchmark, Figures, Metric, both, main
from benchmarks.goals import Limit
from benchmarks.span_delivery import ATTRIBUTES, CHILDREN

SDK = "OpenTelemetry SDK"
BURST = 1_000  # spans between two flushes: half of what BatchSpanProcessor's queue takes before it drops


def obskit(quick: bool) -> Figures:
    """Make spans with obskit's provider, into the journal; no target."""
    from opentelemetry import trace

    import obskit

    with tempfile.TemporaryDirectory() as place:
        obskit.init("shop", journal=place, console=False)
        tracer = trace.get_tracer("bench")
        taken = cpu_of_bursts(lambda spans: _make(tracer, spans), lambda: None, quick, BURST)
        obskit.shutdown()
        expect("spans", written(Path(place), b'"kind":"span"'), done(quick, BURST))
    return {"cpu": taken}


def sdk(quick: bool) -> Figures:
    """Make them with the SDK's provider, batch processor, and an exporter that only counts."""
    provider, exporter = counted.provider()
    tracer = provider.get_tracer("bench")
    taken = cpu_of_bursts(lambda spans: _make(tracer, spans), provider.force_flush, quick, BURST)
    expect("spans", exporter.spans, done(quick, BURST))
    provider.shutdown()
    return {"cpu": taken}


def _make(tracer: Any, spans: int) -> None:
    for number in range(spans // (CHILDREN + 1)):
        with tracer.start_as_current_span("checkout", attributes=ATTRIBUTES):
            for _ in range(CHILDREN):
                with tracer.start_as_current_span("step") as span:
                    for name, value in ATTRIBUTES.items():
                        span.set_attribute(name, value)
                    span.set_attribute("order.number", number)


BENCHMARK = Benchmark(
    name="span_cost",
    title="One span, created and ended",
    method=(
        "CPU time of the process per span, all its threads included, through OpenTelemetry's own API: a root and four "
        "children, five or six attributes each, in bursts of 1,000 spans; median of ten bursts. obskit redacts each "
        "span and writes it to its journal. The SDK hands it to its BatchSpanProcessor, flushed after each burst, "
        "whose exporter counts the spans and drops them: nothing is serialised."
    ),
    metrics=(Metric("cpu", "CPU per span", "µs"),),
    contenders={SDK: sdk, **both(obskit)},
    base=SDK,
    limits=(Limit("cpu", PURE, 0.25, SDK),),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))

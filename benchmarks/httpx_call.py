"""What a traced call of HTTPX costs."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.bursts import cpu_of_bursts, done, expect, written
from benchmarks.compare import PURE, Benchmark, Figures, Metric, both, main
from benchmarks.goals import Limit

if TYPE_CHECKING:
    import httpx

BARE = "bare client"


def bare(quick: bool) -> Figures:
    """Call with the client alone."""
    return _measure(lambda: None, quick)


def obskit(quick: bool) -> Figures:
    """Call with obskit's plug-in, in a unit of work and a span, spans to the journal."""
    import httpx  # noqa: F401 - the plug-in joins what is there

    import obskit

    with tempfile.TemporaryDirectory() as place:
        obskit.init("shop", journal=place, console=False)
        with obskit.scope(), obskit.span("checkout"):
            figures = _measure(lambda: None, quick, _traced)
        obskit.shutdown()
        expect("spans", written(Path(place), b'"kind":"span"'), done(quick))
    return figures


def opentelemetry(quick: bool) -> Figures:
    """Call with OpenTelemetry's instrumentation, in a span."""
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

    from benchmarks import counted

    provider, exporter = counted.provider()
    instrument = HTTPXClientInstrumentor().instrument_client
    with provider.get_tracer("bench").start_as_current_span("checkout"):
        figures = _measure(provider.force_flush, quick, _traced, instrument)
    provider.force_flush()
    expect("spans", exporter.spans, done(quick))
    provider.shutdown()
    return figures


def _traced(request: httpx.Request) -> None:
    if "traceparent" not in request.headers:
        raise SystemExit("a request carried no trace: this would mislead")


def _nothing(_given: object) -> None:
    """Do nothing."""


def _measure(
    flush: Callable[[], object],
    quick: bool,
    check: Callable[[httpx.Request], object] = _nothing,
    prepare: Callable[[httpx.Client], object] = _nothing,
) -> Figures:
    import httpx

    def answer(request: httpx.Request) -> httpx.Response:
        check(request)
        return httpx.Response(200, content=b"{}")

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        # OpenTelemetry's instrumentation reaches a transport of one's own only through its client.
        prepare(client)

        def burst(count: int) -> None:
            for number in range(count):
                client.get(f"http://shop.example/stock/{number}")

        return {"cpu": cpu_of_bursts(burst, flush, quick)}


BENCHMARK = Benchmark(
    name="httpx_call",
    title="A traced call of HTTPX",
    method=(
        "CPU time of the process per `client.get`, all its threads included, with a transport that answers at once; "
        "bursts of 300 calls, median of ten. The call is made in a unit of work and a span, has a span of its own and "
        "carries the trace on. obskit redacts the span and writes it to its journal; OpenTelemetry's goes to a "
        "BatchSpanProcessor whose exporter drops it, flushed after each burst."
    ),
    metrics=(Metric("cpu", "CPU per call", "µs", 0),),
    contenders={BARE: bare, **both(obskit), "OpenTelemetry": opentelemetry},
    base=BARE,
    rounds=5,
    limits=(Limit("cpu", PURE, 1.3, BARE),),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))

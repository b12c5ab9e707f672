"""What one span costs, from its start to its acknowledged delivery."""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

from benchmarks.collector import Collector, collector
from benchmarks.compare import Benchmark, Figures, Metric, main
from benchmarks.goals import Limit

BURST = 1_000  # spans between two flushes: half of what BatchSpanProcessor's queue takes before it drops
CHILDREN = 4
ATTRIBUTES: dict[str, Any] = {
    "http.request.method": "POST",
    "url.path": "/checkout",
    "http.response.status_code": 200,
    "server.address": "shop.example",
    "order.items": 3,
}


def obskit_json(quick: bool) -> Figures:
    """Use obskit with its defaults: OTLP over HTTP with JSON, gzip."""
    return _obskit(quick, "http/json")


def obskit_protobuf(quick: bool) -> Figures:
    """Use obskit with OTLP over HTTP with protobuf, gzip."""
    return _obskit(quick, "http/protobuf")


def sdk(quick: bool) -> Figures:
    """Use the SDK with its defaults: no compression."""
    return _sdk(quick, gzip=False)


def sdk_gzip(quick: bool) -> Figures:
    """Use the SDK with gzip, as obskit sends."""
    return _sdk(quick, gzip=True)


def _obskit(quick: bool, protocol: Any) -> Figures:
    from opentelemetry import trace

    import obskit

    with collector() as target, tempfile.TemporaryDirectory() as place:
        obskit.init("shop", journal=place, console=False, otlp_endpoint=target.url, otlp_protocol=protocol)
        figures = _measure(trace.get_tracer("bench"), lambda: obskit.flush(30), target, quick)
        obskit.shutdown()
        return figures


def _sdk(quick: bool, *, gzip: bool) -> Figures:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    with collector() as target:
        provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
        compression = Compression.Gzip if gzip else Compression.NoCompression
        exporter = OTLPSpanExporter(endpoint=f"{target.url}/v1/traces", compression=compression)
        provider.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(provider)
        figures = _measure(provider.get_tracer("bench"), provider.force_flush, target, quick)
        provider.shutdown()
        return figures


def _measure(tracer: Any, flush: Callable[[], bool], target: Collector, quick: bool) -> Figures:
    _burst(tracer)
    flush()
    before = target.taken()
    bursts = 5 if quick else 20
    gc.collect()
    begin, wall = time.process_time_ns(), time.perf_counter_ns()
    for _ in range(bursts):
        _burst(tracer)
        if not flush():
            raise SystemExit("flush said that spans are pending")
    used, passed = time.process_time_ns() - begin, time.perf_counter_ns() - wall
    after = target.taken()
    spans = after["spans"] - before["spans"]
    if spans != bursts * BURST:
        raise SystemExit(f"{spans} of {bursts * BURST} spans were acknowledged")
    return {
        "cpu": used / spans / 1000,
        "wall": passed / spans / 1000,
        "bytes": (after["bytes"] - before["bytes"]) / spans,
    }


def _burst(tracer: Any) -> None:
    for _ in range(BURST // (CHILDREN + 1)):
        with tracer.start_as_current_span("checkout", attributes=ATTRIBUTES):
            for _ in range(CHILDREN):
                with tracer.start_as_current_span("step") as span:
                    for name, value in ATTRIBUTES.items():
                        span.set_attribute(name, value)


BENCHMARK = Benchmark(
    name="span_delivery",
    title="One span from its start to its acknowledged delivery",
    method=(
        "CPU time of the process per span, all its threads included, for 20 bursts of 1,000 spans (a root and four "
        "children, five attributes each), each followed by a flush, so that the SDK's queue never drops. A "
        "collector in a process of its own answers 200; the run fails unless it has got every span. obskit has each "
        "span in its journal on disk before it is sent, and redacts it; the SDK keeps its spans in memory."
    ),
    metrics=(
        Metric("cpu", "CPU per span", "µs"),
        Metric("wall", "time per span", "µs"),
        Metric("bytes", "on the wire", "bytes", 0),
    ),
    contenders={
        "OpenTelemetry SDK": sdk,
        "OpenTelemetry SDK, gzip": sdk_gzip,
        "obskit": obskit_json,
        "obskit, protobuf": obskit_protobuf,
    },
    base="OpenTelemetry SDK",
    rounds=5,
    limits=(Limit("cpu", "obskit", 0.25, "OpenTelemetry SDK"),),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))

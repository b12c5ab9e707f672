"""What a FastAPI request with one log line costs, delivery of its line and spans included."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from benchmarks.collector import Collector, collector
from benchmarks.compare import Benchmark, Figures, Metric, main
from benchmarks.log_records import FIELDS, MESSAGE

if TYPE_CHECKING:
    from fastapi import FastAPI

BURST = 300  # requests between two flushes: the instrumentation makes three spans each
HEADERS = [(b"host", b"shop.example"), (b"user-agent", b"bench/1"), (b"accept", b"*/*"), (b"x-request-id", b"r-1")]

Log = Callable[[], object]


def bare(quick: bool) -> Figures:
    """The application alone: no line, no trace."""
    return _measure(_app(lambda: None), lambda: True, quick)


def json_logger(quick: bool) -> Figures:
    """The application with a line by python-json-logger: no trace."""
    with _json_log() as log:
        return _measure(_app(log), lambda: True, quick)


def obskit(quick: bool) -> Figures:
    """With obskit and its defaults: the line, an access line and a span, into the journal and on to the collector."""
    import obskit
    from obskit_fastapi import ObskitMiddleware

    with collector() as target, tempfile.TemporaryDirectory() as place:
        obskit.init("shop", journal=place, console=False, otlp_endpoint=target.url)
        logger = obskit.get_logger("shop")
        app = _app(lambda: logger.info(MESSAGE, **FIELDS))
        app.add_middleware(ObskitMiddleware)
        figures = _measure(app, lambda: obskit.flush(30), quick, target)
        obskit.shutdown()
        return figures


def opentelemetry(quick: bool) -> Figures:
    """opentelemetry-instrumentation-fastapi with the SDK and its exporter, and a line by python-json-logger."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    with collector() as target, _json_log() as log:
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{target.url}/v1/traces")))
        trace.set_tracer_provider(provider)
        app = _app(log)
        FastAPIInstrumentor.instrument_app(app)
        figures = _measure(app, provider.force_flush, quick, target)
        provider.shutdown()
        return figures


def logfire(quick: bool) -> Figures:
    """Logfire's own instrumentation and line, sent to the collector by the SDK's exporter."""
    import logfire
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    with collector() as target:
        exporter = OTLPSpanExporter(endpoint=f"{target.url}/v1/traces")
        logfire.configure(
            send_to_logfire=False,
            service_name="shop",
            console=False,
            metrics=False,
            inspect_arguments=False,
            additional_span_processors=[BatchSpanProcessor(exporter)],
        )
        app = _app(lambda: logfire.info(MESSAGE, **FIELDS))
        logfire.instrument_fastapi(app)
        figures = _measure(app, logfire.force_flush, quick, target)
        logfire.shutdown()
        return figures


def _app(log: Log) -> FastAPI:
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/orders/{order}")
    async def read_order(order: int) -> dict[str, int]:
        log()
        return {"order": order}

    return app


@contextlib.contextmanager
def _json_log() -> Iterator[Log]:
    from opentelemetry.trace import get_current_span
    from pythonjsonlogger.orjson import OrjsonFormatter

    def add_ids(record: logging.LogRecord) -> bool:
        span = get_current_span().get_span_context()
        record.trace_id, record.span_id = f"{span.trace_id:032x}", f"{span.span_id:016x}"
        return True

    with tempfile.TemporaryDirectory() as place:
        handler = logging.FileHandler(os.path.join(place, "log.jsonl"))  # noqa: PTH118
        handler.setFormatter(OrjsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        handler.addFilter(add_ids)
        logger = logging.getLogger("shop")
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(handler)
        yield lambda: logger.info(MESSAGE, extra=FIELDS)
        handler.close()


def _measure(app: Any, flush: Callable[[], object], quick: bool, target: Collector | None = None) -> Figures:
    bursts = 5 if quick else 15
    blocks = asyncio.run(_requests(app, flush, bursts))
    if target is not None:
        spans = target.taken()["spans"]
        if spans < (bursts + 1) * BURST:
            raise SystemExit(f"only {spans} spans were acknowledged for {(bursts + 1) * BURST} requests")
    return {"cpu": statistics.median(blocks)}


async def _requests(app: Any, flush: Callable[[], object], bursts: int) -> list[float]:
    await _burst(app)
    flush()
    blocks = []
    for _ in range(bursts):
        gc.collect()
        begin = time.process_time_ns()
        await _burst(app)
        flush()
        blocks.append((time.process_time_ns() - begin) / BURST / 1000)
    return blocks


async def _burst(app: Any) -> None:
    for number in range(BURST):
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any], statuses: list[int] = statuses) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        path = f"/orders/{number}"
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "headers": list(HEADERS), "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8000), "state": {},
        }  # fmt: skip
        await app(scope, receive, send)
        if statuses != [200]:
            raise SystemExit(f"the application answered {statuses}")


BENCHMARK = Benchmark(
    name="fastapi_delivery",
    title="A FastAPI request with one log line, delivered",
    method=(
        "CPU time of the process per request, all its threads included, delivery too: the application is called "
        "directly as an ASGI callable, 15 bursts of 300 requests, each followed by a flush; median of the bursts. "
        "Spans go to a collector in a process of its own. obskit writes the line, an access line and a span to its "
        "journal and sends all three; OpenTelemetry's instrumentation makes three spans a request by default; "
        "Logfire sends its line as a span."
    ),
    metrics=(Metric("cpu", "CPU per request", "µs", 0),),
    contenders={
        "bare application": bare,
        "python-json-logger, no trace": json_logger,
        "obskit": obskit,
        "OpenTelemetry + python-json-logger": opentelemetry,
        "Logfire": logfire,
    },
    base="bare application",
    rounds=3,
    quick_rounds=1,
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))

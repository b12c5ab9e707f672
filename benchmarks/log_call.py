"""What one log call costs, from the call to the line in a file."""

from __future__ import annotations

import contextvars
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.compare import Benchmark, Figures, Metric, main
from benchmarks.timing import cpu_per_call

FIELDS: dict[str, Any] = {
    "order_id": "o-20391",
    "amount": 129.95,
    "currency": "EUR",
    "items": 3,
    "warehouse": "fra-2",
    "express": True,
}
MESSAGE = "order accepted"
IDS = {
    "correlation_id": "req-019316f5c07a7e3f8d1b5a2c4e6f7089",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "span_id": "b7ad6b7169203331",
}
SERVICE = {"service": "shop", "environment": "production", "host": "host-1", "version": "1.2.3"}


def floor(quick: bool) -> Figures:
    """Serialise the finished record and write it: nothing can be cheaper."""
    import orjson

    record = {"timestamp": "2026-01-02T03:04:05.000006Z", "level": "INFO", "message": MESSAGE, "logger": "shop",
              **IDS, **SERVICE, "context": FIELDS, "id": "0" * 32 + "-l100000"}  # fmt: skip
    with _file() as path:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)

        def call() -> None:
            os.write(descriptor, orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))

        return _figures(call, path, quick)


def obskit(quick: bool) -> Figures:
    """Log into the journal, in a scope and a span, redaction on: the defaults, without a console."""
    import obskit

    with tempfile.TemporaryDirectory() as place:
        obskit.init("shop", "production", "1.2.3", journal=place, console=False)
        log = obskit.get_logger("shop")
        with obskit.scope(), obskit.span("checkout"):
            microseconds = cpu_per_call(lambda: log.info(MESSAGE, **FIELDS), calls=_calls(quick))
        obskit.shutdown()
        size, lines = _written(Path(place).rglob("*.jsonl"))
    return {"cpu": microseconds, "bytes": size / lines}


def structlog(quick: bool) -> Figures:
    """Log with structlog as its documentation advises for speed: orjson, bytes to a file, contextvars."""
    import orjson
    import structlog

    with _file() as path, path.open("ab") as stream:
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(serializer=orjson.dumps),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.BytesLoggerFactory(stream),
            cache_logger_on_first_use=True,
        )
        structlog.contextvars.bind_contextvars(**IDS, **SERVICE)
        log = structlog.get_logger().bind(logger="shop")
        return _figures(lambda: log.info(MESSAGE, **FIELDS), path, quick)


def json_logger(quick: bool) -> Figures:
    """Log with the standard library and python-json-logger, ids from a context variable by a filter."""
    from pythonjsonlogger.orjson import OrjsonFormatter

    ids = contextvars.ContextVar("ids", default=IDS)

    def add_ids(record: logging.LogRecord) -> bool:
        record.__dict__.update(ids.get())
        return True

    with _file() as path:
        handler = logging.FileHandler(path)
        fields = "%(asctime)s %(levelname)s %(name)s %(message)s"
        handler.setFormatter(OrjsonFormatter(fields, static_fields=SERVICE))
        handler.addFilter(add_ids)
        log = logging.getLogger("shop")
        log.setLevel(logging.INFO)
        log.propagate = False
        log.addHandler(handler)
        return _figures(lambda: log.info(MESSAGE, extra=FIELDS), path, quick)


def loguru(quick: bool) -> Figures:
    """Log with loguru, serialize=True, ids by contextualize."""
    from loguru import logger

    with _file() as path:
        logger.remove()
        logger.add(path, serialize=True, format="{message}")
        with logger.contextualize(**IDS, **SERVICE):
            return _figures(lambda: logger.info(MESSAGE, **FIELDS), path, quick)


def logfire(quick: bool) -> Figures:
    """Log with Logfire in a span, its console into a file, nothing sent anywhere."""
    import logfire

    with _file() as path, path.open("a", buffering=1) as stream:
        logfire.configure(
            send_to_logfire=False,
            service_name="shop",
            environment="production",
            console=logfire.ConsoleOptions(output=stream, verbose=True, colors="never"),
            inspect_arguments=False,
            metrics=False,
        )
        with logfire.span("checkout"):
            return _figures(lambda: logfire.info(MESSAGE, **FIELDS), path, quick)


def _calls(quick: bool) -> int:
    return 2_000 if quick else 10_000


def _figures(call: Callable[[], object], path: Path, quick: bool) -> Figures:
    microseconds = cpu_per_call(call, calls=_calls(quick))
    size, lines = _written([path])
    return {"cpu": microseconds, "bytes": size / lines}


def _written(paths: Any) -> tuple[int, int]:
    content = [path.read_bytes() for path in paths]
    lines = sum(data.count(b"\n") for data in content)
    if lines < 5 * 2_000:
        raise SystemExit(f"only {lines} lines were written: this would measure nothing")
    return sum(map(len, content)), lines


class _file:  # noqa: N801 - used like a function
    def __enter__(self) -> Path:
        descriptor, name = tempfile.mkstemp(suffix=".jsonl")
        os.close(descriptor)
        self._path = Path(name)
        return self._path

    def __exit__(self, *_: object) -> None:
        self._path.unlink()


BENCHMARK = Benchmark(
    name="log_call",
    title="One log.info with six fields, in a span, to a file",
    method=(
        "CPU time of the process per call, median of five blocks of 10,000 calls. Every contender writes each line "
        "to a file before its call returns. obskit writes its whole schema through redaction, with a correlation "
        "id, a trace and a dense id of the line; the peers write their own formats with the same six fields and the "
        "same ids from their own kind of context, without redaction (Logfire scrubs by its defaults). The floor is "
        "`orjson.dumps` of the finished record and one `os.write`."
    ),
    metrics=(Metric("cpu", "CPU per call", "µs"), Metric("bytes", "line", "bytes", 0)),
    contenders={
        "floor: orjson + write": floor,
        "obskit": obskit,
        "structlog + orjson": structlog,
        "logging + python-json-logger": json_logger,
        "loguru": loguru,
        "Logfire": logfire,
    },
    base="floor: orjson + write",
)

if __name__ == "__main__":
    assert time.get_clock_info("process_time").resolution < 1e-6
    sys.exit(main(BENCHMARK))

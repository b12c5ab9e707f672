"""What serves the requests of a web application: obskit or its peers, and how it is checked that they did."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import loggers
from benchmarks.bursts import Work, cpu_of_bursts, done, expect, written
from benchmarks.log_records import FIELDS, MESSAGE
from benchmarks.redaction_records import Event

_ACCESS = "request served"


class Served:
    """How the requests of one application are served.

    Args:
        quick: Whether a first impression will do.
        line: Logs the handler's line, with the number of the order.
        access: Logs an access line, where the server side has none of its own.
        flush: Called after each burst, for what works in the background.
        check: Called in the end with the number of requests that were served.
    """

    def __init__(
        self,
        quick: bool,
        line: Callable[[int], object] = lambda order: None,
        access: Callable[..., object] = lambda *told: None,
        flush: Callable[[], object] = lambda: None,
        check: Callable[[int], object] = lambda requests: None,
    ) -> None:
        self.line = line
        self.access = access
        self._quick = quick
        self._flush = flush
        self._check = check

    def measure(self, burst: Work) -> dict[str, float]:
        """Return the figures of serving bursts of requests."""
        figures = {"cpu": cpu_of_bursts(burst, self._flush, self._quick)}
        self._check(done(self._quick))
        return figures


def plain(quick: bool) -> Served:
    """Return what serves the bare application."""
    return Served(quick)


@contextlib.contextmanager
def obskit(quick: bool, *, journal: bool = False) -> Iterator[Served]:
    """Serve with obskit: lines to a file as console, or to the journal with the spans."""
    import obskit

    with tempfile.TemporaryDirectory() as place, Path(place, "lines.jsonl").open("a") as stream:
        lines = Path(place, "journal") if journal else Path(stream.name)
        given: dict[str, Any] = {"journal": lines, "console": False} if journal else {"journal": False}
        obskit.init("shop", "production", "1.2.3", **{"console": "json", "stream": stream, **given})
        log = obskit.get_logger("shop.orders")

        def check(requests: int) -> None:
            expect("handler lines", written(lines, MESSAGE.encode()), requests)
            expect("access lines", written(lines, b'"obskit.access"'), requests)
            expect("correlation ids", written(lines, b'"correlation_id":"r-1"'), 2 * requests)
            expect("ids of a span", written(lines, b'"span_id"'), 2 * requests)
            if journal:
                expect("spans", written(lines, b'"kind":"span"'), requests)

        yield Served(quick, lambda order: log.info(MESSAGE, order=order, **FIELDS), check=check)
        obskit.shutdown()


@contextlib.contextmanager
def opentelemetry(quick: bool) -> Iterator[Served]:
    """Serve with OpenTelemetry's spans, which are counted and dropped, and structlog's lines, to a file."""
    from benchmarks import counted

    provider, exporter = counted.provider()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "lines.jsonl")
        with loggers.structlog(counted.add_ids)(path) as log:

            def check(requests: int) -> None:
                provider.force_flush()
                expect("spans", exporter.spans, requests)
                expect("handler lines", written(path, MESSAGE.encode()), requests)
                expect("access lines", written(path, _ACCESS.encode()), requests)

            yield Served(
                quick,
                lambda order: log.info(Event(MESSAGE, {"order": order, **FIELDS})),
                lambda method, where, status: log.info(
                    Event(_ACCESS, {"method": method, "path": where, "status_code": status})
                ),
                provider.force_flush,
                check,
            )
    provider.shutdown()


@contextlib.contextmanager
def logfire(quick: bool) -> Iterator[Served]:
    """Serve with Logfire, its console into a file, its spans counted and dropped."""
    import logfire
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from benchmarks.counted import Counting

    exporter = Counting()
    with tempfile.TemporaryDirectory() as place, Path(place, "lines.txt").open("a", buffering=1) as stream:
        logfire.configure(
            send_to_logfire=False,
            service_name="shop",
            console=logfire.ConsoleOptions(output=stream, colors="never"),
            metrics=False,
            inspect_arguments=False,
            additional_span_processors=[BatchSpanProcessor(exporter)],
        )

        def check(requests: int) -> None:
            logfire.force_flush()
            expect("spans", exporter.spans, 2 * requests)
            expect("handler lines", written(Path(stream.name), MESSAGE.encode()), requests)

        yield Served(
            quick,
            lambda order: logfire.info(MESSAGE, order=order, **FIELDS),
            flush=logfire.force_flush,
            check=check,
        )
        logfire.shutdown()

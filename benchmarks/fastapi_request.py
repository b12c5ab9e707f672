"""What a FastAPI request costs that has a correlation id, a span, an access line and a line of its handler."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks import served as by
from benchmarks.compare import FAST, PURE, Benchmark, Figures, Metric, both, main
from benchmarks.goals import Limit

if TYPE_CHECKING:
    from fastapi import FastAPI

BARE = "bare application"
HEADERS = [(b"host", b"shop.example"), (b"user-agent", b"bench/1"), (b"accept", b"*/*"), (b"x-request-id", b"r-1")]


def bare(quick: bool) -> Figures:
    """Serve with the application alone: no line, no trace."""
    return _serve(_app(lambda order: None), by.plain(quick))


def obskit(quick: bool) -> Figures:
    """Serve with obskit's plug-in, lines to a file."""
    with by.obskit(quick) as served:
        return _serve(_app(served.line), served)


def with_journal(quick: bool) -> Figures:
    """Serve with obskit's plug-in, lines and spans to the journal."""
    with by.obskit(quick, journal=True) as served:
        return _serve(_app(served.line), served)


def opentelemetry(*, tuned: bool) -> Callable[[bool], Figures]:
    """Return a contender: OpenTelemetry's instrumentation and structlog, with two spans left out or by its defaults."""

    def contender(quick: bool) -> Figures:
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

        with by.opentelemetry(quick) as served:
            app = _app(served.line)
            app.add_middleware(_bound_id(served.access))
            FastAPIInstrumentor.instrument_app(app, exclude_spans=["receive", "send"] if tuned else None)
            return _serve(app, served)

    return contender


def logfire(quick: bool) -> Figures:
    """Serve with Logfire's own instrumentation and line."""
    import logfire

    with by.logfire(quick) as served:
        app = _app(served.line)
        logfire.instrument_fastapi(app)
        return _serve(app, served)


def _bound_id(access: Callable[..., object]) -> Any:
    import structlog

    class BoundId:
        """What a careful team writes: the id of the request for its lines and its response, and an access line."""

        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await self.app(scope, receive, send)
                return
            given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
            status = 0

            async def answer(message: Any) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    message = {**message, "headers": [*message["headers"], (b"x-request-id", given)]}
                await send(message)

            with structlog.contextvars.bound_contextvars(correlation_id=given.decode("latin-1")):
                await self.app(scope, receive, answer)
                access(scope["method"], scope["path"], status)

    return BoundId


def _app(line: Callable[[int], object]) -> FastAPI:
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/orders/{order}")
    async def read_order(order: int) -> dict[str, int]:
        line(order)
        return {"order": order}

    return app


def _serve(app: Any, served: by.Served) -> Figures:
    loop = asyncio.new_event_loop()
    try:
        return served.measure(lambda number: loop.run_until_complete(_burst(app, number)))
    finally:
        loop.close()


async def _burst(app: Any, count: int) -> None:
    for number in range(count):
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
    name="fastapi_request",
    title="A FastAPI request",
    method=(
        "CPU time of the process per request, all its threads included: the application is called directly as an ASGI "
        "callable, in bursts of 300 requests; median of ten bursts. Each request has a correlation id, a span, an "
        "access line and a line of its handler with six fields; lines go to a file, nothing is delivered. obskit "
        "redacts, and with the journal writes its span there, too. OpenTelemetry's spans go to a BatchSpanProcessor "
        "whose exporter drops them, flushed after each burst; by default it makes three of a request. structlog has a "
        "middleware of a few lines for the id and the access line, and doesn't redact. Logfire makes its spans and "
        "scrubs by its defaults."
    ),
    metrics=(Metric("cpu", "CPU per request", "µs", 0),),
    contenders={
        BARE: bare,
        **both(obskit),
        "obskit, with the journal": with_journal,
        "OpenTelemetry + structlog": opentelemetry(tuned=False),
        "OpenTelemetry, one span, + structlog": opentelemetry(tuned=True),
        "Logfire": logfire,
    },
    base=BARE,
    rounds=5,
    quick_rounds=1,
    limits=(Limit("cpu", PURE, 1.35, BARE), Limit("cpu", FAST, 1.2, BARE)),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))

"""What a Flask request costs that has a correlation id, a span, an access line and a line of its handler."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks import served as by
from benchmarks.compare import FAST, PURE, Benchmark, Figures, Metric, both, main
from benchmarks.goals import Limit

if TYPE_CHECKING:
    from flask import Flask

BARE = "bare application"


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


def opentelemetry(quick: bool) -> Figures:
    """Serve with OpenTelemetry's instrumentation and structlog."""
    from opentelemetry.instrumentation.flask import FlaskInstrumentor

    with by.opentelemetry(quick) as served:
        app = _app(served.line)
        _bind_ids(app, served.access)
        FlaskInstrumentor().instrument_app(app)
        return _serve(app, served)


def _bind_ids(app: Flask, access: Callable[..., object]) -> None:
    """Do what a careful team writes: the id of the request for its lines and its response, and an access line."""
    import structlog
    from flask import request

    @app.before_request
    def bind() -> None:
        structlog.contextvars.bind_contextvars(correlation_id=request.headers["X-Request-ID"])

    @app.after_request
    def answer(response: Any) -> Any:
        response.headers["X-Request-ID"] = request.headers["X-Request-ID"]
        access(request.method, request.path, response.status_code)
        return response


def _app(line: Callable[[int], object]) -> Flask:
    from flask import Flask

    app = Flask("shop")

    @app.get("/orders/<int:order>")
    def read_order(order: int) -> dict[str, int]:
        line(order)
        return {"order": order}

    return app


def _serve(app: Flask, served: by.Served) -> Figures:
    from werkzeug.test import EnvironBuilder

    headers = {"X-Request-ID": "r-1", "User-Agent": "bench/1", "Accept": "*/*"}
    given = EnvironBuilder(base_url="http://shop.example/", headers=headers).get_environ()

    def burst(count: int) -> None:
        for number in range(count):
            statuses: list[str] = []
            environ = {**given, "PATH_INFO": f"/orders/{number}", "REQUEST_URI": f"/orders/{number}"}
            body: Any = app(environ, lambda status, headers, error=None: statuses.append(status))  # noqa: B023
            b"".join(body)
            if hasattr(body, "close"):
                body.close()
            if statuses != ["200 OK"]:
                raise SystemExit(f"the application answered {statuses}")

    return served.measure(burst)


BENCHMARK = Benchmark(
    name="flask_request",
    title="A Flask request",
    method=(
        "CPU time of the process per request, all its threads included: the application is called directly as a WSGI "
        "callable, in bursts of 300 requests; median of ten bursts. The rest is as for FastAPI: a correlation id, a "
        "span, an access line and a line of the handler with six fields."
    ),
    metrics=(Metric("cpu", "CPU per request", "µs", 0),),
    contenders={
        BARE: bare,
        **both(obskit),
        "obskit, with the journal": with_journal,
        "OpenTelemetry + structlog": opentelemetry,
    },
    base=BARE,
    rounds=5,
    quick_rounds=1,
    limits=(Limit("cpu", PURE, 1.4, BARE), Limit("cpu", FAST, 1.25, BARE)),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))

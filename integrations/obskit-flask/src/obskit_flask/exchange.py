"""One request and its response: the unit of work around it, and what its access line will say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel_context

from obskit.integration import Unit, begin, current_span, enabled, error_type, guard
from obskit_flask import environ as asked
from obskit_flask import otel
from obskit_flask.body import followed
from obskit_flask.wsgi import Application, Environ, StartResponse

if TYPE_CHECKING:
    from flask import Flask
    from opentelemetry.trace import Span

MARK = "obskit.exchange"
_ERROR = 40


def serve(app: Flask, wsgi: Application, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Run one request of `app` as a unit of work, which ends with its response.

    Whatever the application raises is raised again, untouched. A request that is served already, by the integration and
    the extension both or by an application inside another, passes through.

    Args:
        wsgi: what is called to serve the request; `app` itself or what it is wrapped in.
    """
    exchange = None
    with guard():
        if enabled() and MARK not in environ:
            exchange = Exchange(app, environ)
    if exchange is None:
        return wsgi(environ, start_response)
    try:
        with exchange.running():
            body = wsgi(environ, exchange.starting(start_response))
    except BaseException as error:
        exchange.finish(error)
        raise
    return exchange.body(body)


def exchange_of(environ: Environ) -> Exchange | None:
    """Return the exchange that a request belongs to, if obskit serves it."""
    found = environ.get(MARK)
    return found if isinstance(found, Exchange) else None


class Exchange:
    """Follow one request to the end of its response."""

    __slots__ = (
        "_context",
        "_environ",
        "_makes_span",
        "_peer",
        "_span",
        "error",
        "finished",
        "handled",
        "has_callbacks",
        "is_whole",
        "length",
        "method",
        "path",
        "route",
        "status",
        "unit",
    )

    def __init__(self, app: Flask, environ: Environ) -> None:
        self._environ = environ
        self._makes_span = not otel.makes_the_span(app)
        self._peer = _peer(environ)
        self._span: Span | None = None
        self.finished = self.is_whole = self.has_callbacks = False
        self.error: BaseException | None = None
        self.handled: BaseException | None = None
        self.length: int | None = None
        self.method = asked.method(environ)
        self.path = asked.path(environ)
        self.route: str | None = None
        self.status: int | None = None
        # In a context of its own: the unit is current where `running` says so, and never left in the server's thread.
        self.unit, self._context = copy_context().run(self._begin)
        environ[MARK] = self

    def _begin(self) -> tuple[Unit, otel_context.Context]:
        unit = begin(
            asked.span_name(self.method, None),
            kind="server",
            headers=asked.headers(self._environ),
            attributes=asked.request_attributes(self._environ),
            request={"method": self.method, "path": self.path},
            tracer="obskit_flask",
            span=self._makes_span,
        )
        return unit, otel_context.get_current()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run a block as part of the unit, under the span that was current when the last such block was left."""
        with self.unit.active():
            token = otel_context.attach(self._context)
            try:
                yield
            finally:
                self._context = otel_context.get_current()
                otel_context.detach(token)

    def matched(self, environ: Environ, rule: str | None) -> None:
        """Note the rule that the request's URL matched, and what middleware has learnt of the client."""
        if rule is not None:
            self.route = asked.mounted(environ, rule)
            self.unit.rename(asked.span_name(self.method, self.route))
        self._note_span()
        if _peer(environ) != self._peer:
            self.unit.set(asked.peer_attributes(environ))

    def starting(self, start_response: StartResponse) -> StartResponse:
        """Wrap `start_response`: note the status, add the correlation id to the headers."""

        def start(status: str, headers: list[tuple[str, str]], *args: Any, **kwargs: Any) -> Callable[[bytes], object]:
            with guard():
                headers = self._started(status, headers)
            return start_response(status, headers, *args, **kwargs)

        return start

    def _started(self, status: str, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Copy the headers with ours in place of those of the same names: a list may serve many responses."""
        self.status = int(status[:3])
        self._note_span()
        ours = self.unit.headers()
        names = {name.lower() for name, _ in ours}
        kept = []
        for name, value in headers:
            lowered = name.lower()
            if lowered == "content-length" and value.isdecimal():
                self.length = int(value)
            if lowered not in names:
                kept.append((name, value))
        return kept + ours

    def _note_span(self) -> None:
        """Keep the span that another instrumentation has made: it is gone when the access line is written."""
        if not self._makes_span and (span := current_span()).get_span_context().is_valid:
            self._span = span

    def body(self, body: Iterable[bytes]) -> Iterable[bytes]:
        """Return the response's body, followed to its end."""
        with guard():
            return followed(self, body, self._environ)
        return body

    def is_bodiless(self) -> bool:
        """Return whether the response has no body by the rules of HTTP (RFC 9110, section 6.4.1)."""
        status = self.status or 200
        return self.method == "HEAD" or status in (204, 304) or 100 <= status < 200

    def finish(self, error: BaseException | None = None, disconnected: bool = False) -> None:
        """End the unit of work; the first call counts."""
        if self.finished:
            return
        self.finished = True
        with guard():
            if self._span is not None:
                self.unit.span = self._span
            self._end(error, disconnected)

    def _end(self, error: BaseException | None, disconnected: bool) -> None:
        error = error or self.error
        if error is None and (self.status or 0) >= 500:
            error = self.handled
        if self.status is None and error is not None:
            # The exception goes to the server, which has nothing else to answer.
            self.status = 500
        fault = self._fault(error)
        attributes: dict[str, Any] = {
            "http.route": self.route,
            "http.response.status_code": self.status,
            "error.type": fault or ("client_disconnected" if disconnected else None),
        }
        request = {"route": self.route, "status_code": self.status, "disconnected": disconnected or None}
        self.unit.finish(
            error=error,
            message=f"{self.method} {self.route or self.path} {self.status or 'no response'}",
            level=_ERROR if fault else None,
            attributes={key: value for key, value in attributes.items() if value is not None},
            request={key: value for key, value in request.items() if value is not None},
            failed=fault is not None,
        )

    def _fault(self, error: BaseException | None) -> str | None:
        """Return what went wrong on this side, as `error.type` names it."""
        if error is not None:
            return error_type(error)
        if self.status is not None and self.status >= 500:
            return str(self.status)
        return None if self.status is not None else "no_response"


def _peer(environ: Environ) -> tuple[object, ...]:
    return tuple(environ.get(key) for key in ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME"))

"""One request and its response: the unit of work around it, and what its access line will say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from obskit.integration import Unit, begin, current_span, enabled, error_type, failed, sift_environ
from obskit_flask import environ as asked
from obskit_flask import otel
from obskit_flask.body import followed
from obskit_flask.wsgi import Application, Environ, StartResponse

if TYPE_CHECKING:
    from flask import Flask, Request
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
    try:
        if enabled() and MARK not in environ:
            exchange = Exchange(app, environ)
    except Exception as trouble:
        failed(trouble)
    if exchange is None:
        return wsgi(environ, start_response)
    try:
        with exchange.running:
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
    """Follow one request to the end of its response.

    Attributes:
        running: what to run each of its steps in: its unit is current there, and never left in the server's thread.
    """

    __slots__ = (
        "_environ",
        "_makes_span",
        "_name",
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
        "running",
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
        attributes = asked.request_attributes(environ)
        self.path = attributes["url.path"]
        self._name = "HTTP" if attributes["http.request.method"] == "_OTHER" else self.method
        self.route: str | None = None
        self.status: int | None = None
        self.unit: Unit = begin(
            self._name,
            kind="server",
            headers=sift_environ(environ),
            attributes=attributes,
            tracer="obskit_flask",
            span=self._makes_span,
        )
        self.running = self.unit.turns()
        environ[MARK] = self

    def matched(self, request: Request) -> None:
        """Note the rule that the request's URL matched, and what middleware has learnt of the client."""
        rule, environ = request.url_rule, request.environ
        if rule is not None and self.route is None:
            self.route = asked.mounted(environ, rule.rule)
            self.unit.rename(f"{self._name} {self.route}")
        self._note_span()
        if _peer(environ) != self._peer:
            self.unit.set(asked.peer_attributes(environ))

    def starting(self, start_response: StartResponse) -> StartResponse:
        """Wrap `start_response`: note the status, add the correlation id to the headers."""

        def start(status: str, headers: list[tuple[str, str]], *args: Any, **kwargs: Any) -> Callable[[bytes], object]:
            try:
                headers = self._started(status, headers)
            except Exception as trouble:
                failed(trouble)
            return start_response(status, headers, *args, **kwargs)

        return start

    def _started(self, status: str, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Copy the headers with ours in place of those of the same names: a list may serve many responses."""
        self.status = int(status[:3])
        if self.status >= 500:
            # The access line will be an ERROR, but the caller has to be told now.
            self.unit.keep()
        self._note_span()
        ours = self.unit.headers()
        names = [name.lower() for name, _ in ours]
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
        try:
            return followed(self, body, self._environ)
        except Exception as trouble:
            failed(trouble)
            return body

    def is_bodiless(self) -> bool:
        """Return whether the response has no body by the rules of HTTP (RFC 9110, section 6.4.1)."""
        status = self.status or 200
        return self.method == "HEAD" or status in (204, 304) or 100 <= status < 200

    def finish(self, error: BaseException | None = None, disconnected: bool = False, *, within: bool = False) -> None:
        """End the unit of work; the first call counts.

        Args:
            error: the exception that ended it.
            disconnected: whether the client left before the end.
            within: whether a step of it is under way, see `running`.
        """
        if self.finished:
            return
        self.finished = True
        try:
            if self._span is not None:
                self.unit.span = self._span
            if within:
                self._end(error, disconnected)
            else:
                with self.running:
                    self._end(error, disconnected)
        except Exception as trouble:
            failed(trouble)
        # The environ holds this object: in no circle, both are gone at once.
        self._environ = {}

    def _end(self, error: BaseException | None, disconnected: bool) -> None:
        if self.route is None and (asked_for := self._environ.get("werkzeug.request")) is not None:
            # Something that is no Exception has ended it before there was a response.
            self.matched(asked_for)
        error = error or self.error
        if error is None and (self.status or 0) >= 500:
            error = self.handled
        if self.status is None and error is not None:
            # The exception goes to the server, which has nothing else to answer.
            self.status = 500
        status, fault = self.status, self._fault(error)
        attributes: dict[str, Any] = {}
        request: dict[str, Any] = {"method": self.method, "path": self.path}
        if self.route is not None:
            attributes["http.route"] = request["route"] = self.route
        if status is not None:
            attributes["http.response.status_code"] = request["status_code"] = status
        if disconnected:
            request["disconnected"] = True
        if fault is not None or disconnected:
            attributes["error.type"] = fault or "client_disconnected"
        self.unit.finish(
            error=error,
            message=f"{self.method} {self.route or self.path} {status or 'no response'}",
            level=None if fault is None else _ERROR,
            attributes=attributes,
            request=request,
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
    get = environ.get
    return get("REMOTE_ADDR"), get("wsgi.url_scheme"), get("HTTP_HOST"), get("SERVER_NAME")

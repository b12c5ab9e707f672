"""One request and its response: the unit of work around it, and what its access line will say."""

from __future__ import annotations

import asyncio
from typing import Any

from obskit.integration import Unit, begin, enabled, error_type, guard
from obskit_fastapi import otel
from obskit_fastapi.asgi import Application, Message, Receive, Scope, Send
from obskit_fastapi.attributes import request_attributes
from obskit_fastapi.route import template

_MARK = "obskit.exchange"
_ERROR = 40


def unserved(scope: Scope) -> bool:
    """Return whether this is an HTTP request that no layer of obskit serves yet."""
    return scope["type"] == "http" and _MARK not in scope and enabled()


def needs_no_span_of_fastapi(scope: Scope) -> bool:
    """Return whether obskit, or OpenTelemetry's middleware, makes the server span of this request."""
    exchange = scope.get(_MARK)
    return isinstance(exchange, Exchange) and exchange.other_maker != "fastapi"


async def serve(app: Application, scope: Scope, receive: Receive, send: Send, *, application: object) -> None:
    """Run one request of `app` as a unit of work, which ends when the application returns.

    Whatever the application raises is raised again, untouched.

    Args:
        application: the object to look at for other instrumentation; `app` may be a bound method of it.
    """
    exchange = None
    with guard():
        exchange = Exchange(scope, receive, send, application)
    if exchange is None:
        await app(scope, receive, send)
        return
    try:
        await app(scope, exchange.receive, exchange.send)
    except BaseException as error:
        exchange.close(error)
        raise
    exchange.close(None)


class Exchange:
    """Follow the messages of one request."""

    __slots__ = (
        "_name",
        "_receive",
        "_scope",
        "_send",
        "_trailers",
        "complete",
        "disconnected",
        "method",
        "other_maker",
        "path",
        "status",
        "unit",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send, application: object) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._trailers = self.complete = self.disconnected = False
        self.status: int | None = None
        self.method = str(scope.get("method", ""))
        self.path = str(scope.get("path", ""))
        self.other_maker = otel.other_maker(application)
        attributes = request_attributes(scope)
        known = attributes["http.request.method"]
        self._name = "HTTP" if known == "_OTHER" else self.method
        self.unit: Unit = begin(
            self._name,
            kind="server",
            headers=scope.get("headers", ()),
            attributes=attributes,
            request={"method": self.method, "path": self.path},
            tracer="obskit_fastapi",
            span=self.other_maker is None,
        )
        if self.other_maker is not None:
            # A span that stands around the unit was begun without its id.
            self.unit.span.set_attribute("correlation_id", self.unit.correlation_id)
        scope[_MARK] = self

    async def receive(self) -> Message:
        """Pass on what the client sends, noting when it leaves."""
        message = await self._receive()
        if message["type"] == "http.disconnect" and not self.complete:
            self.disconnected = True
        return message

    async def send(self, message: Message) -> None:
        """Pass on what the application answers, with the correlation id in its headers."""
        with guard():
            message = self._noted(message)
        try:
            await self._send(message)
        except OSError:
            # How servers of ASGI 2.4 say that the client has gone.
            self.complete, self.disconnected = False, True
            raise

    def close(self, error: BaseException | None) -> None:
        """End the unit of work."""
        with guard():
            self._finish(error)

    def _noted(self, message: Message) -> Message:
        kind = message["type"]
        if kind == "http.response.start":
            if self.other_maker is not None:
                self.unit.span = otel.server_span() or self.unit.span
            if not self.disconnected:
                self.status = message["status"]
            self._trailers = bool(message.get("trailers"))
            return {**message, "headers": self._headers(message.get("headers", ()))}
        if kind in {"http.response.body", "http.response.zerocopysend"}:
            self.complete = not (message.get("more_body") or self._trailers)
        elif kind == "http.response.pathsend":
            self.complete = not self._trailers
        elif kind == "http.response.trailers":
            self.complete = not message.get("more_trailers")
        return message

    def _headers(self, given: Any) -> list[tuple[bytes, bytes]]:
        """Copy the headers, which may serve many responses, with ours in place of those of the same names."""
        ours = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.unit.headers()]
        names = {name for name, _ in ours}
        return [(name, value) for name, value in given if bytes(name).lower() not in names] + ours

    def _finish(self, error: BaseException | None) -> None:
        if self._left(error):
            self.disconnected, error = True, None
        route = template(self._scope)
        fault = self._fault(error)
        attributes: dict[str, Any] = {
            "http.route": route,
            "http.response.status_code": self.status,
            "error.type": fault or ("client_disconnected" if self.disconnected else None),
        }
        request = {"route": route, "status_code": self.status, "disconnected": self.disconnected or None}
        if route is not None:
            self.unit.rename(f"{self._name} {route}")
        outcome = self.status or ("client disconnected" if self.disconnected else "no response")
        self.unit.finish(
            error=error,
            message=f"{self.method} {route or self.path} {outcome}",
            level=_ERROR if fault else None,
            attributes={key: value for key, value in attributes.items() if value is not None},
            request={key: value for key, value in request.items() if value is not None},
            failed=fault is not None,
        )

    def _left(self, error: BaseException | None) -> bool:
        """Return whether the request ended because the client left, which is no fault of the application."""
        if isinstance(error, asyncio.CancelledError):
            return self.disconnected
        return type(error).__name__ == "ClientDisconnect"

    def _fault(self, error: BaseException | None) -> str | None:
        """Return what went wrong on this side, as `error.type` names it."""
        if error is not None:
            return error_type(error)
        if self.status is not None and self.status >= 500:
            return str(self.status)
        return None if self.complete or self.disconnected else "incomplete_response"

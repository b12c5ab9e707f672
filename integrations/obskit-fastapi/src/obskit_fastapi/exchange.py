"""One request and its response: the unit of work around it, and what its access line will say."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

from obskit.integration import Unit, begin, enabled, error_type, failed, sift
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


def begun(scope: Scope, receive: Receive, send: Send, application: object) -> Exchange | None:
    """Begin the unit of work of a request; None where that fails, which is no fault of the application's.

    Args:
        application: the object to look at for other instrumentation.
    """
    try:
        return Exchange(scope, receive, send, application)
    except Exception as trouble:
        failed(trouble)
        return None


async def serve(app: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """Run one request of `app` as a unit of work, which ends when the application returns.

    Whatever the application raises is raised again, untouched.
    """
    exchange = begun(scope, receive, send, app)
    if exchange is None:
        await app(scope, receive, send)
        return
    try:
        await app(scope, exchange.receive, exchange.send)
    except BaseException as error:
        exchange.close(error)
        raise
    exchange.close(None)


@lru_cache(maxsize=16)
def _lowered(name: str) -> bytes:
    """Return the name of one of obskit's own headers as ASGI wants it."""
    return name.lower().encode("latin-1")


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
        self.method = scope.get("method", "")
        self.path = scope.get("path", "")
        self.other_maker = otel.other_maker(application)
        found = sift(scope.get("headers", ()))
        attributes = request_attributes(scope, found)
        self._name = "HTTP" if attributes["http.request.method"] == "_OTHER" else self.method
        self.unit: Unit = begin(
            self._name,
            kind="server",
            headers=found,
            attributes=attributes,
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
        try:
            kind = message["type"]
            if kind == "http.response.body":
                self.complete = not (self._trailers or message.get("more_body"))
            elif kind == "http.response.start":
                message = self._started(message)
            else:
                self._note(kind, message)
        except Exception as trouble:
            failed(trouble)
        try:
            await self._send(message)
        except OSError:
            # How servers of ASGI 2.4 say that the client has gone.
            self.complete, self.disconnected = False, True
            raise

    def close(self, error: BaseException | None) -> None:
        """End the unit of work."""
        try:
            self._finish(error)
        except Exception as trouble:
            failed(trouble)
        # The request's scope holds this object: in no circle, both are gone at once.
        self._scope = {}

    def _started(self, message: Message) -> Message:
        if self.other_maker is not None:
            self.unit.span = otel.server_span() or self.unit.span
        if not self.disconnected:
            self.status = message["status"]
            if self.status >= 500:
                # The access line will be an ERROR, but the caller has to be told now.
                self.unit.keep()
        self._trailers = bool(message.get("trailers"))
        return {**message, "headers": self._headers(message.get("headers", ()))}

    def _note(self, kind: str, message: Message) -> None:
        if kind == "http.response.zerocopysend":
            self.complete = not (self._trailers or message.get("more_body"))
        elif kind == "http.response.pathsend":
            self.complete = not self._trailers
        elif kind == "http.response.trailers":
            self.complete = not message.get("more_trailers")

    def _headers(self, given: Any) -> list[tuple[bytes, bytes]]:
        """Copy the headers, which may serve many responses, with ours in place of those of the same names."""
        copied = list(given)
        for name, value in self.unit.headers():
            ours = _lowered(name)
            size = len(ours)
            for pair in copied:
                # Nearly every name differs in its length already.
                if len(pair[0]) == size and bytes(pair[0]).lower() == ours:
                    copied = [other for other in copied if bytes(other[0]).lower() != ours]
                    break
            copied.append((ours, value.encode("latin-1")))
        return copied

    def _finish(self, error: BaseException | None) -> None:
        if error is not None and self._left(error):
            self.disconnected, error = True, None
        route, status, fault = template(self._scope), self.status, self._fault(error)
        attributes: dict[str, Any] = {}
        request: dict[str, Any] = {"method": self.method, "path": self.path}
        if route is not None:
            self.unit.rename(f"{self._name} {route}")
            attributes["http.route"] = request["route"] = route
        if status is not None:
            attributes["http.response.status_code"] = request["status_code"] = status
        if self.disconnected:
            request["disconnected"] = True
        if fault is not None or self.disconnected:
            attributes["error.type"] = fault or "client_disconnected"
        outcome = status or ("client disconnected" if self.disconnected else "no response")
        self.unit.finish(
            error=error,
            message=f"{self.method} {route or self.path} {outcome}",
            level=None if fault is None else _ERROR,
            attributes=attributes,
            request=request,
            failed=fault is not None,
        )

    def _left(self, error: BaseException) -> bool:
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

"""One attempt to get an answer: its span, and the request as it goes out."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import Span, Status, StatusCode

from obskit.integration import client_span, enabled, error_type, failed, guard, heed, outbound, use_span
from obskit_httpx import otel
from obskit_httpx.attributes import request_attributes, response_attributes
from obskit_httpx.carrier import kept, outgoing

if TYPE_CHECKING:
    import httpx

_MARK = "_obskit_attempt"
_ERROR = Status(StatusCode.ERROR)


def begin(client: Any, request: httpx.Request) -> Attempt | None:
    """Start an attempt, or return None where there is nothing to do: obskit off, or instrumentation suppressed."""
    try:
        if enabled() and _MARK not in request.__dict__ and not otel.suppressed():
            return Attempt(request, spanned=not otel.makes_the_span(client, request))
    except Exception as trouble:
        failed(trouble)
    return None


class Attempt:
    """Follow one request from the client's hands to the response's headers.

    Args:
        request: the caller's request, which stays as it is; `outgoing` is what to send instead.
        spanned: whether to make a span; without one the ids go along all the same.
    """

    __slots__ = ("_host", "_request", "_span", "outgoing")

    def __init__(self, request: httpx.Request, *, spanned: bool) -> None:
        self._request = request
        self._host: str = request.url.host
        self._span: Span | None = None
        if spanned:
            attributes = request_attributes(request)
            known = attributes["http.request.method"]
            # Named by the method, as a client knows no route.
            name = "HTTP" if known == "_OTHER" else request.method
            self._span = client_span(name, attributes=attributes, tracer="obskit_httpx")
        self.outgoing = outgoing(request, outbound(self._host, self._span), mark=_MARK)

    def current(self) -> AbstractContextManager[Any]:
        """Make the attempt's span the current one, so that what the transport does and logs belongs to it."""
        return nullcontext() if self._span is None else use_span(self._span)

    def answered(self, response: httpx.Response) -> None:
        """End the attempt with a response, of which the headers have been read."""
        try:
            self._give_back()
            if response.request is self.outgoing:
                response.request = self._request
            if (value := kept(response)) is not None:
                heed(self._host, value)
            if self._span is not None:
                self._span.set_attributes(response_attributes(response))
                if response.status_code >= 400:
                    self._span.set_status(_ERROR)
                self._span.end()
        except Exception as trouble:
            failed(trouble)

    def failed(self, error: BaseException) -> None:
        """End the attempt with the exception that it met, cancellation included."""
        with guard():
            self._give_back()
            if getattr(error, "_request", None) is self.outgoing:
                error.request = self._request  # type: ignore[attr-defined]
            if self._span is not None:
                self._span.set_attribute("error.type", error_type(error))
                self._span.record_exception(error)
                self._span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
                self._span.end()

    def _give_back(self) -> None:
        """Leave in the caller's request what the transport has done to it, such as a body now read."""
        changed = self.outgoing.__dict__.copy()
        del changed["headers"], changed[_MARK]
        self._request.__dict__.update(changed)

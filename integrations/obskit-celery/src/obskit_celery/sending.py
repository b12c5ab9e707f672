"""Sending a task: a producer span around it, and the carrier in the headers of its message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from celery import signals
from opentelemetry.trace import Span, Status, StatusCode

import obskit
from obskit.integration import client_span, enabled, error_type, guard, patch, use_span
from obskit_celery import message, otel
from obskit_celery.broker import Brokers

_sending: ContextVar[Span | None] = ContextVar("obskit_celery_sending", default=None)


class Sending:
    """Follow what this process sends.

    `Celery.send_task` is what is wrapped, for the signals about a message don't tell when sending it failed.
    """

    def __init__(self, brokers: Brokers) -> None:
        self._brokers = brokers

    def install(self) -> Callable[[], None]:
        """Wrap `send_task` and listen to what is sent; return what undoes it."""
        from celery import Celery

        restore = patch(Celery, "send_task", self._wrapped)
        signals.before_task_publish.connect(self._before_publish, weak=False)

        def undo() -> None:
            restore()
            signals.before_task_publish.disconnect(self._before_publish)

        return undo

    def _wrapped(self, original: Callable[..., Any], active: Callable[[], bool]) -> Callable[..., Any]:
        @wraps(original)
        def send_task(app: Any, name: str, *args: Any, **kwargs: Any) -> Any:
            if not (active() and enabled()):
                return original(app, name, *args, **kwargs)
            with self._around(app, name):
                return original(app, name, *args, **kwargs)

        return send_task

    @contextmanager
    def _around(self, app: Any, name: str) -> Iterator[None]:
        with ExitStack() as entered:
            span = None
            with guard():
                if obskit.correlation_id() is None:
                    # Sent from outside a unit of work: what it sets off has one id all the same.
                    entered.enter_context(obskit.scope())
                span = self._begin(app, name)
                if span is not None:
                    entered.enter_context(use_span(span))
            token = _sending.set(span)
            try:
                yield
            except Exception as error:
                _failed(span, error)
                raise
            finally:
                _sending.reset(token)
                if span is not None:
                    span.end()

    def _begin(self, app: Any, name: str) -> Span | None:
        if otel.makes_the_spans():
            return None
        attributes = {**message.attributes("send", name, None, None), **self._brokers.attributes(app)}
        return client_span(f"send {name}", kind="producer", attributes=attributes, tracer="obskit_celery")

    def _before_publish(
        self,
        *,
        sender: str,
        headers: dict[str, Any],
        body: Any = None,
        exchange: Any = None,
        routing_key: Any = None,
        **_: Any,
    ) -> None:
        """Receive Celery's signal: where the message goes is known now, and its headers are still to be sent."""
        with guard():
            if not enabled():
                return
            span = _sending.get()
            if span is not None:
                task_id = headers.get("id") or (body.get("id") if isinstance(body, dict) else None)
                to = message.destination({"exchange": exchange, "routing_key": routing_key})
                span.set_attributes(message.attributes("send", str(sender), task_id, to))
            message.inject(headers)


def _failed(span: Span | None, error: Exception) -> None:
    with guard():
        if span is not None:
            span.set_attribute("error.type", error_type(error))
            span.record_exception(error)
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))

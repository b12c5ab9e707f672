"""A message of Celery: its carrier, and its attributes by the semantic conventions for messaging.

The conventions name a span after the operation and the destination. A queue of Celery carries many tasks, so the task
stands in the name in place of the destination, which is an attribute: `send demo.charge`, `process demo.charge`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.util.types import AttributeValue

from obskit.integration import outbound

_CARRIER = ("traceparent", "tracestate", "baggage")


def inbound(request: Any) -> list[tuple[str, str]]:
    """Return what a message's headers hold, from the request that Celery has made of it.

    Celery spreads the headers of a message (protocol 2) over the attributes of its request.
    """
    return [(key, value) for key, value in vars(request).items() if type(value) is str]


def inject(headers: dict[str, Any]) -> None:
    """Put the current scope and span into the headers of a message.

    A retry begins with the headers of the attempt before it: what is left of that one's carrier goes first.
    """
    for name in _CARRIER:
        headers.pop(name, None)
    headers.update(outbound())


def destination(info: Mapping[str, Any] | None) -> str | None:
    """Return where a message goes: the queue of the default exchange, otherwise `exchange:routing_key`."""
    if not info:
        return None
    exchange, key = info.get("exchange"), info.get("routing_key")
    exchange = getattr(exchange, "name", exchange)
    return (f"{exchange}:{key}" if key else str(exchange)) if exchange else str(key) if key else None


def attributes(operation: str, task: str, task_id: str | None, to: str | None) -> dict[str, AttributeValue]:
    """Return the attributes of a span for one operation on one message.

    Args:
        operation: `send` or `process`, which is both its name and its type.
        task: the task's name.
        task_id: the task's id, which is also the message's.
        to: the destination.
    """
    found: dict[str, AttributeValue] = {
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "celery.task_name": task,
    }
    if task_id:
        found["messaging.message.id"] = task_id
    if to:
        found["messaging.destination.name"] = to
    return found

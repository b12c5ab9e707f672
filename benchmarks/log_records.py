"""What is logged: different records of one, six and thirty fields, and of fields five levels deep."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks import redaction_records as records
from benchmarks.redaction_records import Event

MESSAGE = "order accepted"
FIELDS: dict[str, Any] = {
    "order_id": "o-20391",
    "amount": 129.95,
    "currency": "EUR",
    "items": 3,
    "warehouse": "fra-2",
    "express": True,
}
IDS = {
    "correlation_id": "req-019316f5c07a7e3f8d1b5a2c4e6f7089",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "span_id": "b7ad6b7169203331",
}
SERVICE = {"service": "shop", "environment": "production", "host": "host-1", "version": "1.2.3"}


def one() -> list[Event]:
    """Return events of one field."""
    turn = itertools.count()
    return [event._replace(fields=_nth(event.fields, next(turn) // 5)) for event in records.plain()]


def thirty() -> list[Event]:
    """Return events of thirty fields: five different ones in each."""
    rounds = iter(records.plain(5 * records.MANY))
    return [_joined(list(itertools.islice(rounds, 5))) for _ in range(records.MANY)]


def nested() -> list[Event]:
    """Return events of six values that lie up to five levels deep."""
    dice = random.Random(7)
    return [event._replace(fields=_deep(dice)) for event in records.plain()]


def same() -> list[Event]:
    """Return one event of six fields, over and over, as a loop logs it."""
    return [Event(MESSAGE, FIELDS)] * records.MANY


SHAPES: Mapping[str, Callable[[], list[Event]]] = {
    "six": records.plain,
    "one": one,
    "thirty": thirty,
    "nested": nested,
    "same": same,
}


def _nth(fields: Mapping[str, Any], number: int) -> dict[str, Any]:
    name = list(fields)[number % len(fields)]
    return {name: fields[name]}


def _joined(events: list[Event]) -> Event:
    fields = {f"{kind}_{name}": value for kind, event in enumerate(events) for name, value in event.fields.items()}
    return events[0]._replace(fields=fields)


def _deep(dice: random.Random) -> dict[str, Any]:
    place = {"warehouse": dice.choice(("fra-2", "ams-1", "lyon-3")), "express": dice.random() < 0.5}
    article = {"currency": "EUR", "place": place}
    line = {"amount": dice.randrange(10**5) / 100, "article": article}
    cart = {"items": dice.randrange(1, 9), "line": line}
    return {"order": {"order_id": f"o-{dice.randrange(10**5)}", "cart": cart}}

"""Different records, as services log them: with nothing secret, with an e-mail address, with a stack trace."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

MANY = 1000
FRAMES = 20
_SERVICE = {"service": "shop", "environment": "production", "host": "host-1", "version": "1.2.3"}
_DONE = (
    "order accepted,payment captured,basket restored,stock reserved,parcel packed,invoice printed,refund queued,"
    "report rendered,page cached,index rebuilt,import finished,batch merged,file moved,worker started,job retried"
)
_EVENTS = tuple(_DONE.split(","))
_NOUNS = tuple(event.split()[0] for event in _EVENTS)
_CITIES = ("fra-2", "ams-1", "lyon-3", "porto-1", "gdansk-2", "turin-4")
_ROUTES = ("/orders/{id}", "/orders/{id}/lines", "/baskets/{id}", "/stock/{id}", "/reports/{id}/pages", "/health")
_FIRST = ("ann", "bo", "carla", "dmitri", "elif", "fatou", "goran", "hana", "ines", "jonas", "kofi", "lena", "mei")
_LAST = ("okafor", "lindqvist", "moreau", "novak", "petrov", "rossi", "sato", "tanaka", "ueda", "vargas", "weber")
_HOSTS = ("example.com", "mail.example.org", "shop.example.net", "example.co.uk", "post.example.de")
_MODULES = (
    "shop/orders/service.py", "shop/orders/repository.py", "shop/stock/client.py", "shop/http/middleware.py",
    "shop/baskets/views.py", "shop/reports/render.py", "lib/python3.11/site-packages/web/routing.py",
    "lib/python3.11/site-packages/web/applications.py", "lib/python3.11/site-packages/store/engine/base.py",
    "lib/python3.11/site-packages/store/orm/session.py", "lib/python3.11/asyncio/tasks.py",
    "lib/python3.11/contextlib.py",
)  # fmt: skip
_SOURCES = (
    ("place_order", "return await self.repository.save(order, flush=True)"),
    ("__call__", "await self.app(scope, receive, send)"),
    ("run_endpoint", "result = await function(**arguments)"),
    ("execute", "rows = cursor.execute(statement, parameters or ())"),
    ("reserve", "left = self._stock[article] - wanted"),
    ("render", 'page = template.render(order=order, lines=lines, total=f"{total:.2f}")'),
    ("wrapper", "return call(*args, **kwargs)"),
    ("_fetch", "response = self._pool.urlopen(method, path, headers=headers, timeout=timeout)"),
    ("begin", "with self.session.begin() as transaction:"),
    ("load_lines", "return [Line.of(row) for row in rows if row.amount > 0]"),
    ("dispatch", "handler = self.handlers[type(event)]"),
    ("__exit__", "self.gen.throw(typ, value, traceback)"),
)
_ERRORS = (
    ("KeyError", "'fra-{}'"), ("ValueError", "no stock for article {}"), ("TimeoutError", "no answer after {} ms"),
    ("store.errors.IntegrityError", "row {} is referred to by a line"),
    ("TypeError", "'NoneType' is not subscriptable"),
)  # fmt: skip


class Event(NamedTuple):
    """What a program hands to a log call.

    Attributes:
        message: Its text.
        fields: Six fields.
        error: What obskit makes of an exception, None where there is none.
    """

    message: str
    fields: dict[str, Any]
    error: dict[str, Any] | None = None


def plain(count: int = MANY) -> list[Event]:
    """Return different events without anything that has to go."""
    dice = random.Random(4)
    return [Event(_message(dice), _SHAPES[number % len(_SHAPES)](dice)) for number in range(count)]


def with_address(count: int = MANY) -> list[Event]:
    """Return the same events with one e-mail address in each message."""
    dice = random.Random(5)
    events = []
    for event in plain(count):
        address = f"{dice.choice(_FIRST)}.{dice.choice(_LAST)}{dice.randrange(100)}@{dice.choice(_HOSTS)}"
        events.append(event._replace(message=f"{event.message}, receipt sent to {address}"))
    return events


def with_traceback(count: int = MANY // 2) -> list[Event]:
    """Return the same events, each with an exception of 20 frames."""
    dice = random.Random(6)
    return [event._replace(error=_error(dice)) for event in plain(count)]


def record(event: Event) -> dict[str, Any]:
    """Return the record of an event, as it stands before redaction and, but for an address, behind it."""
    dice = random.Random(event.message)
    finished: dict[str, Any] = {
        "timestamp": "2026-01-02T03:04:05.000006Z", "level": "INFO", "message": event.message, "logger": "shop.orders",
        "correlation_id": f"req-{dice.randbytes(16).hex()}", "trace_id": dice.randbytes(16).hex(),
        "span_id": dice.randbytes(8).hex(), **_SERVICE,
    }  # fmt: skip
    if event.error is not None:
        finished["error"] = event.error
    return {**finished, "context": event.fields, "id": f"{dice.randbytes(16).hex()}-l100000"}


def given(event: Event) -> dict[str, Any]:
    """Return the parts of a record that a program gave: all that a redactor has to look at."""
    whole = record(event)
    return {part: whole[part] for part in ("message", "logger", "error", "context") if part in whole}


def texts(value: Any) -> list[str]:
    """Return every text in a record."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    return []


def _message(dice: random.Random) -> str:
    return f"{dice.choice(_EVENTS)} in {dice.choice(_CITIES)}"


def _order(dice: random.Random) -> dict[str, Any]:
    return {
        "order_id": f"o-{dice.randrange(10**5)}", "amount": dice.randrange(10**5) / 100, "currency": "EUR",
        "items": dice.randrange(1, 9), "warehouse": dice.choice(_CITIES), "express": dice.random() < 0.5,
    }  # fmt: skip


def _request(dice: random.Random) -> dict[str, Any]:
    route = dice.choice(_ROUTES)
    return {
        "method": dice.choice(("GET", "POST", "PUT")), "route": route,
        "path": route.replace("{id}", str(dice.randrange(10**5))), "status": dice.choice((200, 201, 204, 404)),
        "duration_ms": round(dice.expovariate(0.02), 3), "agent": f"shop-app/{dice.randrange(9)}.{dice.randrange(20)}",
    }  # fmt: skip


def _job(dice: random.Random) -> dict[str, Any]:
    return {
        "job": f"{dice.choice(_NOUNS)}_{dice.choice(_NOUNS)}", "job_id": dice.randbytes(16).hex(), "queue": "default",
        "attempt": dice.randrange(1, 4), "waited_s": round(dice.random() * 9, 3),
        "worker": f"worker-{dice.randrange(40)}",
    }  # fmt: skip


def _query(dice: random.Random) -> dict[str, Any]:
    return {
        "table": dice.choice(("orders", "lines", "articles")), "rows": dice.randrange(5000), "cached": False,
        "statement": f"select id, total from orders where shop = {dice.randrange(99)} order by id limit 50",
        "pool": {"size": 10, "free": dice.randrange(10)}, "took_ms": round(dice.random() * 40, 3),
    }  # fmt: skip


def _file(dice: random.Random) -> dict[str, Any]:
    return {
        "file": f"/srv/shop/exports/2026-{dice.randrange(1, 13):02}/part-{dice.randrange(10**4):05}.parquet",
        "bytes": dice.randrange(10**8), "digest": dice.randbytes(8).hex(), "parts": dice.randrange(20),
        "tags": [dice.choice(_NOUNS), dice.choice(_CITIES)], "compression": "zstd",
    }  # fmt: skip


_SHAPES: tuple[Callable[[random.Random], dict[str, Any]], ...] = (_order, _request, _job, _query, _file)


def _error(dice: random.Random) -> dict[str, Any]:
    lines = ["Traceback (most recent call last):"]
    for _ in range(FRAMES):
        function, source = dice.choice(_SOURCES)
        lines.append(f'  File "/srv/{dice.choice(_MODULES)}", line {dice.randrange(20, 900)}, in {function}')
        lines.append(f"    {source}")
        if dice.random() < 0.4:
            lines.append("    " + " " * dice.randrange(8) + "^" * dice.randrange(8, 40))
    kind, said = dice.choice(_ERRORS)
    message = said.format(dice.randrange(10**4))
    trace = "\n".join([*lines, f"{kind}: {message}"])
    return {"type": kind, "message": message, "stack_trace": trace, "fingerprint": dice.randbytes(8).hex()}

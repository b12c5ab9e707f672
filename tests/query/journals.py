"""Write journals for tests: the files that writers leave, with times, ids and breaks of one's choosing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

BASE = datetime(2026, 3, 4, 10, 42, 1, tzinfo=UTC)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def stamp(seconds: float) -> str:
    """Return the timestamp so many seconds after the base time."""
    return (BASE + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Writer:
    """One process's directory in a journal."""

    def __init__(self, root: Path, service: str, number: int, *, at: float = 0.0) -> None:
        self.id = f"{number:032x}"
        self.service = service
        self.directory = root / service / self.id
        self.directory.mkdir(parents=True, exist_ok=True)
        self.n = 0
        self._counts = {"l": 0, "s": 0}
        self.rotate(at=at)

    @property
    def path(self) -> Path:
        """The segment that is written to."""
        return self.directory / f"{self.n:06d}.jsonl"

    def header(self, *, at: float = 0.0, **changes: Any) -> bytes:
        """Return the header line of a segment."""
        fields = {"timestamp": stamp(at), "kind": "segment", "format": 1, "writer": self.id, "n": self.n}
        rest = {"resource": {"service.name": self.service}, "boot_id": "b", "pid": 1, "redaction": "r"}
        return orjson.dumps({**fields, **rest, **changes}) + b"\n"

    def rotate(self, *, at: float = 0.0, **changes: Any) -> None:
        """Begin the next segment."""
        self.n += 1
        self.path.write_bytes(self.header(at=at, **changes))

    def raw(self, data: bytes) -> None:
        """Append bytes as they are."""
        with self.path.open("ab") as file:
            file.write(data)

    def line(self, record: dict[str, Any], letter: str) -> bytes:
        """Return a line with the next id."""
        self._counts[letter] += 1
        return orjson.dumps({**record, "id": f"{self.id}-{letter}{self._counts[letter]}"}) + b"\n"

    def log(self, at: float, message: str, level: str = "INFO", **fields: Any) -> dict[str, Any]:
        """Write a log line; fields of the schema by their names, `context` for the rest."""
        ids = {key: fields.pop(key) for key in ("correlation_id", "trace_id", "span_id") if key in fields}
        record = {"timestamp": stamp(at), "level": level, "message": message, "logger": f"{self.service}.app", **ids}
        record |= {"service": self.service, "environment": "test", "host": "h1", "version": "1.4.0", **fields}
        line = self.line(record, "l")
        self.raw(line)
        found: dict[str, Any] = orjson.loads(line)
        return found

    def span(self, start: float, seconds: float, name: str, span_id: str, **fields: Any) -> dict[str, Any]:
        """Write a span; `parent` is short for its parent's id, `role` for its kind."""
        record = {"timestamp": stamp(start + seconds), "kind": "span", "name": name}
        record |= {"span_kind": fields.pop("role", "INTERNAL"), "start": stamp(start), "duration_ms": seconds * 1000}
        record |= {key: fields.pop(key) for key in ("correlation_id",) if key in fields}
        record |= {"trace_id": fields.pop("trace_id", TRACE), "span_id": span_id}
        if parent := fields.pop("parent", None):
            record |= {"parent_span_id": parent, "parent_remote": bool(fields.pop("remote", False))}
        record |= {"flags": 3, "service": self.service, "environment": "test", "host": "h1", **fields}
        line = self.line(record, "s")
        self.raw(line)
        found: dict[str, Any] = orjson.loads(line)
        return found


def error(kind: str, message: str, fingerprint: str, **more: Any) -> dict[str, Any]:
    """Return an error block."""
    trace = (
        "Traceback (most recent call last):\n"
        '  File "/srv/shop/stock.py", line 41, in reserve\n    self.take(sku, count)\n'
        '  File "/srv/shop/stock.py", line 58, in take\n    raise OutOfStock(sku)\n'
        f"{kind}: {message}"
    )
    return {"type": kind, "message": message, "stack_trace": trace, "fingerprint": fingerprint, **more}


def span_id(number: int) -> str:
    """Return a span id."""
    return f"{number:016x}"


def checkout(root: Path, *, correlation_id: str = "req-checkout-17", trace_id: str = TRACE) -> None:
    """Write one failing checkout through three services, as four processes leave it."""
    ids = {"correlation_id": correlation_id, "trace_id": trace_id}
    user = {"id": "u-9", "session_id": "s-1"}
    gateway, inventory, worker = Writer(root, "gateway", 1), Writer(root, "inventory", 2), Writer(root, "worker", 3)
    gateway.log(0.002, "checkout started", **ids, span_id=span_id(1), user=user, context={"order": 17, "amount": 12.5})
    fault = error("shop.stock.OutOfStock", "sku lamp-4 is gone", "f0a1")
    inventory.log(0.061, "looking for stock", "DEBUG", **ids, span_id=span_id(3), context={"sku": "lamp-4"})
    inventory.log(0.118, "reservation failed", "ERROR", **ids, span_id=span_id(3), user=user, error=fault)
    request = {"method": "POST", "path": "/reserve", "route": "/reserve", "status_code": 500, "duration_ms": 66.1}
    inventory.span(0.07, 0.03, "SELECT stock", span_id(4), **ids, parent=span_id(3), role="CLIENT")
    bad = {"status": {"code": "ERROR", "message": "OutOfStock: sku lamp-4 is gone"}}
    inventory.span(
        0.053, 0.067, "POST /reserve", span_id(3), **ids, parent=span_id(2), remote=True, role="SERVER", **bad
    )
    inventory.log(0.1201, "POST /reserve 500", "ERROR", **ids, span_id=span_id(3), request=request, error=fault)
    gateway.span(0.05, 0.074, "POST", span_id(2), **ids, parent=span_id(1), role="CLIENT", **bad)
    gateway.log(0.13, "stock is gone, telling the customer", "WARN", **ids, span_id=span_id(1), user=user)
    gateway.span(0.14, 0.004, "notify send", span_id(5), **ids, parent=span_id(1), role="PRODUCER")
    gateway.log(
        0.15,
        "POST /checkout 409",
        **ids,
        span_id=span_id(1),
        request={"method": "POST", "path": "/checkout", "route": "/checkout", "status_code": 409, "duration_ms": 150.4},
    )
    gateway.span(0.0, 0.151, "POST /checkout", span_id(1), **ids, role="SERVER")
    worker.log(0.46, "mail sent", **ids, span_id=span_id(6), context={"to": "[REDACTED:email]"})
    worker.span(0.45, 0.08, "notify process", span_id(6), **ids, parent=span_id(5), remote=True, role="CONSUMER")
    worker.log(0.52, "called back", **ids, span_id=span_id(8))
    worker.span(0.5, 0.01, "GET /customer", span_id(7), **ids, parent=span_id(8), role="CLIENT")


def many(root: Path, services: int, lines: int) -> None:
    """Write a journal of many lines in which every 100th belongs to `req-needle`."""
    writers = [Writer(root, f"service-{number}", number + 1) for number in range(services)]
    parts: list[list[bytes]] = [[] for _ in writers]
    for number in range(lines):
        writer = writers[number % services]
        identity = "req-needle" if number % 100 == 0 else f"req-{number // 10}"
        record = {"timestamp": stamp(number / 1000), "level": "INFO", "message": f"step {number}", "logger": "app.work"}
        record |= {"correlation_id": identity, "trace_id": f"{number // 10 + 1:032x}", "span_id": f"{number + 1:016x}"}
        record |= {"service": writer.service, "environment": "test", "host": "h1", "version": "1.4.0"}
        record |= {"context": {"order": number, "amount": 12.5, "note": "x" * 120}}
        parts[number % services].append(writer.line(record, "l"))
    for writer, part in zip(writers, parts, strict=True):
        writer.raw(b"".join(part))

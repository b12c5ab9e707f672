"""A real collector: takes OTLP's JSON form over HTTP, remembers what came, answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.ship.server import Request, Server, reply


@dataclass(frozen=True)
class Batch:
    """What one request held."""

    signal: str
    resource: dict[str, Any]
    ids: tuple[str, ...]
    accepted: bool


Says = Callable[["Batch"], tuple[int, dict[str, str], bytes] | None]


def take(batch: Batch) -> tuple[int, dict[str, str], bytes]:
    """Take everything."""
    return 200, {}, b"{}"


@dataclass
class Collector:
    """Logs are known by their `log.record.uid`, spans by their span id.

    `says` decides what a request is answered: status, headers and body, or None for no answer at all.
    """

    says: Says = take
    batches: list[Batch] = field(default_factory=list)
    others: list[Request] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()
        self.server = Server([self._answer])
        self.url = f"http://127.0.0.1:{self.server.port}"

    def _answer(self, connection: Any, request: Request) -> bool:
        batch = _read(request)
        # Closed, it holds every answer back.
        self.gate.wait(20)
        said = self.says(batch)
        if said is None:
            self.batches.append(batch)
            self.server.stopping.wait(20)
            return False
        status, headers, body = said
        self.batches.append(Batch(batch.signal, batch.resource, batch.ids, status == 200))
        return reply(status, body, **headers)(connection, request)

    def ids(self, signal: str = "logs") -> list[str]:
        """Every id that was taken, in the order of arrival."""
        return [one for batch in self.batches if batch.accepted and batch.signal == signal for one in batch.ids]

    def stop(self) -> None:
        self.gate.set()
        self.server.stop()


def _read(request: Request) -> Batch:
    body = json.loads(request.plain)
    signal = "logs" if "/v1/logs" in request.line else "spans"
    outer, inner, records = (
        ("resourceLogs", "scopeLogs", "logRecords") if signal == "logs" else ("resourceSpans", "scopeSpans", "spans")
    )
    ids: list[str] = []
    resource: dict[str, Any] = {}
    for part in body[outer]:
        resource = _plain(part["resource"]["attributes"])
        for scope in part[inner]:
            ids += [_identity(record, signal) for record in scope[records]]
    return Batch(signal, resource, tuple(ids), accepted=False)


def _identity(record: dict[str, Any], signal: str) -> str:
    return str(record["spanId"] if signal == "spans" else _plain(record["attributes"])["log.record.uid"])


def _plain(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {pair["key"]: next(iter(pair["value"].values()), None) for pair in attributes}

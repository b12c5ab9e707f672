"""Servers, targets and lines for the tests of the ship stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from obskit.settings.endpoint import Endpoint
from obskit.ship.http import Target
from tests.ship.grpc_targets import aim_grpc, grpc_collector, script  # noqa: F401 - fixtures
from tests.ship.server import Answer, Server, reply
from tests.support.collector import Collector


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start scripted servers; all are stopped at the end."""
    servers: list[Server] = []

    def start(*answers: Answer, **options: Any) -> Server:
        server = Server(list(answers) or [reply()], **options)
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def aim() -> Iterator[Callable[..., Target]]:
    """Make targets that see no proxy of the surroundings; all are closed at the end."""
    targets: list[Target] = []

    def make(
        url: str, *, environ: dict[str, str] | None = None, clock: Any = None, wall: Any = None, **options: Any
    ) -> Target:
        options.setdefault("headers", {})
        options.setdefault("timeout", 5.0)
        clocks = {name: value for name, value in (("clock", clock), ("wall", wall)) if value is not None}
        target = Target(Endpoint(url=url, **options), environ=environ or {}, **clocks)
        targets.append(target)
        return target

    yield make
    for target in targets:
        target.close()


@pytest.fixture
def log_line() -> dict[str, Any]:
    """A log line with every block of the schema."""
    return {
        "timestamp": "2026-01-31T23:59:59.123456Z",
        "level": "ERROR",
        "message": "card refused",
        "logger": "shop.payment",
        "correlation_id": "req-1",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "span_id": "b7ad6b7169203331",
        "service": "shop",
        "environment": "production",
        "host": "a",
        "version": "1",
        "error": {
            "type": "shop.Refused",
            "message": "no",
            "stack_trace": "Traceback",
            "fingerprint": "f00",
            "code": 7,
            "retryable": False,
            "causes": [{"type": "OSError", "message": "gone"}],
        },
        "user": {"id": "u1", "ip": "192.0.2.0", "session_id": "s1"},
        "request": {
            "method": "POST",
            "path": "/pay",
            "route": "/pay",
            "status_code": 502,
            "duration_ms": 12.5,
            "size": 3,
        },
        "context": {"amount": 5, "cart": {"items": [1, None, "x"]}, "correlation_id": "theirs"},
        "sampling": {"rate": 0.25, "reason": "head"},
        "late": True,
        "truncated": ["context.cart"],
        "id": "0190-l1",
    }


@pytest.fixture
def span_line() -> dict[str, Any]:
    """A span line with every block of the schema."""
    return {
        "timestamp": "2026-01-31T23:59:59.123456Z",
        "kind": "span",
        "name": "POST /pay",
        "span_kind": "SERVER",
        "start": "2026-01-31T23:59:59.000000001Z",
        "duration_ms": 123.456788,
        "correlation_id": "req-1",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "span_id": "b7ad6b7169203331",
        "parent_span_id": "00f067aa0ba902b7",
        "parent_remote": True,
        "trace_state": "a=1",
        "flags": 3,
        "status": {"code": "ERROR", "message": "no"},
        "attributes": {"http.route": "/pay", "n": 1, "tags": ["a", "b"], "ratio": 0.5, "ok": True},
        "events": [{"timestamp": "2026-01-31T23:59:59.1Z", "name": "retry", "attributes": {"n": 2}}],
        "links": [{"trace_id": "f" * 32, "span_id": "e" * 16, "attributes": {"why": "batch"}}],
        "instrumentation": {"name": "obskit.fastapi", "version": "0.1", "schema_url": "https://example.com/1"},
        "dropped": {"attributes": 1, "events": 2, "links": 3},
        "service": "shop",
        "id": "0190-s1",
    }


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector."""
    made = Collector()
    yield made
    made.stop()

"""Servers and targets for the tests of gRPC: fixtures, which conftest.py offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from obskit.settings.endpoint import Endpoint
from obskit.ship.grpc import Target
from tests.ship.http2 import Answer, Http2Server, status
from tests.support.grpc_collector import GrpcCollector

Script = Callable[..., Http2Server]
Aim = Callable[..., Target]


@pytest.fixture
def script() -> Iterator[Script]:
    """Start scripted servers of HTTP/2; all are stopped at the end."""
    servers: list[Http2Server] = []

    def start(*answers: Answer, **options: Any) -> Http2Server:
        servers.append(Http2Server(list(answers) or [status()], **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def aim_grpc() -> Iterator[Aim]:
    """Make targets of gRPC that see no proxy of the surroundings; all are closed at the end."""
    targets: list[Target] = []

    def make(url: str, signal: Any = "logs", *, environ: dict[str, str] | None = None, **options: Any) -> Target:
        clocks = {name: options.pop(name) for name in ("clock", "wall") if name in options}
        options = {"headers": {}, "timeout": 5.0, "protocol": "grpc", **options}
        targets.append(Target(Endpoint(url=url, **options), signal, environ=environ or {}, **clocks))
        return targets[-1]

    yield make
    for target in targets:
        target.close()


@pytest.fixture
def grpc_collector() -> Iterator[Callable[..., GrpcCollector]]:
    """Start real collectors of gRPC; all are stopped at the end."""
    collectors: list[GrpcCollector] = []

    def start(**options: Any) -> GrpcCollector:
        collectors.append(GrpcCollector(**options))
        return collectors[-1]

    yield start
    for collector in collectors:
        collector.stop()

"""Real servers on loopback ports, and the integration installed for one test."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from obskit.testing import Capture, capture
from obskit_fastapi import FastAPIIntegration


@dataclass
class Served:
    """An application behind a running uvicorn."""

    port: int

    @property
    def url(self) -> str:
        """Return the address of the server."""
        return f"http://127.0.0.1:{self.port}"

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send one request over a connection of its own."""
        with httpx.Client(base_url=self.url, trust_env=False, timeout=20) as client:
            return client.request(method, path, **arguments)

    def get(self, path: str, **arguments: Any) -> httpx.Response:
        """Send one GET request."""
        return self.request("GET", path, **arguments)

    def hang_up(self, request: bytes, after: bytes = b"", wait: float = 0.2) -> None:
        """Send raw bytes, read until `after` has come (or wait a moment), and break the connection off."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request)
            seen = b""
            while after and after not in seen:
                seen += connection.recv(4096)
            if not after:
                time.sleep(wait)


@pytest.fixture
def ask() -> Callable[..., httpx.Response]:
    """Give a request to an application in this process, without a server and without a lifespan before it."""

    def request(app: Any, path: str, base_url: str = "http://test", root_path: str = "") -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False, root_path=root_path)
            async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
                return await client.get(path)

        return asyncio.run(send())

    return request


@contextmanager
def _serving() -> Iterator[Callable[..., Served]]:
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: Any, **options: Any) -> Served:
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, **options))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread))
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        return Served(server.servers[0].sockets[0].getsockname()[1])

    try:
        yield start
    finally:
        for server, thread in running:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Start uvicorn for an application; stop it after the test."""
    with _serving() as start:
        yield start


@pytest.fixture(scope="module")
def serve_long() -> Iterator[Callable[..., Served]]:
    """Start uvicorn for an application; stop it after the module's tests."""
    with _serving() as start:
        yield start


@pytest.fixture
def obskit_capture() -> Iterator[Capture]:
    """Capture with no integration installed: each test installs what it is about."""
    with capture(integrations=[]) as captured:
        yield captured


@pytest.fixture
def installed(obskit_capture: Capture) -> Iterator[Capture]:
    """Install the integration for one test; give what obskit captures meanwhile."""
    undo = FastAPIIntegration().install()
    yield obskit_capture
    undo()


@pytest.fixture
def access(obskit_capture: Any) -> Callable[..., list[dict[str, Any]]]:
    """Wait for the access lines of so many requests and return them; more than these fail the test."""

    def lines(count: int = 1) -> list[dict[str, Any]]:
        def found() -> list[dict[str, Any]]:
            return [record for record in obskit_capture.records if record.get("logger") == "obskit.access"]

        deadline = time.monotonic() + 15
        while len(found()) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)
        assert len(found()) == count, found()
        return found()

    return lines


@pytest.fixture
def server_spans(obskit_capture: Any) -> Callable[..., list[dict[str, Any]]]:
    """Return the server spans captured so far."""
    return lambda: [span for span in obskit_capture.spans if span["span_kind"] == "SERVER"]

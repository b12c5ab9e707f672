"""A real server on a loopback port, and the integration installed for one test."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
import uvicorn

from obskit.testing import Capture, capture
from obskit_httpx import HTTPXIntegration


class Peer:
    """A server that notes the requests that reach it; its answers go by the path."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[tuple[str, list[tuple[str, str]]]] = []
        self.reached = threading.Event()

    @property
    def url(self) -> str:
        """Return the address of the server."""
        return f"http://127.0.0.1:{self.port}"

    def headers(self, number: int = -1) -> dict[str, str]:
        """Return the headers of one request that came, names in lower case."""
        return dict(self.requests[number][1])

    def values(self, name: str, number: int = -1) -> list[str]:
        """Return every value of one header of one request."""
        return [value for key, value in self.requests[number][1] if key == name]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request (ASGI 3)."""
        path, query = scope["path"], parse_qs(scope["query_string"].decode())
        self.requests.append((path, [(key.decode(), value.decode()) for key, value in scope["headers"]]))
        self.reached.set()
        headers: list[tuple[bytes, bytes]] = []
        status = 200
        if path.startswith("/status/"):
            status = int(path.rpartition("/")[2])
        elif path.startswith("/redirect/") and (left := int(path.rpartition("/")[2])) > 0:
            status, headers = 302, [(b"location", f"/redirect/{left - 1}".encode())]
        elif path == "/away":
            status, headers = 302, [(b"location", query["to"][0].encode())]
        elif path == "/protected" and "authorization" not in self.headers():
            status, headers = 401, [(b"www-authenticate", b'Digest realm="x", nonce="n", qop="auth", algorithm=MD5')]
        elif path == "/slow":
            await asyncio.sleep(2)
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for _ in range(3 if path == "/stream" else 1):
            await send({"type": "http.response.body", "body": b"part", "more_body": True})
            await asyncio.sleep(0.1 if path == "/stream" else 0)
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def peer() -> Iterator[Peer]:
    """Run the server in a thread for one test."""
    peer = Peer()
    config = uvicorn.Config(
        peer, host="127.0.0.1", port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=3, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    peer.port = server.servers[0].sockets[0].getsockname()[1]
    yield peer
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def obskit_capture() -> Iterator[Capture]:
    """Capture with no integration installed: each test installs what it is about."""
    with capture(integrations=[]) as captured:
        yield captured


@pytest.fixture
def installed(obskit_capture: Capture) -> Iterator[Capture]:
    """Install the integration for one test; give what obskit captures meanwhile."""
    undo = HTTPXIntegration().install()
    yield obskit_capture
    undo()


@pytest.fixture
def client_spans(obskit_capture: Any) -> Callable[[], list[dict[str, Any]]]:
    """Return the client spans captured so far."""
    return lambda: [span for span in obskit_capture.spans if span["span_kind"] == "CLIENT"]

"""W3C Trace Context, Level 2, in by FastAPI and out by HTTPX, over real connections."""

from __future__ import annotations

import importlib.util
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from obskit.testing import capture

_DATA = Path(__file__).parents[3] / "tests" / "tracing" / "test_trace_context.py"


def _cases() -> Any:
    spec = importlib.util.spec_from_file_location("trace_context_cases", _DATA)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES = _cases()


def _sendable(headers: list[tuple[str, str]]) -> bool:
    """Leave out what no HTTP connection carries: line breaks, and more than uvicorn takes for a request's head."""
    return all("\n" not in value and len(value) < 30_000 for _, value in headers)


def _by_name(cases: list[Any]) -> Any:
    return [pytest.param(*case[1:], id=case[0]) for case in cases if _sendable(case[1])]


@pytest.fixture(scope="module")
def hop(serve_long: Any) -> Iterator[Any]:
    """Send headers to a service over HTTP, and return those that it sends on, by name."""
    app = FastAPI()
    sent: list[dict[str, list[str]]] = []

    def target(request: httpx.Request) -> httpx.Response:
        names = ("traceparent", "tracestate")
        sent.append({name: request.headers.get_list(name) for name in names if name in request.headers})
        return httpx.Response(200)

    @app.get("/")
    async def forward() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(target)) as client:
            await client.get("http://downstream.test/")

    def send(headers: list[tuple[str, str]]) -> dict[str, str]:
        del sent[:]
        # As bytes on the wire: HTTP clients refuse some of these headers.
        lines = [f"{name}: {value}".encode() for name, value in headers]
        request = b"\r\n".join([b"GET / HTTP/1.1", b"Host: x", b"Connection: close", *lines, b"", b""])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 200")
        assert all(len(values) == 1 for values in sent[0].values())
        return {name: values[0] for name, values in sent[0].items()}

    with capture(integrations=["fastapi", "httpx"]):
        port = serve_long(app, h11_max_incomplete_event_size=1 << 17, http="h11").port
        yield send


@pytest.mark.parametrize(("headers", "continued"), _by_name(CASES.TRACEPARENTS))
def test_traceparent(hop: Any, headers: list[tuple[str, str]], continued: bool) -> None:
    """A legal traceparent is continued under a new span id; any other begins a new trace."""
    sent = hop(headers)["traceparent"]
    assert CASES.OUT.fullmatch(sent)
    assert (CASES.TRACE in sent) is continued
    assert CASES.PARENT not in sent


@pytest.mark.parametrize(("headers", "members"), _by_name(CASES.TRACESTATES))
def test_tracestate(hop: Any, headers: list[tuple[str, str]], members: list[tuple[str, str]]) -> None:
    """A legal tracestate is passed on as it came, any other is dropped, and neither costs the traceparent."""
    sent = hop([("traceparent", CASES.GOOD), *headers])
    assert CASES.TRACE in sent["traceparent"]
    assert sent.get("tracestate") == (",".join(f"{key}={value}" for key, value in members) or None)


@pytest.mark.parametrize(("given", "sent"), CASES.FLAGS)
def test_flags(hop: Any, given: str, sent: str) -> None:
    """The sampled and the random flag are passed on, all others are sent as zero."""
    assert hop([("traceparent", f"00-{CASES.TRACE}-{CASES.PARENT}-{given}")])["traceparent"].endswith(f"-{sent}")

"""Attempts against a real server: their spans, and what goes along with them."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from httpx import AsyncClient, Client

import obskit
from obskit.testing import capture
from obskit_httpx import HTTPXIntegration


async def _ask(kind: str, method: str, url: str, **options: Any) -> httpx.Response:
    """Send one request with a sync or an async client."""
    client_options = {key: options.pop(key) for key in ("transport", "auth", "follow_redirects") if key in options}
    if kind == "sync":
        with Client(trust_env=False, **client_options) as client:
            return await asyncio.to_thread(client.request, method, url, **options)
    async with AsyncClient(trust_env=False, **client_options) as client:
        return await client.request(method, url, **options)


both = pytest.mark.parametrize("kind", ["sync", "async"])


@both
async def test_an_attempt_is_a_client_span(installed: Any, peer: Any, client_spans: Any, kind: str) -> None:
    """Name, kind and attributes follow OpenTelemetry's stable conventions."""
    with obskit.span("work"):
        await _ask(kind, "GET", f"{peer.url}/status/204?page=2")
    (span,) = client_spans()
    assert span["name"] == "GET"
    assert span["attributes"] == {
        "http.request.method": "GET",
        "http.response.status_code": 204,
        "network.protocol.version": "1.1",
        "server.address": "127.0.0.1",
        "server.port": peer.port,
        "url.full": f"{peer.url}/status/204?page=2",
    }
    (work,) = [span for span in installed.spans if span["name"] == "work"]
    assert (span["trace_id"], span["parent_span_id"]) == (work["trace_id"], work["span_id"])
    assert "status" not in span


@both
async def test_the_ids_go_along(installed: Any, peer: Any, client_spans: Any, kind: str) -> None:
    """The server gets the attempt's span as parent, and the correlation id of the unit of work."""
    with obskit.scope(correlation_id="order-42"):
        await _ask(kind, "GET", peer.url)
    (span,) = client_spans()
    assert peer.headers()["x-correlation-id"] == "order-42"
    assert peer.headers()["traceparent"].split("-")[1:3] == [span["trace_id"], span["span_id"]]
    assert span["correlation_id"] == "order-42"


@both
@pytest.mark.parametrize("status", [404, 503])
async def test_an_error_status_is_an_error(
    installed: Any, peer: Any, client_spans: Any, kind: str, status: int
) -> None:
    """For a client 4xx is an error as well as 5xx."""
    await _ask(kind, "GET", f"{peer.url}/status/{status}")
    (span,) = client_spans()
    assert span["attributes"]["error.type"] == str(status)
    assert span["status"]["code"] == "ERROR"


@both
async def test_each_redirect_is_an_attempt(installed: Any, peer: Any, client_spans: Any, kind: str) -> None:
    """Every hop has a span of its own, which goes along with it."""
    with obskit.span("work"):
        response = await _ask(kind, "GET", f"{peer.url}/redirect/2", follow_redirects=True)
    assert response.status_code == 200
    assert [span["attributes"]["http.response.status_code"] for span in client_spans()] == [302, 302, 200]
    sent = [dict(headers)["traceparent"].split("-")[2] for _, headers in peer.requests]
    assert sent == [span["span_id"] for span in client_spans()]
    assert len({span["parent_span_id"] for span in client_spans()}) == 1


@both
async def test_each_try_of_an_auth_flow_is_an_attempt(installed: Any, peer: Any, client_spans: Any, kind: str) -> None:
    """The request that is challenged and the one that answers have a span each."""
    await _ask(kind, "GET", f"{peer.url}/protected", auth=httpx.DigestAuth("jo", "pw"))
    assert [span["attributes"]["http.response.status_code"] for span in client_spans()] == [401, 200]
    sent = [dict(headers)["traceparent"].split("-")[2] for _, headers in peer.requests]
    assert sent == [span["span_id"] for span in client_spans()]


@both
async def test_a_refused_connection_is_an_error(installed: Any, client_spans: Any, free_port: int, kind: str) -> None:
    """The exception is the application's, unchanged, and the span names it."""
    with pytest.raises(httpx.ConnectError) as raised:
        await _ask(kind, "GET", f"http://127.0.0.1:{free_port}/")
    (span,) = client_spans()
    assert span["attributes"]["error.type"] == "httpx.ConnectError"
    assert span["status"]["code"] == "ERROR"
    assert "http.response.status_code" not in span["attributes"]
    assert "traceparent" not in raised.value.request.headers


@both
async def test_a_timeout_is_an_error(installed: Any, peer: Any, client_spans: Any, kind: str) -> None:
    """A read that takes too long ends the span with its name."""
    with pytest.raises(httpx.ReadTimeout):
        await _ask(kind, "GET", f"{peer.url}/slow", timeout=0.2)
    (span,) = client_spans()
    assert span["attributes"]["error.type"] == "httpx.ReadTimeout"


async def test_a_cancelled_attempt_ends(installed: Any, peer: Any, client_spans: Any) -> None:
    """Cancellation goes on to the application and ends the span."""
    task = asyncio.create_task(_ask("async", "GET", f"{peer.url}/slow"))
    await asyncio.to_thread(peer.reached.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (span,) = client_spans()
    assert span["attributes"]["error.type"].endswith("CancelledError")


def test_the_span_ends_with_the_headers(installed: Any, peer: Any, client_spans: Any) -> None:
    """Reading the body of a stream is the application's time."""
    with Client(trust_env=False) as client, client.stream("GET", f"{peer.url}/stream") as response:
        assert len(client_spans()) == 1
        begun = time.monotonic()
        assert response.read() == b"part" * 3
        taken = time.monotonic() - begun
    assert client_spans()[0]["duration_ms"] < taken * 1000


async def test_an_async_stream_works(installed: Any, peer: Any, client_spans: Any) -> None:
    """A streamed body comes whole, with one span."""
    async with AsyncClient(trust_env=False) as client, client.stream("GET", f"{peer.url}/stream") as response:
        assert b"".join([part async for part in response.aiter_bytes()]) == b"part" * 3
    assert len(client_spans()) == 1


@both
async def test_a_transport_of_the_users_is_covered(installed: Any, client_spans: Any, kind: str) -> None:
    """Whatever transport carries it, an attempt has its span and its headers."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    await _ask(kind, "GET", "http://elsewhere.test/a", transport=httpx.MockTransport(handler))
    (span,) = client_spans()
    assert seen[0].headers["traceparent"].split("-")[2] == span["span_id"]
    assert span["attributes"]["server.port"] == 80


def test_top_level_functions_are_covered(installed: Any, peer: Any, client_spans: Any) -> None:
    """`httpx.get` and its like make a span too."""
    httpx.get(peer.url, trust_env=False)
    assert len(client_spans()) == 1


def test_headers_of_the_application_stay_its_own(installed: Any, peer: Any) -> None:
    """Neither a dict, a Headers object, the client's defaults nor a prepared request gains anything."""
    plain, kept = {"A": "1"}, httpx.Headers({"B": "2"})
    with Client(trust_env=False, headers=kept) as client, obskit.scope():
        defaults = client.headers.copy()
        client.get(peer.url, headers=plain)
        prepared = client.build_request("GET", peer.url)
        held, before = prepared.headers, prepared.headers.copy()
        response = client.send(prepared)
        assert client.headers == defaults
    assert (plain, kept) == ({"A": "1"}, httpx.Headers({"B": "2"}))
    assert prepared.headers is held
    assert held == before
    assert response.request is prepared
    assert "traceparent" in peer.headers()


def test_a_request_sent_again_has_ids_of_its_own(installed: Any, peer: Any, client_spans: Any) -> None:
    """Nothing of the first attempt sticks to a request that is sent twice."""
    with Client(trust_env=False) as client:
        prepared = client.build_request("POST", peer.url, json={"a": 1})
        client.send(prepared)
        client.send(prepared)
    sent = [dict(headers)["traceparent"].split("-")[2] for _, headers in peer.requests]
    assert sent == [span["span_id"] for span in client_spans()]


def test_what_a_transport_reads_stays_read(installed: Any) -> None:
    """A streamed body that the transport has read is the caller's request's content, as without obskit."""
    with Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, content=request.read()))) as client:
        prepared = client.build_request("POST", "http://x.test", content=iter([b"a", b"b"]))
        assert client.send(prepared).content == b"ab"
    assert prepared.content == b"ab"


@both
async def test_headers_set_by_the_application_win(installed: Any, peer: Any, kind: str) -> None:
    """Its own traceparent and correlation id go out as they are, and no tracestate is put beside."""
    own = {"traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01", "x-correlation-id": "mine"}
    with obskit.scope(correlation_id="ours"):
        await _ask(kind, "GET", peer.url, headers={key.title(): value for key, value in own.items()})
    assert {key: peer.values(key) for key in own} == {key: [value] for key, value in own.items()}
    assert "tracestate" not in peer.headers()


def test_hooks_of_the_client_see_no_change(installed: Any, peer: Any) -> None:
    """Event hooks get the caller's request, and a header that a hook sets wins."""
    seen: list[httpx.Request] = []

    def mark(request: httpx.Request) -> None:
        request.headers["X-Correlation-ID"] = "from-hook"
        seen.append(request)

    hooks: dict[str, Any] = {"request": [mark], "response": [lambda response: seen.append(response.request)]}
    with Client(trust_env=False, event_hooks=hooks) as client:
        client.get(peer.url)
    assert seen[0] is seen[1]
    assert peer.values("x-correlation-id") == ["from-hook"]


def test_credentials_leave_the_url(installed: Any, peer: Any, client_spans: Any) -> None:
    """User name and password of a URL are in no span and no line; they reach the server."""
    url = f"http://jo:hunter2hunter2@127.0.0.1:{peer.port}/a#part"
    httpx.get(url, trust_env=False)
    assert client_spans()[0]["attributes"]["url.full"].endswith(f"@127.0.0.1:{peer.port}/a")
    told = repr(installed.spans) + repr(installed.records)
    assert "hunter2" not in told
    assert peer.headers()["authorization"].startswith("Basic ")


def test_secrets_of_a_query_reach_no_output(installed: Any, peer: Any, client_spans: Any) -> None:
    """Neither the span's URL nor HTTPX's own line tells them."""
    httpx.get(f"{peer.url}/a?password=hunter2hunter2&card=4111111111111111&access_token=abc123secret", trust_env=False)
    assert client_spans()
    told = repr(installed.spans) + repr(installed.records)
    assert [secret for secret in ("hunter2", "4111111111111111", "abc123secret") if secret in told] == []


def test_the_line_of_httpx_belongs_to_the_attempt(installed: Any, peer: Any, client_spans: Any) -> None:
    """What HTTPX itself logs carries the span of the attempt."""
    httpx.get(peer.url, trust_env=False)
    lines = [record for record in installed.records if record["logger"] == "httpx"]
    assert [line["span_id"] for line in lines] == [client_spans()[0]["span_id"]]


def test_a_method_of_ones_own_is_other(installed: Any, peer: Any, client_spans: Any) -> None:
    """A method that the conventions don't know stands beside the attribute, not in it."""
    httpx.request("BREW", peer.url, trust_env=False)
    (span,) = client_spans()
    assert span["name"] == "HTTP"
    assert span["attributes"]["http.request.method"] == "_OTHER"
    assert span["attributes"]["http.request.method_original"] == "BREW"


def test_undo_puts_the_very_methods_back() -> None:
    """After the undo both classes hold the functions that they held before."""
    name = "_send_single_request"
    before = Client.__dict__[name], AsyncClient.__dict__[name]
    undo = HTTPXIntegration().install()
    assert Client.__dict__[name] is not before[0]
    assert AsyncClient.__dict__[name] is not before[1]
    undo()
    assert (Client.__dict__[name], AsyncClient.__dict__[name]) == before


def test_after_the_undo_nothing_goes_along(obskit_capture: Any, peer: Any, client_spans: Any) -> None:
    """Clients work as without obskit, those made meanwhile included."""
    undo = HTTPXIntegration().install()
    with Client(trust_env=False) as client:
        undo()
        client.get(peer.url)
    assert client_spans() == []
    assert "traceparent" not in peer.headers()


@both
async def test_installed_twice_it_acts_once(installed: Any, peer: Any, client_spans: Any, kind: str) -> None:
    """A second installation adds no span and no header."""
    undo = HTTPXIntegration().install()
    try:
        await _ask(kind, "GET", peer.url)
    finally:
        undo()
    assert len(client_spans()) == 1
    assert len(peer.values("traceparent")) == 1


def test_a_client_made_before_is_covered(obskit_capture: Any, peer: Any, client_spans: Any) -> None:
    """Clients that were there before the integration make spans too."""
    with Client(trust_env=False) as client:
        undo = HTTPXIntegration().install()
        try:
            client.get(peer.url)
        finally:
            undo()
    assert len(client_spans()) == 1


@both
async def test_a_fault_of_obskit_does_not_reach_the_application(
    installed: Any, peer: Any, kind: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where obskit's own hook fails the request goes out all the same."""

    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("obskit_httpx.attempt.client_span", broken)
    assert (await _ask(kind, "GET", peer.url)).status_code == 200


def test_a_keyboard_interrupt_goes_through(installed: Any, client_spans: Any) -> None:
    """An interrupt in the transport reaches the application and ends the span."""

    def handler(request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    with Client(transport=httpx.MockTransport(handler)) as client, pytest.raises(KeyboardInterrupt):
        client.get("http://x.test")
    assert client_spans()[0]["attributes"]["error.type"] == "KeyboardInterrupt"


def test_two_requests_at_once_keep_their_ids(installed: Any, peer: Any) -> None:
    """What goes along with one request comes from its own unit of work."""

    def work(number: int) -> None:
        with obskit.scope(correlation_id=f"order-{number}"), Client(trust_env=False) as client:
            client.get(f"{peer.url}/{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(8)))
    assert {path: dict(headers)["x-correlation-id"] for path, headers in peer.requests} == {
        f"/{number}": f"order-{number}" for number in range(8)
    }


@pytest.mark.parametrize(("hosts", "ours"), [(["127.0.0.*"], True), (["*.internal"], False)])
def test_the_correlation_id_goes_to_named_hosts_only(peer: Any, hosts: list[str], ours: bool) -> None:
    """Hosts that are not in `propagate_to` get the trace, not the correlation id."""
    with capture(integrations=["httpx"], propagate_to=hosts), obskit.scope():
        httpx.get(peer.url, trust_env=False)
    assert "traceparent" in peer.headers()
    assert ("x-correlation-id" in peer.headers()) is ours


@pytest.mark.parametrize("order", ["import obskit; init(); import httpx", "import httpx, obskit; init()"])
def test_init_finds_it_in_any_order(peer: Any, order: str) -> None:
    """Whether HTTPX or obskit came first, ids go along; after `shutdown` none do, and the classes are as before."""
    first, _, rest = order.partition("init()")
    program = f"""
{first}
obskit.init(console=False, journal=False, ship=False){rest}
with obskit.scope(correlation_id="order-42"):
    httpx.get({peer.url!r}, trust_env=False)
obskit.shutdown()
httpx.get({peer.url!r}, trust_env=False)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert peer.headers(0)["x-correlation-id"] == "order-42"
    assert "traceparent" not in peer.headers(1)


@pytest.fixture
def free_port() -> Iterator[int]:
    """Hold a loopback port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]

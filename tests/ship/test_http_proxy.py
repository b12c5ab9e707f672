"""A target behind a proxy."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from obskit.ship.http import Target
from tests.ship.server import Server, reply

Serve = Callable[..., Server]
Aim = Callable[..., Target]


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """A server's TLS context and the file that verifies it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return context, str(tmp_path / "ca.pem")


def test_a_plain_endpoint_is_reached_by_its_whole_url(serve: Serve, aim: Aim) -> None:
    """The proxy reads the request: it gets the absolute URL and its own credentials."""
    proxy = serve()
    environ = {"http_proxy": f"http://me:pass@127.0.0.1:{proxy.port}"}

    outcome = aim("http://collector.example:4318/v1/logs", environ=environ).exchange(b"x")

    (request,) = proxy.requests
    assert (outcome.kind, request.line) == ("accepted", "POST http://collector.example:4318/v1/logs HTTP/1.1")
    assert (
        request.headers["host"],
        request.headers["proxy-authorization"],
    ) == ("collector.example:4318", "Basic bWU6cGFzcw==")


def test_an_endpoint_in_tls_is_reached_through_a_tunnel(
    serve: Serve, aim: Aim, tls: tuple[ssl.SSLContext, str]
) -> None:
    """The proxy learns host and port, the endpoint never sees the proxy's credentials."""
    server = serve(context=tls[0])
    proxy = serve(tunnels_to=server.port)
    target = aim(server.url, certificate=tls[1], environ={"https_proxy": f"http://me:pass@127.0.0.1:{proxy.port}"})

    kinds = [target.exchange(body).kind for body in (b"one", b"two")]

    (connect,) = proxy.requests
    assert (["accepted"] * 2, f"CONNECT 127.0.0.1:{server.port} HTTP/1.1") == (kinds, connect.line)
    assert connect.headers["proxy-authorization"] == "Basic bWU6cGFzcw=="
    assert not any("proxy-authorization" in request.headers for request in server.requests)


def test_a_tunnel_through_a_proxy_that_speaks_tls_itself(
    serve: Serve, aim: Aim, tls: tuple[ssl.SSLContext, str]
) -> None:
    """TLS to the proxy, and within it TLS to the endpoint."""
    server = serve(context=tls[0])
    proxy = serve(context=tls[0], tunnels_to=server.port)
    environ = {"https_proxy": f"https://127.0.0.1:{proxy.port}"}

    outcome = aim(server.url, certificate=tls[1], environ=environ).exchange(b"x" * 100_000)

    assert (outcome.kind, len(proxy.requests), len(server.requests)) == ("accepted", 1, 1)


@pytest.mark.parametrize(("status", "say_once"), [(407, True), (403, True), (302, True), (502, False), (404, False)])
def test_a_proxy_that_refuses_the_tunnel_is_failing(serve: Serve, aim: Aim, status: int, say_once: bool) -> None:
    """What a proxy says of a tunnel is not said by the endpoint: it never means that a signal is unsupported."""
    proxy = serve(reply(status))
    environ = {"https_proxy": f"http://me:pass@127.0.0.1:{proxy.port}"}

    outcome = aim("https://collector.example/v1/logs", environ=environ).exchange(b"x")

    assert ("failing", say_once) == (outcome.kind, outcome.say_once)
    assert outcome.detail.endswith(f"the proxy answers {status} Reason to CONNECT")


@pytest.mark.parametrize("proxy", ["socks5://me:hunter2@127.0.0.1:1080", "http://", "http://a b"])
def test_a_proxy_that_cannot_be_used_is_said_once(aim: Aim, proxy: str) -> None:
    """The environment is no reason to stop: failing, with the reason and without the proxy's password."""
    outcome = aim("http://collector.example/v1/logs", environ={"all_proxy": proxy}).exchange(b"x")

    assert (outcome.kind, outcome.say_once) == ("failing", True)
    assert "the proxy that the environment names cannot be used" in outcome.detail
    assert "hunter2" not in outcome.detail

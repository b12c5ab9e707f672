"""A target of gRPC in TLS and through proxies."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from obskit.ship.grpc import Target
from tests.ship.http2 import Http2Server
from tests.ship.server import Server, reply
from tests.support.grpc_collector import GrpcCollector

Serve = Callable[..., Server]
Script = Callable[..., Http2Server]
Aim = Callable[..., Target]
BODY = os.urandom(300_000)


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    """The file that verifies servers whose certificate is in the files beside it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued = authority.issue_cert("127.0.0.1", "localhost")
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    return str(tmp_path / "ca.pem")


@pytest.fixture
def context(bundle: str, tmp_path: Path) -> ssl.SSLContext:
    """A server's context that agrees to nothing but what the test adds."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return made


def test_a_real_server_in_tls(
    grpc_collector: Callable[..., GrpcCollector], aim_grpc: Aim, bundle: str, tmp_path: Path
) -> None:
    """The certificate is verified, HTTP/2 agreed on, the connection kept."""
    server = grpc_collector(key=str(tmp_path / "key.pem"), certificate=str(tmp_path / "cert.pem"))

    trusting, doubting = aim_grpc(server.url, certificate=bundle), aim_grpc(server.url)

    assert [trusting.exchange(b"").kind for _ in range(2)] == ["accepted", "accepted"]
    outcome = doubting.exchange(b"")
    assert (outcome.kind, "certificate verify failed" in outcome.detail) == ("failing", True)
    assert len({call["peer"] for call in server.wait_for(2)}) == 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_large_call_in_tls(
    script: Script, aim_grpc: Aim, context: ssl.SSLContext, bundle: str, version: ssl.TLSVersion
) -> None:
    """Calls of any size arrive whole over one kept connection."""
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2"])
    server = script(context=context)
    target = aim_grpc(server.url, certificate=bundle)

    assert [target.exchange(body).kind for body in (b"x", BODY, b"x")] == ["accepted"] * 3
    assert ([call.message for call in server.calls], server.connections) == ([b"x", BODY, b"x"], 1)


@pytest.mark.parametrize("offered", [[], ["http/1.1"]])
def test_tls_without_http2_is_failing_with_advice(
    serve: Serve, aim_grpc: Aim, context: ssl.SSLContext, bundle: str, offered: list[str]
) -> None:
    """A web server's port: said once, with what to change."""
    if offered:
        context.set_alpn_protocols(offered)
    server = serve(context=context)

    outcome = aim_grpc(server.url.removesuffix("/v1/logs"), certificate=bundle).exchange(b"x")

    assert (outcome.kind, outcome.say_once, server.requests) == ("failing", True, [])
    assert "which gRPC needs; name the server's port for gRPC, usually 4317" in outcome.detail


def test_tls_to_a_server_that_knows_none_is_failing_with_advice(script: Script, aim_grpc: Aim) -> None:
    """https:// where http:// is meant."""
    outcome = aim_grpc(script().url.replace("http:", "https:")).exchange(b"x")

    assert outcome.kind == "failing"
    assert "http:// or https:// as it speaks there" in outcome.detail


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_proxy_is_tunnelled(
    serve: Serve, script: Script, aim_grpc: Aim, context: ssl.SSLContext, bundle: str, scheme: str
) -> None:
    """HTTP/2 passes a proxy in a tunnel only, with or without TLS in it; the proxy's password stays with the proxy."""
    context.set_alpn_protocols(["h2"])
    server = script(context=context if scheme == "https" else None)
    proxy = serve(tunnels_to=server.port)
    environ = {f"{scheme}_proxy": f"http://me:pass@127.0.0.1:{proxy.port}"}
    target = aim_grpc(server.url, certificate=bundle, environ=environ)

    kinds = [target.exchange(body).kind for body in (b"one", BODY)]

    (connect,) = proxy.requests
    assert (kinds, connect.line) == (["accepted"] * 2, f"CONNECT 127.0.0.1:{server.port} HTTP/1.1")
    assert connect.headers["proxy-authorization"] == "Basic bWU6cGFzcw=="
    assert not any("proxy-authorization" in call.headers for call in server.calls)


def test_a_proxy_that_speaks_tls_itself(
    serve: Serve, script: Script, aim_grpc: Aim, context: ssl.SSLContext, bundle: str, tmp_path: Path
) -> None:
    """TLS with HTTP/1.1 to the proxy, and within it TLS with HTTP/2 to the server."""
    context.set_alpn_protocols(["h2"])
    outer = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    outer.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    outer.set_alpn_protocols(["http/1.1"])
    server = script(context=context)
    proxy = serve(context=outer, tunnels_to=server.port)
    environ = {"https_proxy": f"https://127.0.0.1:{proxy.port}"}

    assert aim_grpc(server.url, certificate=bundle, environ=environ).exchange(BODY).kind == "accepted"
    assert len(proxy.requests) == 1


def test_a_proxy_that_refuses_is_failing(serve: Serve, aim_grpc: Aim) -> None:
    """What it says is not said by the server."""
    proxy = serve(reply(403))

    outcome = aim_grpc(
        "http://collector.example:4317", environ={"http_proxy": f"http://127.0.0.1:{proxy.port}"}
    ).exchange(b"x")

    assert (outcome.kind, outcome.say_once) == ("failing", True)
    assert "the proxy answers 403" in outcome.detail

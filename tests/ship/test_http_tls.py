"""A target over TLS."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from obskit.ship.http import Target
from tests.ship.server import Server, reply

Serve = Callable[..., Server]
Aim = Callable[..., Target]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority of our own."""
    return trustme.CA()


@pytest.fixture
def context(authority: trustme.CA) -> ssl.SSLContext:
    """A server context with a certificate for 127.0.0.1."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(made)
    return made


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    """The authority's certificate in a file."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_large_request_over_tls(
    serve: Serve, aim: Aim, context: ssl.SSLContext, bundle: str, version: ssl.TLSVersion
) -> None:
    """Requests of any size arrive whole over one kept connection."""
    context.minimum_version = context.maximum_version = version
    server = serve(context=context)
    target = aim(server.url, certificate=bundle)
    body = os.urandom(3_000_000)

    kinds = [target.exchange(part).kind for part in (b"small", body, b"small")]

    assert kinds == ["accepted"] * 3
    assert ([b"small", body, b"small"], 1) == ([request.plain for request in server.requests], server.connections)


def test_a_stale_tls_connection_is_replaced_silently(
    serve: Serve, aim: Aim, context: ssl.SSLContext, bundle: str
) -> None:
    """As over plain TCP."""
    server = serve(reply(close=True), reply(), context=context)
    target = aim(server.url, certificate=bundle)

    assert [target.exchange(b"x").kind for _ in range(2)] == ["accepted", "accepted"]
    assert server.connections == 2


def test_an_unknown_authority_is_failing(serve: Serve, aim: Aim, context: ssl.SSLContext) -> None:
    """No request is sent to a peer that can't be verified."""
    server = serve(context=context)

    outcome = aim(server.url).exchange(b"x")

    assert (outcome.kind, server.requests, "certificate verify failed" in outcome.detail) == ("failing", [], True)


def test_a_certificate_for_another_host_is_failing(
    serve: Serve, aim: Aim, context: ssl.SSLContext, bundle: str
) -> None:
    """The name is verified, not only the chain."""
    server = serve(context=context)

    outcome = aim(server.url.replace("127.0.0.1", "localhost"), certificate=bundle).exchange(b"x")

    assert (outcome.kind, server.requests) == ("failing", [])
    assert "localhost" in outcome.detail.partition("negotiating TLS")[2]


def test_a_client_certificate_is_shown(
    serve: Serve, aim: Aim, context: ssl.SSLContext, bundle: str, authority: trustme.CA, tmp_path: Path
) -> None:
    """A server that asks for one gets it, from one file or from two."""
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    mine = authority.issue_cert("me@example.org")
    mine.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    mine.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    mine.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
    server = serve(context=context)
    files = [
        {},
        {"client_certificate": str(tmp_path / "both.pem")},
        {"client_certificate": str(tmp_path / "cert.pem"), "client_key": str(tmp_path / "key.pem")},
    ]

    kinds = [aim(server.url, certificate=bundle, **found).exchange(b"x").kind for found in files]

    assert kinds == ["failing", "accepted", "accepted"]


def test_a_certificate_file_that_appears_later_is_used(
    serve: Serve, aim: Aim, context: ssl.SSLContext, bundle: str, tmp_path: Path
) -> None:
    """A missing file is failing and named; once it is there, or is replaced, it counts without a restart."""
    server = serve(context=context)
    path = tmp_path / "later.pem"
    target = aim(server.url, certificate=str(path))
    missing = target.exchange(b"x")
    path.write_text("no certificate")
    wrong = target.exchange(b"x")
    path.write_bytes(Path(bundle).read_bytes())

    assert (missing.kind, wrong.kind, target.exchange(b"x").kind) == ("failing", "failing", "accepted")
    assert f"the certificate in {path} cannot be used" in missing.detail
    assert f"the certificate in {path} cannot be used" in wrong.detail


def test_the_environments_bundle_counts_as_with_the_official_exporter(
    serve: Serve, aim: Aim, context: ssl.SSLContext, bundle: str
) -> None:
    """`REQUESTS_CA_BUNDLE` is read where no certificate is set."""
    server = serve(context=context)

    assert aim(server.url, environ={"REQUESTS_CA_BUNDLE": bundle}).exchange(b"x").kind == "accepted"


def test_an_encrypted_key_is_an_error_and_not_a_question(
    serve: Serve, context: ssl.SSLContext, bundle: str, authority: trustme.CA, tmp_path: Path
) -> None:
    """Nobody is asked for a passphrase on the terminal of a service."""
    from cryptography.hazmat.primitives import serialization

    mine = authority.issue_cert("me@example.org")
    key = serialization.load_pem_private_key(mine.private_key_pem.bytes(), None)
    secret = serialization.BestAvailableEncryption(b"pass")
    style = serialization.PrivateFormat.TraditionalOpenSSL
    (tmp_path / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, style, secret))
    mine.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    program = (
        "import sys\nfrom obskit.settings.endpoint import Endpoint\nfrom obskit.ship.http import Target\n"
        "url, ca, cert, key = sys.argv[1:]\n"
        "target = Target(Endpoint(url=url, headers={}, certificate=ca, client_certificate=cert, client_key=key))\n"
        "print(target.exchange(b'x').detail)"
    )
    command = [sys.executable, "-c", program, serve(context=context).url, bundle]

    done = subprocess.run(
        [*command, str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")],
        capture_output=True, text=True, timeout=20, start_new_session=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip

    assert (done.returncode, "client certificate and key" in done.stdout) == (0, True)


def test_plain_http_where_tls_was_meant_is_failing(serve: Serve, aim: Aim, bundle: str) -> None:
    """A wrong scheme is told as trouble with TLS."""
    outcome = aim(serve().url.replace("http:", "https:"), certificate=bundle, timeout=0.3).exchange(b"x")

    assert (outcome.kind, "TLS" in outcome.detail) == ("failing", True)

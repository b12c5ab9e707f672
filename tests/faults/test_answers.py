"""The collector answers badly: what it has is not sent over and over, what it lacks is not lost."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from tests.faults.receiver import Behaviour, Receiver, accept, cut, half_close, hang_up, poisoned, trickle
from tests.faults.services import Services

BATCH = 512

FLUSHED = """
    emit(0, 2000)
    done = obskit.flush(30)
    stats = obskit.stats()
    print(done, stats.pending, stats.refused, flush=True)
"""

# Each stores the first batch, and answers so that nobody can know it.
DOUBTFUL: dict[str, Behaviour] = {
    "reset before the answer": hang_up,
    "half closed": half_close,
    "ended in the status line": cut(b"HTTP/1.1 2"),
    "ended in the headers": cut(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "an answer byte by byte": trickle,
    "no HTTP": cut(b"* OK ready\r\n"),
}


@pytest.mark.parametrize("how", DOUBTFUL)
def test_a_batch_that_was_stored_without_a_whole_answer_is_repeated_at_most_once(
    service: Services, receive: Callable[..., Receiver], how: str
) -> None:
    """Under the same ids, so that a store that keys on them holds each record once."""
    receiver = receive(DOUBTFUL[how], accept)

    ended = service.run(receiver, FLUSHED, OTEL_EXPORTER_OTLP_TIMEOUT="1")

    assert ended.out.strip() == "True 0 0", ended.err
    assert receiver.missing(range(2000)) == []
    assert receiver.repeated() <= BATCH


def test_an_answer_whose_body_is_cut_off_has_said_enough(service: Services, receive: Callable[..., Receiver]) -> None:
    """The status has told that the batch is taken."""
    receiver = receive(cut(b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"par'), accept)

    ended = service.run(receiver, FLUSHED)

    assert ended.out.strip() == "True 0 0", ended.err
    assert receiver.missing(range(2000)) == []
    assert receiver.repeated() <= BATCH


def test_one_record_that_the_collector_refuses_is_set_aside(
    service: Services, receive: Callable[..., Receiver]
) -> None:
    """It is counted and named; all others arrive, once each."""
    receiver = receive(poisoned(700))

    ended = service.run(receiver, FLUSHED)

    assert ended.out.strip() == "True 0 1", ended.err
    assert receiver.missing(range(2000)) == [700]
    assert receiver.repeated() == 0
    one_before = next(found.id for found in receiver.records if found.n == 699)
    refused = f"{one_before.rpartition('-l')[0]}-l{int(one_before.rpartition('-l')[2]) + 1}"
    assert f"refused the record {refused} for good" in ended.err


@pytest.fixture
def authority() -> trustme.CA:
    """A certificate authority of our own."""
    return trustme.CA()


def bundle(authority: trustme.CA, folder: Path) -> str:
    """Write an authority's certificate to a file."""
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.mark.parametrize("wrong", ["another authority", "another host"])
def test_a_collector_that_shows_a_wrong_certificate(
    service: Services, receive: Callable[..., Receiver], authority: trustme.CA, tmp_path: Path, wrong: str
) -> None:
    """It gets nothing and is told of on stderr; once the certificate is right, everything arrives."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    signer = trustme.CA() if wrong == "another authority" else authority
    signer.issue_cert("127.0.0.1" if wrong == "another authority" else "collector.test").configure_cert(context)
    trusted = bundle(authority, tmp_path)
    receiver = receive(context=context)

    ended = service.run(
        receiver, "emit(0, 2000)\nprint(obskit.flush(4), flush=True)", OTEL_EXPORTER_OTLP_CERTIFICATE=trusted
    )
    given = list(receiver.records)
    right = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(right)
    receiver.renew(context=right)
    service.later(receiver, range(2000), OTEL_EXPORTER_OTLP_CERTIFICATE=trusted)

    assert (ended.status, ended.out.strip(), given) == (0, "False", [])
    assert "certificate verify failed" in ended.err
    assert receiver.missing(range(2000)) == []
    assert receiver.repeated() == 0


def test_a_collector_that_speaks_no_tls(service: Services, receiver: Receiver) -> None:
    """An `https://` address never falls back to plain text; what was kept goes to the right address."""
    ended = service.run(receiver.url.replace("http://", "https://"), "emit(0, 200)\nprint(obskit.flush(2), flush=True)")

    given = list(receiver.records)
    service.later(receiver, range(200))

    assert (ended.status, ended.out.strip(), given) == (0, "False", [])
    assert receiver.missing(range(200)) == []


def test_a_name_that_does_not_resolve(service: Services, receiver: Receiver) -> None:
    """The application neither waits nor fails; what it has logged goes to the address that is given next."""
    begun = time.monotonic()
    ended = service.run(
        "http://collector.invalid:4318",
        """
        begun = time.monotonic()
        emit(0, 2000)
        print(time.monotonic() - begun < 2, obskit.flush(2), flush=True)
        """,
    )
    took = time.monotonic() - begun
    service.later(receiver, range(2000))

    assert (ended.status, ended.out.strip()) == (0, "True False"), ended.err
    assert took < 8
    assert receiver.missing(range(2000)) == []
    assert receiver.repeated() == 0

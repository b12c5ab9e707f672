"""The collector takes connections and never answers: nobody waits for it longer than was agreed."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from tests.faults.receiver import Receiver, accept, hang
from tests.faults.services import Services, said


def test_flush_tells_the_truth_in_time_and_the_exit_does_not_wait(
    service: Services, receive: Callable[..., Receiver]
) -> None:
    """`flush(1.0)` is False after a second, the process gone within five; the next one sends everything."""
    receiver = receive(hang)
    process = service.start(
        receiver,
        """
        slowest = 0.0
        for n in range(2000):
            begun = time.perf_counter()
            log.info("work", n=n)
            slowest = max(slowest, time.perf_counter() - begun)
        begun = time.monotonic()
        done = obskit.flush(1.0)
        print(done, time.monotonic() - begun, slowest, obskit.stats().pending, flush=True)
        """,
    )
    done, flush, slowest, pending = said(process).split()
    begun = time.monotonic()
    ended = service.end(process)
    exit_took = time.monotonic() - begun
    receiver.behave(accept)
    service.later(receiver, range(2000))

    assert (ended.status, done, pending) == (0, "False", "2000")
    assert 0.9 <= float(flush) <= 1.5
    assert float(slowest) < 1
    assert exit_took <= 5
    assert receiver.missing(range(2000)) == []
    assert receiver.repeated() == 0


def test_shutdown_tells_the_truth(service: Services, receive: Callable[..., Receiver]) -> None:
    """It gives up where nothing advances, and says that something is pending."""
    receiver = receive(hang)
    ended = service.run(
        receiver,
        """
        emit(0, 2000)
        begun = time.monotonic()
        print(obskit.shutdown(), time.monotonic() - begun, flush=True)
        """,
    )
    receiver.behave(accept)
    service.later(receiver, range(2000))

    done, took = ended.out.split()
    assert (ended.status, done) == (0, "False")
    assert float(took) <= 5
    assert receiver.missing(range(2000)) == []


def test_os_exit_does_not_wait_at_all(service: Services, receive: Callable[..., Receiver]) -> None:
    """It ends a process with a request under way as soon as a bare one."""
    receiver = receive(hang)
    logging = [_exit_time(service, receiver, "emit(0, 2000)\ntime.sleep(0.5)") for _ in range(4)]
    bare = [_exit_time(service, receiver, "import os, sys, time", begin="") for _ in range(4)]
    receiver.behave(accept)
    service.later(receiver, range(2000))

    assert min(logging) - min(bare) < 0.05
    assert receiver.missing(range(2000)) == []


def _exit_time(service: Services, receiver: Receiver, program: str, **options: str) -> float:
    process = service.start(receiver, f"{program}\nprint(time.monotonic(), flush=True)\nos._exit(0)", **options)
    begun = float(said(process))
    # Without a timeout, which would make it look only now and then.
    process.wait()
    return time.monotonic() - begun


def test_a_request_that_gets_no_answer_is_sent_again(service: Services, receive: Callable[..., Receiver]) -> None:
    """After the exporter's timeout, over a new connection; the process itself delivers everything."""
    receiver = receive(hang, accept)
    ended = service.run(receiver, "emit(0, 2000)\nprint(obskit.flush(30))", OTEL_EXPORTER_OTLP_TIMEOUT="1")

    assert ended.out.strip() == "True", ended.err
    assert receiver.missing(range(2000)) == []
    assert receiver.repeated() == 0


def test_a_collector_that_accepts_no_connection(service: Services, receive: Callable[..., Receiver]) -> None:
    """Its queue is full, so that connecting hangs: log calls, flush and exit behave as with any hanging one."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as held:
        address = held.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        begun = time.monotonic()
        ended = service.run(
            f"http://127.0.0.1:{address[1]}",
            """
            emit(0, 2000)
            begun = time.monotonic()
            print(obskit.flush(1.0), time.monotonic() - begun, flush=True)
            """,
        )
        took = time.monotonic() - begun
        for filler in fillers:
            filler.close()
    receiver = receive()
    service.later(receiver, range(2000))

    done, flush = ended.out.split()
    assert (ended.status, done) == (0, "False")
    assert float(flush) <= 1.5
    assert took < 10
    assert receiver.missing(range(2000)) == []

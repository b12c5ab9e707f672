"""A target over a real socket: what it sends, and what becomes of it when the other side misbehaves."""

from __future__ import annotations

import gzip
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from obskit.ship.http import Outcome, Target
from tests.ship.server import Request, Server, free_port, raw, reply

Serve = Callable[..., Server]
Aim = Callable[..., Target]


def hang(connection: Any, request: Request) -> bool:
    """Say nothing until the client leaves."""
    connection.recv(1)
    return False


def reset(connection: Any, request: Request) -> bool:
    """End the connection with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def begin_and(then: Callable[[Any, Request], bool]) -> Callable[[Any, Request], bool]:
    """Begin an answer, then do something else."""

    def answer(connection: Any, request: Request) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
        time.sleep(0.05)
        return then(connection, request)

    return answer


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_request_is_what_otlp_asks_for(serve: Serve, aim: Aim) -> None:
    """A POST of the packed body, with its type, its coding and the user's headers."""
    server = serve()

    outcome = aim(server.url, headers={"x-tenant": "7"}).exchange([b"one ", b"two"])

    (request,) = server.requests
    assert Outcome("accepted", f"{server.url}: accepted", status=200) == outcome
    assert (request.line, gzip.decompress(request.body)) == ("POST /v1/logs HTTP/1.1", b"one two")
    assert {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "obskit",
        "accept-encoding": "identity",
        "x-tenant": "7",
        "content-type": "application/json",
        "content-encoding": "gzip",
        "content-length": str(len(request.body)),
    } == request.headers


def test_protobuf_without_compression(serve: Serve, aim: Aim) -> None:
    """Protocol and compression of the endpoint decide type and coding."""
    server = serve()

    aim(server.url, protocol="http/protobuf", compression="none").exchange(b"\x0a\x00")

    (request,) = server.requests
    assert (request.body, request.headers["content-type"]) == (b"\x0a\x00", "application/x-protobuf")
    assert "content-encoding" not in request.headers


def test_the_connection_is_kept(serve: Serve, aim: Aim) -> None:
    """Ten requests, one connection."""
    server = serve()
    target = aim(server.url)

    kinds = {target.exchange(b"x").kind for _ in range(10)}

    assert ({"accepted"}, 10, 1) == (kinds, len(server.requests), server.connections)


def test_a_connection_closed_while_idle_is_replaced_silently(serve: Serve, aim: Aim) -> None:
    """The peer closed a kept connection between two requests: the second goes over a new one."""
    server = serve(reply(close=True), reply())
    target = aim(server.url)
    target.exchange(b"one")
    assert target._connection._socket is not None
    select.select([target._connection._socket], [], [], 5)

    assert target.exchange(b"two").kind == "accepted"
    assert ([request.plain for request in server.requests], server.connections) == ([b"one", b"two"], 2)


def test_a_stale_connection_is_tried_again_once(serve: Serve, aim: Aim) -> None:
    """The peer closes as the request arrives, before a byte of an answer: it is sent again over a new connection."""
    server = serve(reply(), lambda connection, request: False, reply())
    target = aim(server.url)
    target.exchange(b"one")

    assert target.exchange(b"two").kind == "accepted"
    assert ([request.plain for request in server.requests], server.connections) == ([b"one", b"two", b"two"], 2)


def test_a_new_connection_that_is_closed_without_an_answer_is_failing(serve: Serve, aim: Aim) -> None:
    """Only a kept connection may have been stale."""
    server = serve(lambda connection, request: False)

    outcome = aim(server.url).exchange(b"x")

    assert (outcome.kind, len(server.requests)) == ("failing", 1)
    assert outcome.detail.endswith("waiting for the answer: the connection was closed before the answer was complete")


@pytest.mark.parametrize("answer", [reset, begin_and(reset), begin_and(lambda connection, request: False)])
def test_an_answer_that_breaks_off_is_failing(serve: Serve, aim: Aim, answer: Any) -> None:
    """Reset before or within the answer, or cut off: the records are sent again, never taken as accepted."""
    server = serve(answer)
    target = aim(server.url)

    outcome = target.exchange(b"x")
    server.answers[:] = [reply()]

    assert (outcome.kind, target.exchange(b"x").kind) == ("failing", "accepted")


@pytest.mark.parametrize("answer", [hang, begin_and(hang)])
def test_a_server_that_hangs_is_failing_after_the_timeout(serve: Serve, aim: Aim, answer: Any) -> None:
    """The timeout holds for the whole request, answer included."""
    server = serve(answer)
    began = time.monotonic()

    outcome = aim(server.url, timeout=0.3).exchange(b"x")

    assert f"{server.url}: no answer within 0.3 s (waiting for the answer)" == outcome.detail
    assert (outcome.kind, 0.3 <= time.monotonic() - began < 3) == ("failing", True)


def test_headers_that_drip_do_not_outlast_the_timeout(serve: Serve, aim: Aim) -> None:
    """A byte now and then doesn't begin the timeout anew."""

    def drip(connection: Any, request: Request) -> bool:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000:
            connection.sendall(bytes([byte]))
            time.sleep(0.01)
        return False

    began = time.monotonic()

    outcome = aim(serve(drip).url, timeout=0.4).exchange(b"x")

    assert (outcome.kind, time.monotonic() - began < 3) == ("failing", True)


def test_slow_headers_within_the_timeout_are_waited_for(serve: Serve, aim: Aim) -> None:
    """An answer in many pieces is an answer."""

    def slow(connection: Any, request: Request) -> bool:
        for byte in b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n":
            connection.sendall(bytes([byte]))
            time.sleep(0.002)
        return True

    outcome = aim(serve(slow).url).exchange(b"x")

    assert (outcome.kind, outcome.status, outcome.retry_after) == ("failing", 503, 7.0)


def test_a_date_to_retry_after_is_read_by_the_clock_given(serve: Serve, aim: Aim) -> None:
    """The wall clock is a parameter."""
    server = serve(reply(429, Retry_After="Sun, 01 Feb 2026 00:00:29 GMT"))

    assert aim(server.url, wall=lambda: 1_769_903_999.0).exchange(b"x").retry_after == 30.0


def test_a_port_where_no_one_listens_is_failing(aim: Aim) -> None:
    """A refused connection is said as what it is."""
    url = f"http://127.0.0.1:{free_port()}/v1/logs"

    assert Outcome("failing", f"{url}: connecting: Connection refused") == aim(url).exchange(b"x")


def test_a_name_that_does_not_resolve_is_failing(aim: Aim) -> None:
    """So is an unknown host."""
    outcome = aim("http://collector.invalid:4318/v1/logs").exchange(b"x")

    assert (outcome.kind, ": connecting: " in outcome.detail) == ("failing", True)


def test_every_address_of_a_name_is_tried(serve: Serve, aim: Aim, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that listens on one of a name's addresses is found: ::1 refuses, 127.0.0.1 takes it."""
    server = serve()
    refusing = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", free_port()))
    taking = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: [refusing, taking])

    assert aim(f"http://localhost:{server.port}/v1/logs").exchange(b"x").kind == "accepted"


def test_an_address_that_never_answers_leaves_time_for_the_next(
    serve: Serve, aim: Aim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listener whose queue is full drops connection attempts; half the timeout later the next address is tried."""
    server = serve()
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        held = [socket.socket() for _ in range(4)]
        for one in held:
            one.settimeout(0.0)
            one.connect_ex(full.getsockname())
        dropping = (socket.AF_INET, socket.SOCK_STREAM, 6, "", full.getsockname())
        taking = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: [dropping, taking])
        began = time.monotonic()

        kind = aim(f"http://localhost:{server.port}/v1/logs", timeout=1.0).exchange(b"x").kind

        assert (kind, 0.4 < time.monotonic() - began < 0.95) == ("accepted", True)
        for one in held:
            one.close()


@pytest.mark.parametrize("closing", [True, False])
def test_a_large_request_refused_half_way_is_answered_all_the_same(serve: Serve, aim: Aim, closing: bool) -> None:
    """A server that answers 413 without reading the body is understood, whether it closes or just stops reading."""
    ready = threading.Event()

    def accept(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            if not closing:
                ready.wait(10)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, args=(listener,))
        thread.start()
        target = aim(f"http://127.0.0.1:{listener.getsockname()[1]}/v1/logs", compression="none")

        outcome = target.exchange(os.urandom(30_000_000))

        ready.set()
        thread.join()
    assert (outcome.kind, outcome.status) == ("rejected", 413)


def test_a_large_body_arrives_whole(serve: Serve, aim: Aim) -> None:
    """More than any socket buffer holds."""
    body = os.urandom(20_000_000)
    server = serve()

    assert aim(server.url).exchange(body).kind == "accepted"
    assert body == server.requests[0].plain


def test_an_answer_without_end_is_not_read_to_it(serve: Serve, aim: Aim) -> None:
    """A 2xx stays accepted, its endless body is cut, the connection given up."""

    def endless(connection: Any, request: Request) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    assert aim(serve(endless).url).exchange(b"x").kind == "accepted"


@pytest.mark.parametrize("data", [b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"])
def test_another_protocol_is_failing(serve: Serve, aim: Aim, data: bytes) -> None:
    """Whoever listens there may be replaced by a collector."""
    assert aim(serve(raw(data)).url).exchange(b"x").kind == "failing"


def test_a_redirect_is_not_followed(serve: Serve, aim: Aim) -> None:
    """It is said, and the place it names gets no request."""
    other = serve()
    server = serve(reply(307, Location=other.url))

    outcome = aim(server.url).exchange(b"x")

    assert (outcome.kind, outcome.say_once, other.connections) == ("failing", True, 0)
    assert other.url in outcome.detail


def test_no_secret_is_told_even_if_the_server_repeats_it(serve: Serve, aim: Aim) -> None:
    """Neither the URL's query nor a header value stands in a detail."""
    server = serve(reply(401, b"token t0ps3cret and key=k3y are wrong", X="t0ps3cret"))
    target = aim(f"{server.url}?key=k3y", headers={"authorization": "Bearer t0ps3cret"})

    outcome = target.exchange(b"x")

    assert f"{server.url}: 401 Reason: token [REDACTED:header] and [REDACTED:header] are wrong" == outcome.detail
    assert outcome.say_once


def test_a_request_goes_on_in_another_thread(serve: Serve, aim: Aim) -> None:
    """The thread that sent it has ended; another takes the answer."""
    go = threading.Event()

    def wait(connection: Any, request: Request) -> bool:
        go.wait(10)
        return reply()(connection, request)

    target = aim(serve(wait).url)
    first: list[Outcome | None] = []
    sender = threading.Thread(target=lambda: first.append(target.send(b"x")))
    sender.start()
    sender.join()
    silent = (target.in_flight, target.receive(), target.in_flight)
    go.set()
    while (outcome := target.receive()) is None:
        target._wait(5)

    assert (first, silent) == ([None], (True, None, True))
    assert (outcome.kind, target.in_flight, target.fileno()) == ("accepted", False, None)


def test_ready_tells_when_there_is_something_to_do(serve: Serve, aim: Aim) -> None:
    """Not while the answer is awaited, but when it is there, and when the timeout has passed."""
    now = [0.0]
    go = threading.Event()
    server = serve(lambda connection, request: go.wait(10) and reply()(connection, request))
    target = aim(server.url, clock=lambda: now[0])
    target.send(b"x")
    while not server.requests:
        target.receive()
    waiting = (target.ready(), target.overdue())
    now[0] = 6.0
    late = (target.ready(), target.overdue())
    now[0] = 1.0
    go.set()
    until = time.monotonic() + 5
    while not target.ready() and time.monotonic() < until:
        time.sleep(0.001)

    assert (waiting, late, target.ready()) == ((False, False), (True, True), True)
    assert target.receive() is not None
    assert not target.ready()


def test_an_answer_that_came_before_the_timeout_was_looked_at_counts(serve: Serve, aim: Aim) -> None:
    """A process that was stopped past the deadline takes the answer that waits for it."""
    now = [0.0]
    go = threading.Event()
    server = serve(lambda connection, request: go.wait(10) and reply()(connection, request))
    target = aim(server.url, clock=lambda: now[0])
    target.send(b"x")
    while not server.requests:
        target.receive()
    silent = target.receive()
    go.set()
    target._wait(5)
    now[0] = 100.0
    outcome = target.receive()

    assert silent is None
    assert outcome is not None
    assert outcome.kind == "accepted"


def test_one_request_at_a_time(serve: Serve, aim: Aim) -> None:
    """A second one is refused with what to do, and so is asking for an answer to none."""
    target = aim(serve(hang).url)
    with pytest.raises(RuntimeError, match=r"call send\(\) first"):
        target.receive()
    target.send(b"x")

    with pytest.raises(RuntimeError, match=r"call receive\(\)"):
        target.send(b"y")


def test_an_interrupted_pause_leaves_nothing_behind(serve: Serve, aim: Aim) -> None:
    """Where packing is interrupted no request has begun, and the next goes its way."""
    server = serve()
    target = aim(server.url)

    def interrupted() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        target.send(b"one", interrupted)

    assert (target.exchange(b"two").kind, [request.plain for request in server.requests]) == ("accepted", [b"two"])


def test_a_closed_target_can_be_used_again(serve: Serve, aim: Aim) -> None:
    """Closing gives up the request in flight and the connection, no more."""
    server = serve(hang, reply())
    target = aim(server.url)
    target.send(b"one")
    while not server.requests:
        target.receive()

    target.close()

    assert (target.in_flight, target.fileno(), target.exchange(b"two").kind) == (False, None, "accepted")


def test_many_connections_leave_no_descriptor_behind(serve: Serve, aim: Aim) -> None:
    """Failing and closing, fifty times."""
    target = aim(serve(reset).url)
    target.exchange(b"x")
    target.close()
    before = open_descriptors()
    refused = aim(f"http://127.0.0.1:{free_port()}/")
    for _ in range(50):
        refused.exchange(b"x")

    assert before >= open_descriptors()


def test_a_wrong_url_or_header_is_refused_at_once(aim: Aim) -> None:
    """A target that could never send is never made."""
    with pytest.raises(ValueError, match="percent-encode"):
        aim("http://a/ b")
    with pytest.raises(ValueError, match="'x-a'"):
        aim("http://a/", headers={"x-a": "1\r\nX-B: 2"})


def test_an_answer_that_cannot_be_judged_is_a_failure(serve: Serve, aim: Aim, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong with it: without an outcome its lane would wait for ever."""
    target = aim(serve(reply(), reply()).url)

    def judged(_: object) -> None:
        raise AttributeError("odd")

    with monkeypatch.context() as odd:
        odd.setattr(target, "_judged", judged)
        outcome = target.exchange(b"x")

    assert (outcome.kind, "odd" in outcome.detail) == ("failing", True)
    assert target.exchange(b"x").kind == "accepted"

"""A target of gRPC and fork(): the child lets go, the parent's call goes on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest

from obskit.ship.grpc import Target
from tests.ship.http2 import Call, Http2Server, Line, status


# The server's threads live in this process; the target itself has none.
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_child_that_abandons_does_not_disturb_the_parents_call(
    script: Callable[..., Http2Server], aim_grpc: Callable[..., Target]
) -> None:
    """Forked while a call is in flight: the child closes its copy and makes its own, the parent gets its answer."""
    go = threading.Event()

    def wait(line: Line, call: Call) -> bool:
        go.wait(10)
        return status()(line, call)

    server = script(wait, status())
    target = aim_grpc(server.url)
    target.send(b"parent")
    while not server.calls:
        target.receive()
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        try:
            target.abandon()
            os._exit(0 if target.fileno() is None and target.exchange(b"child").kind == "accepted" else 1)
        finally:
            os._exit(2)
    _, ended = os.waitpid(child, 0)
    go.set()
    outcome = target.receive()
    while outcome is None:
        target._wait(5)
        outcome = target.receive()

    assert (os.waitstatus_to_exitcode(ended), outcome.kind) == (0, "accepted")
    assert [call.message for call in server.calls] == [b"parent", b"child"]
    assert server.connections == 2


def test_a_call_that_is_left_half_way_is_gone_on_with_by_another_thread(
    script: Callable[..., Http2Server], aim_grpc: Callable[..., Target]
) -> None:
    """A large call begun in one thread, each further step in a new one: it arrives whole."""
    server = script()
    target = aim_grpc(server.url, compression="none", timeout=20.0)
    body = os.urandom(1_000_000)
    found = [target.send(body)]
    while found[-1] is None:
        target._wait(5)
        thread = threading.Thread(target=lambda: found.append(target.receive()))
        thread.start()
        thread.join()

    assert found[-1].kind == "accepted"
    assert (len(found) > 2, server.calls[0].message == body) == (True, True)

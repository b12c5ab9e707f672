"""A target and fork(): the child lets go, the parent's request goes on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from obskit.ship.http import Target
from tests.ship.server import Request, Server, reply


# The server's threads live in this process; the target itself has none.
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_child_that_abandons_does_not_disturb_the_parents_request(
    serve: Callable[..., Server], aim: Callable[..., Target]
) -> None:
    """Forked while a request is in flight: the child closes its copy and sends its own, the parent gets its answer."""
    go = threading.Event()

    def wait(connection: Any, request: Request) -> bool:
        go.wait(10)
        return reply()(connection, request)

    server = serve(wait, reply())
    target = aim(server.url)
    target.send(b"parent")
    while not server.requests:
        target.receive()
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        try:
            target.abandon()
            os._exit(0 if target.fileno() is None and target.exchange(b"child").kind == "accepted" else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    go.set()
    outcome = target.receive()
    while outcome is None:
        target._wait(5)
        outcome = target.receive()

    assert (os.waitstatus_to_exitcode(status), outcome.kind) == (0, "accepted")
    assert [request.plain for request in server.requests] == [b"parent", b"child"]
    assert server.connections == 2

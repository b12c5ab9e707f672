"""A target and SIGPIPE."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from tests.ship.server import Server

PROGRAM = """
import signal, socket, sys, time
from obskit.settings.endpoint import Endpoint
from obskit.ship.http import Target
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
target = Target(Endpoint(url=sys.argv[1], headers={}, compression="none"), environ={})
kinds = [target.exchange(b"x" * 10_000_000).kind for _ in range(5)]
print(*set(kinds))
"""


def test_a_peer_that_leaves_does_not_kill_the_process(serve: Callable[..., Server]) -> None:
    """A program that gave SIGPIPE back its default outlives a connection that closes under its request."""
    server = serve()
    server.serve = lambda connection: connection.close()  # type: ignore[method-assign]

    done = subprocess.run([sys.executable, "-c", PROGRAM, server.url], capture_output=True, text=True, timeout=30)

    assert (done.returncode, done.stdout) == (0, "failing\n")

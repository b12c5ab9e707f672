"""Run `obskit ship` as a process of its own."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from obskit.journal.lock import held_by_another
from tests.support.programs import environment

_AS_USER = (
    "import os, sys; uid, group = int(sys.argv.pop(1)), int(sys.argv.pop(1)); os.setgroups([group]); os.setgid(uid); "
    "os.setuid(uid); from obskit.commands.main import main; sys.exit(main())"
)


class Agent:
    """An `obskit ship` at work; `errors` is what it has said by its end.

    `user` is the uid to run as, and a group that this user is in.
    """

    def __init__(
        self,
        journal: Path,
        *targets: str,
        options: tuple[object, ...] = (),
        user: tuple[int, int] | None = None,
        **environ: str,
    ) -> None:
        self.journal = journal
        self.errors = ""
        named = [part for target in targets for part in ("--to", target)]
        program = ["-m", "obskit"] if user is None else ["-c", _AS_USER, *map(str, user)]
        command = [sys.executable, *program, "ship", "--journal", str(journal), *named, *map(str, options)]
        self.process = subprocess.Popen(
            command, env=environment(**environ), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def at_work(self, seconds: float = 15) -> Agent:
        """Wait until it holds the journal."""
        until = time.monotonic() + seconds
        while not held_by_another(self.journal / "agent.lock") and time.monotonic() < until:
            assert self.process.poll() is None, self.process.communicate()[1]
            time.sleep(0.02)
        assert held_by_another(self.journal / "agent.lock")
        return self

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal; returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self, seconds: float = 20) -> int:
        """Wait for its end; returns its exit status."""
        try:
            _, said = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, said = self.process.communicate()
            raise AssertionError(f"still running after {seconds} s\n{said}") from None
        self.errors += said or ""
        return self.process.returncode


Ship = Callable[..., Agent]


@contextlib.contextmanager
def agents() -> Iterator[Ship]:
    """Start agents; those that still run at the end are killed."""
    started: list[Agent] = []

    def start(journal: Path, *targets: str, **options: Any) -> Agent:
        started.append(Agent(journal, *targets, **options))
        return started[-1]

    try:
        yield start
    finally:
        for agent in started:
            if agent.process.poll() is None:
                agent.process.kill()
            if agent.process.stderr is not None and not agent.process.stderr.closed:
                agent.process.communicate()


def free_address() -> str:
    """Return an address of the loopback that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return f"127.0.0.1:{held.getsockname()[1]}"

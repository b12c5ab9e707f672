"""Processes that log as an application does: each record has a number of its own, its field `n`."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.faults.receiver import Receiver
from tests.ship.shipping import await_that
from tests.support.programs import start

# What stands before each program: obskit as an application starts it, and records to lose.
BEGIN = """\
import os, signal, sys, threading, time
import obskit
obskit.init(
    "shop", journal=obskit.Journal(path=sys.argv[1]), otlp_endpoint=sys.argv[2], console=False, integrations=[]
)
log = obskit.get_logger("shop")
def emit(first, many):
    for n in range(first, first + many):
        log.info("work", n=n)
"""
# The number of the record that a later process logs.
LATER = -1
_LATER = f"""
log.info("back", n={LATER})
until = time.monotonic() + 20
while time.monotonic() < until and not os.path.exists(sys.argv[3]):
    time.sleep(0.05)
"""


class Ended(NamedTuple):
    """What a process left: its exit status (negative: the signal), what it printed and what it said on stderr."""

    status: int
    out: str
    err: str


class Services:
    """Starts processes of one service with one journal; those that still run at the end are killed.

    Args:
        folder: A place for the journal and for other files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = folder / "journal"
        self._started: list[subprocess.Popen[str]] = []

    def start(
        self, target: Receiver | str, program: str, *arguments: object, begin: str = BEGIN, **environ: str
    ) -> subprocess.Popen[str]:
        """Start a program behind `begin`; its further arguments begin at `sys.argv[3]`."""
        url = target if isinstance(target, str) else target.url
        text = begin + textwrap.dedent(program)
        process = start(text, self.journal, url, *arguments, **environ)
        self._started.append(process)
        return process

    def run(
        self, target: Receiver | str, program: str, *arguments: object, seconds: float = 40, **options: str
    ) -> Ended:
        """Run a program to its end."""
        return self.end(self.start(target, program, *arguments, **options), seconds)

    def end(self, process: subprocess.Popen[str], seconds: float = 40) -> Ended:
        """Wait for a program's end."""
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"still running after {seconds} s\n{out}\n{err}") from None
        return Ended(process.returncode, out, err)

    def later(
        self, receiver: Receiver, numbers: Iterable[int], enough: Callable[[], bool] = lambda: True, **environ: str
    ) -> float:
        """Run a later process of the service until the receiver has all of the numbers, at most 20 seconds.

        Args:
            receiver: Where it ships to.
            numbers: What to wait for.
            enough: Tells whether whatever else is to be waited for has come.
            **environ: Its environment.

        Returns:
            The seconds that it took until the last of them arrived.
        """
        done = self.folder / f"done-{len(self._started)}"
        begun = time.monotonic()
        process = self.start(receiver, _LATER, done, **environ)
        receiver.has([*numbers, LATER], 20)
        await_that(enough, begun + 20 - time.monotonic())
        took = time.monotonic() - begun
        done.touch()
        ended = self.end(process, 30)
        assert ended.status == 0, ended.err
        return took

    def stop(self) -> None:
        """Kill what still runs."""
        for process in self._started:
            with contextlib.suppress(OSError):
                process.send_signal(signal.SIGKILL)
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
            process.wait()


@contextlib.contextmanager
def services(folder: Path) -> Iterator[Services]:
    """Start processes of one service; they are gone in the end."""
    made = Services(folder)
    try:
        yield made
    finally:
        made.stop()


def said(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process prints."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"the process said nothing and ended: {process.stderr.read() if process.stderr else ''}"
    return line.strip()

"""Standard output is a pipe: it is shared by processes, or nobody reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from typing import Any

import pytest

from tests.faults.receiver import Receiver
from tests.faults.services import Services
from tests.support.programs import environment

MANY = 600
LONG = 9000

BEGIN = """\
import os, sys, threading, time
import obskit
kept = sys.argv[1] != "none"
obskit.init(
    "shop", journal=obskit.Journal(path=sys.argv[1]) if kept else False, otlp_endpoint=sys.argv[2] if kept else None,
    console="json", stream=int(sys.argv[3]), integrations=[],
)
log = obskit.get_logger("shop")
"""


def drained(fd: int, lines: list[bytes]) -> threading.Thread:
    """Read a pipe to its end, in a thread."""

    def read() -> None:
        with os.fdopen(fd, "rb") as stream:
            lines.extend(stream)

    thread = threading.Thread(target=read)
    thread.start()
    return thread


def both(service: Services, journal: str, url: str, stream: int) -> list[str]:
    """Run two processes that write to one pipe at the same time; returns what each prints in the end."""
    program = f"""
    first = int(sys.argv[4])
    # Both begin together.
    time.sleep(max(0, float(sys.argv[5]) - time.time()))
    for n in range(first, first + {MANY}):
        log.info("work", n=n, filler="x" * {LONG})
    obskit.flush(20)
    print(obskit.stats().console_skipped, file=sys.stderr, flush=True)
    """
    text = BEGIN + textwrap.dedent(program)
    at = time.time() + 1
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", text, journal, url, str(stream), str(first), str(at)],
            env=environment(),
            pass_fds=(stream,),
            stderr=subprocess.PIPE,
            text=True,
        )
        for first in (0, MANY)
    ]
    said = [process.communicate(timeout=40)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    return said


@pytest.mark.parametrize("journal", [True, False])
def test_two_processes_on_one_pipe_with_lines_of_9_kb(service: Services, receiver: Receiver, journal: bool) -> None:
    """No line is broken; each is there, or was left out, counted, where the journal has it."""
    reading, writing = os.pipe()
    lines: list[bytes] = []
    thread = drained(reading, lines)
    try:
        said = both(service, str(service.journal) if journal else "none", receiver.url, writing)
    finally:
        os.close(writing)
        thread.join()

    found: list[dict[str, Any]] = [json.loads(line) for line in lines]
    numbers = [one["context"]["n"] for one in found]
    skipped = sum(map(int, said))
    assert all(len(one["context"]["filler"]) == LONG for one in found)
    assert len(numbers) == len(set(numbers)) == 2 * MANY - skipped
    if journal:
        assert receiver.missing(range(2 * MANY)) == []
    else:
        assert skipped == 0


def test_a_reader_of_standard_output_that_stalls(service: Services, receiver: Receiver) -> None:
    """The application goes on; console lines that nobody takes are counted, and the journal has all of them."""
    ended = service.run(
        receiver,
        """
        slowest = 0.0
        for n in range(5000):
            begun = time.perf_counter()
            log.info("work", n=n)
            slowest = max(slowest, time.perf_counter() - begun)
        done = obskit.flush(20)
        print(done, slowest, obskit.stats().emitted, obskit.stats().console_skipped, file=sys.stderr, flush=True)
        """,
        "stalled",
        begin=BEGIN.replace("int(sys.argv[3])", "os.pipe()[1]"),
    )

    done, slowest, emitted, skipped = ended.err.split()
    assert (ended.status, done, emitted) == (0, "True", "5000")
    assert 1000 < int(skipped) < 5000
    assert float(slowest) < 1
    assert receiver.missing(range(5000)) == []
    assert receiver.repeated() == 0

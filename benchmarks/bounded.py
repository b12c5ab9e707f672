"""Measure a call that may take for ever: in a child process that is ended when its time is over."""

from __future__ import annotations

import os
import select
import signal
import statistics
import struct
import sys
import time
import warnings
from collections.abc import Callable

CALLS = 3
_ENOUGH = 0.3  # seconds after which one call says it all


def cpu_of(call: Callable[[], object], seconds: float) -> float | None:
    """Return the median CPU time of up to three calls, in milliseconds; None where they were not over in time.

    Args:
        call: What is measured; the calls run in a child process, for the standard library's `re` can't be interrupted.
        seconds: The wall time that the child has.

    Returns:
        NaN where the call raised.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Other threads do not matter to a child that makes its calls and is gone.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _measure(call, writing)
    os.close(writing)
    try:
        done, _, _ = select.select([reading], [], [], seconds)
        answer = os.read(reading, 8) if done else b""
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if done and len(answer) != 8:
        raise SystemExit(f"a measured call failed: its process ended with status {status}")
    return float(struct.unpack("d", answer)[0]) if done else None


def _measure(call: Callable[[], object], descriptor: int) -> None:
    taken, median = [], float("nan")
    try:
        while len(taken) < CALLS and sum(taken) < _ENOUGH * 1000:
            begin = time.process_time_ns()
            call()
            taken.append((time.process_time_ns() - begin) / 1e6)
        median = statistics.median(taken)
    except Exception as trouble:
        print(f"{type(trouble).__name__}: {trouble}"[:200], file=sys.stderr)
    finally:
        os.write(descriptor, struct.pack("d", median))
        os._exit(0)

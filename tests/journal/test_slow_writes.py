"""Writes to the journal that hold their callers up are counted."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import obskit
from obskit import state


@contextlib.contextmanager
def stalled(fd: int, seconds: float) -> Iterator[None]:
    """Let a descriptor's writes wait, as those of a disk in trouble do: a pipe that is full for so long."""
    kept = os.dup(fd)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    os.dup2(writing, fd)

    def drain() -> None:
        time.sleep(seconds)
        os.read(reading, 1 << 20)

    thread = threading.Thread(target=drain)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        os.dup2(kept, fd)
        for each in (kept, reading, writing):
            os.close(each)


@pytest.mark.parametrize("field", ["plain", "e-mail"])
def test_a_write_that_held_its_caller_up_is_counted(tmp_path: Path, field: str) -> None:
    """By the accelerator's way, where it is installed, and by the long one."""
    obskit.init("shop", journal=tmp_path, console=False, ship=False, integrations=[])
    log = obskit.get_logger("shop")
    log.info("quick", n="17" if field == "plain" else "kay@example.com")
    assert obskit.stats().slow_writes == 0
    assert state.runtime is not None
    session = state.runtime.store.session
    assert session is not None
    assert session.writer is not None

    with stalled(session.writer._fd, 0.15):
        log.info("slow", n="17" if field == "plain" else "kay@example.com")

    assert obskit.stats().slow_writes == 1
    log.info("quick")
    assert obskit.stats().slow_writes == 1

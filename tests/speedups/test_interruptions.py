"""Signal handlers, other threads and forks come in between, and every line is whole and counted once."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

import obskit

Quick = Callable[[str], Any]


def _numbers(data: bytes) -> list[int]:
    return sorted(int(orjson.loads(line)["id"].rpartition("-l")[2]) for line in data.splitlines())


def test_a_signal_handler_may_log_while_its_thread_does(quick: Quick, tmp_path: Path) -> None:
    """A handler every millisecond: no deadlock, no torn line, no number twice or missing."""
    with (tmp_path / "console").open("wb") as stream:
        obskit.init("shop", console="json", stream=stream, journal=str(tmp_path / "j"), ship=False, integrations=[])
        log = quick("shop")
        seen = []

        def handler(*_: Any) -> None:
            seen.append(1)
            log.info("from the handler", n=len(seen), note={"a": {"b": 1}})

        former = signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        try:
            until = time.monotonic() + 0.7
            while time.monotonic() < until:
                log.info("order accepted", order_id="o-17", amount=129.95)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, former)
    numbers = _numbers((tmp_path / "console").read_bytes())
    assert len(seen) > 50
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_handler_may_break_a_write_off(quick: Quick) -> None:
    """A write that waits for a reader: what the handler raises comes out of the log call, and the next one works."""
    reader, writer = os.pipe()
    # By its number as a file: a pipe is shared, and written in another way.
    null = os.open(os.devnull, os.O_WRONLY)
    runtime = obskit.init("shop", console="json", stream=null, journal=False, integrations=[])
    log = quick("shop")
    log.info("order accepted", a=1)
    while True:
        try:
            os.set_blocking(writer, False)
            os.write(writer, b"x" * 65_536)
        except BlockingIOError:
            break
    os.set_blocking(writer, True)
    os.dup2(writer, null)

    class Broken(Exception):
        pass

    def handler(*_: Any) -> None:
        raise Broken

    former = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        log.info("order accepted", a=2)
        assert obskit.stats().internal_errors == 1
        os.read(reader, 1 << 20)
        log.info("order accepted", a=3)
    finally:
        signal.signal(signal.SIGALRM, former)
        for fd in (reader, writer, null):
            os.close(fd)
    assert runtime.quick is not None


def test_others_may_change_what_is_logged(quick: Quick, tmp_path: Path) -> None:
    """A dict and a list that another thread changes all the while: each line is JSON of some moment."""
    with (tmp_path / "console").open("wb") as stream:
        obskit.init("shop", console="json", stream=stream, journal=False, integrations=[])
        log = quick("shop")
        shared: dict[str, Any] = {"a": 1}
        items: list[int] = []
        done = threading.Event()

        def change() -> None:
            number = 0
            while not done.is_set():
                number += 1
                shared[f"key_{number % 50}"] = number
                items.append(number)
                if number % 50 == 0:
                    shared.clear()
                    items.clear()

        other = threading.Thread(target=change)
        other.start()
        for _ in range(3000):
            log.info("order accepted", shared=shared, items=items)
        done.set()
        other.join()
    assert len(_numbers((tmp_path / "console").read_bytes())) == 3000


def test_a_forked_child_writes_under_ids_of_its_own(quick: Quick, tmp_path: Path) -> None:
    """The child's first line begins a writer; the parent goes on with its numbers."""
    with (tmp_path / "console").open("wb", buffering=0) as stream:
        obskit.init("shop", console="json", stream=stream, journal=str(tmp_path / "j"), ship=False, integrations=[])
        log = quick("shop")
        for _ in range(3):
            log.info("order accepted", a=1)
        child = os.fork()
        if child == 0:
            for _ in range(3):
                log.info("from the child", a=1)
            os._exit(0)
        os.waitpid(child, 0)
        log.info("order accepted", a=1)
    lines = [orjson.loads(line) for line in (tmp_path / "console").read_bytes().splitlines()]
    ids = [line["id"].partition("-") for line in lines]
    assert [each[2] for each in ids] == ["l1", "l2", "l3", "l1", "l2", "l3", "l4"]
    assert len({each[0] for each in ids[3:6]} | {ids[0][0]}) == 2

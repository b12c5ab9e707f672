"""Let processes that live side by side take turns, block by block: for differences that are small beside the whole."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.timing import Batch, Plan, cpu_of

Way = Callable[[], AbstractContextManager[Callable[[Any], object]]]


def rounds(ways: Mapping[str, Way], batch: Batch[Any], quick: bool) -> Iterator[dict[str, float]]:
    """Yield rounds of the CPU time of one call each way, in microseconds.

    Args:
        ways: Each sets itself up, once, in a process of its own, and gives the call that is measured.
        batch: Makes what the calls of a block get.
        quick: Whether a first impression will do.

    Raises:
        SystemExit: One of the processes failed.
    """
    # Forked before anything is set up, so that each has what is its own only.
    fork = multiprocessing.get_context("fork")
    lines: dict[str, Connection] = {}
    workers = []
    for name, way in ways.items():
        lines[name], theirs = fork.Pipe()
        # A worker closes every end that is not its own: otherwise none would see that this process is gone.
        workers.append(fork.Process(target=_work, args=(theirs, [*lines.values()], way, batch, quick)))
        workers[-1].start()
        theirs.close()
    try:
        for line in lines.values():
            _answer(line)
        for _ in range(2 * Plan(quick).blocks):
            yield {name: _block(line) for name, line in lines.items()}
    finally:
        for line in lines.values():
            line.close()
        for worker in workers:
            worker.join()


def _block(line: Connection) -> float:
    line.send("go")
    return _answer(line)


def _answer(line: Connection) -> float:
    try:
        return float(line.recv())
    except EOFError:
        raise SystemExit("a process that was measured has failed") from None


def _work(line: Connection, others: list[Connection], way: Way, batch: Batch[Any], quick: bool) -> None:
    for other in others:
        other.close()
    with way() as call:
        calls = Plan(quick).calls(call, batch)
        line.send(0.0)
        while True:
            try:
                line.recv()
            except EOFError:
                return
            each = batch(calls)
            gc.collect()
            line.send(cpu_of(call, each) / calls * 1e6)

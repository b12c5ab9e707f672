"""A thread that can be parked."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from obskit.ship.worker import Worker
from tests.support.programs import run


@pytest.fixture
def make() -> Iterator[Callable[..., tuple[Worker, list[int]]]]:
    """Make workers that count their rounds; all are closed at the end."""
    workers: list[Worker] = []

    def worker(rest: float = 0.001) -> tuple[Worker, list[int]]:
        rounds: list[int] = []

        def work() -> None:
            while not made.stopping:
                rounds.append(threading.get_ident())
                made.rest(rest)

        made = Worker(work)
        workers.append(made)
        return made, rounds

    yield worker
    for made in workers:
        made.close()


def await_more(rounds: list[int]) -> bool:
    before, until = len(rounds), time.monotonic() + 5
    while len(rounds) == before and time.monotonic() < until:
        time.sleep(0.001)
    return len(rounds) > before


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def test_parked_it_does_nothing_and_resumed_it_goes_on(make: Callable[..., tuple[Worker, list[int]]]) -> None:
    """And while it is parked the kernel knows no thread of it."""
    worker, rounds = make()
    before = threads()
    assert worker.ensure()
    assert await_more(rounds)

    assert worker.park()
    assert threads() == before
    count = len(rounds)
    time.sleep(0.02)
    assert len(rounds) == count

    worker.resume()
    assert await_more(rounds)


def test_a_long_rest_ends_when_it_is_parked(make: Callable[..., tuple[Worker, list[int]]]) -> None:
    """Nobody who forks waits for it."""
    worker, rounds = make(rest=30)
    worker.ensure()
    assert await_more(rounds) or rounds
    began = time.perf_counter()

    assert worker.park()

    assert time.perf_counter() - began < 0.2


def test_many_who_want_it_get_one_thread(make: Callable[..., tuple[Worker, list[int]]]) -> None:
    """Also when they come at once."""
    worker, rounds = make()
    together = threading.Barrier(8)

    def ensure() -> None:
        together.wait()
        worker.ensure()

    callers = [threading.Thread(target=ensure) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert await_more(rounds)
    assert len(set(rounds)) == 1


def test_while_two_have_parked_it_one_does_not_start_it(make: Callable[..., tuple[Worker, list[int]]]) -> None:
    """Two threads fork at the same time."""
    worker, rounds = make()
    worker.ensure()
    worker.park()
    worker.park()
    worker.resume()
    count = len(rounds)
    assert worker.ensure()
    time.sleep(0.02)
    assert len(rounds) == count

    worker.resume()
    assert await_more(rounds)


def test_a_thread_that_hangs_is_not_waited_for(make: Callable[..., tuple[Worker, list[int]]]) -> None:
    """It goes on by itself once it is wanted again, though it ends later than that."""
    release, rounds = threading.Event(), [0]

    def work() -> None:
        rounds[0] += 1
        if rounds[0] == 1:
            release.wait(10)
        while not worker.stopping:
            worker.rest(0.001)

    worker = Worker(work)
    worker.ensure()
    began = time.perf_counter()
    assert not worker.park()
    assert time.perf_counter() - began < 1
    release.set()
    worker.resume()

    until = time.monotonic() + 5
    while worker._alive.acquire(blocking=False) and time.monotonic() < until:
        worker._alive.release()
        time.sleep(0.001)
    assert not worker._alive.acquire(blocking=False)
    worker.close()


def test_closed_it_never_starts_again(make: Callable[..., tuple[Worker, list[int]]]) -> None:
    """Whoever asks is told."""
    worker, _ = make()
    worker.close()

    assert not worker.ensure()


def test_its_thread_is_no_thread_of_the_application(make: Callable[..., tuple[Worker, list[int]]]) -> None:
    """Programs that wait for all of theirs at the end don't wait for it."""
    worker, rounds = make()
    worker.ensure()
    assert await_more(rounds)

    assert [thread.name for thread in threading.enumerate() if thread.ident == rounds[-1]] == []


def test_a_child_starts_one_of_its_own() -> None:
    """There is none after a fork."""
    program = """
        import os, time
        from obskit.ship.worker import Worker
        rounds = []
        def work():
            while not worker.stopping:
                rounds.append(1)
                worker.rest(0.001)
        worker = Worker(work)
        worker.ensure()
        worker.park()
        child = os.fork()
        if child == 0:
            worker.forget()
            rounds.clear()
            worker.ensure()
            until = time.monotonic() + 5
            while not rounds and time.monotonic() < until: time.sleep(0.001)
            os._exit(0 if rounds else 1)
        worker.resume()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        worker.close()
    """
    assert run(program).strip() == "0"

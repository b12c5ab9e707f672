"""Processes end in every way there is: what a log call has returned for arrives all the same."""

from __future__ import annotations

import random
import signal
import time

import pytest

from tests.faults.receiver import Receiver
from tests.faults.services import Services, said

BATCH = 512

SUDDEN = {
    "SIGTERM with the default handler": (3000, "os.kill(os.getpid(), signal.SIGTERM); time.sleep(20)", -signal.SIGTERM),
    "os._exit": (2000, "os._exit(3)", 3),
    "SIGKILL": (2000, "os.kill(os.getpid(), signal.SIGKILL); time.sleep(20)", -signal.SIGKILL),
}

ORDERLY = {
    "the end of the program": ("", {0}),
    "sys.exit": ("sys.exit(4)", {4}),
    "an uncaught exception": ("raise ValueError('gone')", {1}),
    # Python ends itself by the signal unless code that is made from text, as dataclasses are, runs during its exit.
    "SIGINT": ("os.kill(os.getpid(), signal.SIGINT); time.sleep(20)", {-signal.SIGINT, 1}),
}


@pytest.mark.parametrize("way", SUDDEN)
def test_what_a_process_leaves_that_ends_at_once_is_sent_by_the_next(
    service: Services, receiver: Receiver, way: str
) -> None:
    """None of it is lost; twice comes at most the batch whose answer it did not live to read."""
    many, end, status = SUDDEN[way]

    ended = service.run(receiver, f"emit(0, {many})\n{end}")
    service.later(receiver, range(many))

    assert ended.status == status, ended.err
    assert receiver.missing(range(many)) == []
    assert receiver.repeated() <= BATCH


def test_spans_that_a_killed_process_leaves_are_sent_by_the_next(service: Services, receiver: Receiver) -> None:
    """And so are the records inside of them; each signal has a position of its own."""
    ended = service.run(
        receiver,
        """
        for n in range(1000):
            with obskit.span("work", n=1_000_000 + n):
                log.info("work", n=n)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
    )
    numbers = [*range(1000), *range(1_000_000, 1_001_000)]
    service.later(receiver, numbers)

    assert ended.status == -signal.SIGKILL, ended.err
    assert receiver.missing(numbers) == []
    assert receiver.repeated() <= 2 * BATCH


@pytest.mark.parametrize("way", ORDERLY)
def test_a_process_that_ends_without_a_shutdown_has_sent_everything(
    service: Services, receiver: Receiver, way: str
) -> None:
    """Nobody has to call anything."""
    end, statuses = ORDERLY[way]

    ended = service.run(receiver, f"emit(0, 3000)\n{end}")

    assert ended.status in statuses, ended.err
    assert receiver.missing(range(3000)) == []
    assert receiver.repeated() == 0


def test_sys_exit_in_a_thread_ends_that_thread_alone(service: Services, receiver: Receiver) -> None:
    """What it has logged arrives, and so does what the others log afterwards."""
    ended = service.run(
        receiver,
        """
        def work():
            emit(0, 1000)
            sys.exit(5)
        threads = [threading.Thread(target=work), threading.Thread(target=emit, args=(1000, 1000))]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        emit(2000, 1000)
        """,
    )

    assert ended.status == 0, ended.err
    assert receiver.missing(range(3000)) == []


def test_eight_threads_in_a_tight_loop(service: Services, receiver: Receiver) -> None:
    """Each record of theirs arrives once, before the process is gone."""
    ended = service.run(
        receiver,
        """
        threads = [threading.Thread(target=emit, args=(first * 2000, 2000)) for first in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """,
    )

    assert ended.status == 0, ended.err
    assert receiver.missing(range(16_000)) == []
    assert receiver.repeated() == 0


def test_sys_exit_in_a_handler_of_sigterm_ends_the_process(service: Services, receiver: Receiver) -> None:
    """Wherever the signal comes, also in the middle of a log call; nothing that was promised is lost."""
    program = """
        told = open(sys.argv[3], "ab", buffering=0)
        first = int(sys.argv[4])
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        print("ready", flush=True)
        for n in range(first, first + 1_000_000):
            log.info("work", n=n)
            told.write(b"%d\\n" % n)
    """
    for attempt in range(8):
        process = service.start(receiver, program, service.folder / "told", attempt * 1_000_000)
        assert said(process) == "ready"
        time.sleep(random.uniform(0, 0.2))
        process.terminate()
        ended = service.end(process, 15)
        assert ended.status == 0, ended.err

    promised = told(service)
    service.later(receiver, promised)
    assert receiver.missing(promised) == []


def test_kill_9_at_random_moments(service: Services, receiver: Receiver) -> None:
    """Restart after restart with the same directory: nothing lost, twice only what an answer was cut off for."""
    program = """
        told = open(sys.argv[3], "ab", buffering=0)
        first = int(sys.argv[4])
        print("ready", flush=True)
        for n in range(first, first + 1_000_000):
            log.info("work", n=n)
            told.write(b"%d\\n" % n)
            if n % 200 == 0: time.sleep(0.01)
    """
    kills = 6
    for attempt in range(kills):
        process = service.start(receiver, program, service.folder / "told", attempt * 1_000_000)
        assert said(process) == "ready"
        time.sleep(random.uniform(0, 1.5))
        process.kill()
        service.end(process)

    promised = told(service)
    service.later(receiver, promised)
    assert len(promised) > 1000
    assert receiver.missing(promised) == []
    assert receiver.repeated() <= kills * BATCH


def told(service: Services) -> list[int]:
    """Return the numbers of the records whose log call had returned."""
    return [int(n) for n in (service.folder / "told").read_bytes().split(b"\n")[:-1]]

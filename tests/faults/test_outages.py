"""The collector is away, or says that it has no time: what it did not take arrives later."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.faults.receiver import Receiver, accept, refuse
from tests.faults.services import Services, said

BATCH = 512

# Logs with the collector away, and ends when everything is taken; says how long its slowest log call took.
PATIENT = """
    many = int(sys.argv[3])
    slowest = 0.0
    for n in range(many):
        begun = time.perf_counter()
        log.info("work", n=n)
        slowest = max(slowest, time.perf_counter() - begun)
    print(slowest, flush=True)
    print(obskit.flush(30), obskit.stats().pending, dict(obskit.stats().dropped), flush=True)
"""


def test_a_collector_that_is_down_at_the_start(service: Services, receive: Callable[..., Receiver]) -> None:
    """It comes up after six seconds: everything is there, once, and no log call has waited for it."""
    receiver = receive(up=False)
    process = service.start(receiver, PATIENT, 4000)
    slowest = float(said(process))
    time.sleep(6)
    receiver.up()
    ended = service.end(process)

    assert ended.out.strip() == "True 0 {}", ended.err
    assert receiver.missing(range(4000)) == []
    assert receiver.repeated() == 0
    assert slowest < 1


def test_a_collector_that_goes_and_comes_back(service: Services, receiver: Receiver) -> None:
    """Twice, while records are logged: nothing is lost, twice comes at most what was under way."""
    process = service.start(
        receiver,
        """
        emit(0, 1000)
        print("first", flush=True)
        for n in range(1000, 4000):
            log.info("work", n=n)
            time.sleep(0.001)
        print(obskit.flush(30), flush=True)
        """,
    )
    assert said(process) == "first"
    for _ in range(2):
        receiver.down()
        time.sleep(1)
        receiver.up()
        time.sleep(1)
    ended = service.end(process)

    assert ended.out.strip() == "True", ended.err
    assert receiver.missing(range(4000)) == []
    assert receiver.repeated() <= 2 * BATCH


def test_a_collector_that_is_down_for_the_whole_life_of_a_process(
    service: Services, receive: Callable[..., Receiver]
) -> None:
    """The exit does not wait for it; the next process sends what this one has left."""
    receiver = receive(up=False)
    process = service.start(receiver, 'emit(0, 2000)\ntime.sleep(0.5)\nprint("ending", flush=True)')
    assert said(process) == "ending"
    begun = time.monotonic()
    ended = service.end(process)
    took = time.monotonic() - begun
    receiver.up()
    service.later(receiver, range(2000))

    assert (ended.status, receiver.missing(range(2000)), receiver.repeated()) == (0, [], 0)
    # A target that is failing is not waited for.
    assert took < 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_collector_that_asks_for_time(service: Services, receive: Callable[..., Receiver], status: int) -> None:
    """It is left alone for as long as it says, then gets everything once."""
    receiver = receive(refuse(status, Retry_After="3"), accept)
    process = service.start(receiver, PATIENT, 2000)
    said(process)
    ended = service.end(process)

    assert ended.out.strip() == "True 0 {}", ended.err
    assert receiver.missing(range(2000)) == []
    assert receiver.repeated() == 0
    assert receiver.asked[1] - receiver.asked[0] >= 3


@pytest.mark.parametrize("status", [429, 503])
def test_a_collector_that_asks_for_more_time_than_a_process_has(
    service: Services, receive: Callable[..., Receiver], status: int
) -> None:
    """The process ends without asking again; the next one sends everything once."""
    receiver = receive(refuse(status, Retry_After="30"))
    process = service.start(receiver, 'emit(0, 2000)\nobskit.flush(2)\nprint("ending", flush=True)')
    assert said(process) == "ending"
    begun = time.monotonic()
    ended = service.end(process)
    took = time.monotonic() - begun
    asked = len(receiver.asked)
    receiver.behave(accept)
    service.later(receiver, range(2000))

    assert (ended.status, receiver.missing(range(2000)), receiver.repeated()) == (0, [], 0)
    assert asked == 1
    assert took < 2


def test_a_collector_that_stays_away_is_asked_ever_more_seldom(
    service: Services, receive: Callable[..., Receiver]
) -> None:
    """It gets one record to try with each time, never a storm."""
    receiver = receive(refuse(503))
    service.run(receiver, "emit(0, 2000)\ntime.sleep(5)")

    gaps = [later - before for before, later in pairwise(receiver.asked)]
    # At most 1, 2, 4 ... seconds by chance: five seconds hold a dozen tries only by much bad luck.
    assert 1 <= len(gaps) <= 12
    assert receiver.records == []

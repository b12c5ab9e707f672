"""More is logged than the collector can take: it is kept as far as the disk's cap allows, and what goes is told of."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.receiver import Receiver, Record, accept, late
from tests.faults.services import Services
from tests.support.programs import environment

MANY = 100_000

# Logs a burst; says how the process fared, then goes on for as long as the keeper needs to look after the cap.
BURST = """
    def peak():
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024
    emit(1_000_000, 10)
    time.sleep(0.3)
    before = peak()
    slowest = 0.0
    for n in range(int(sys.argv[3])):
        begun = time.perf_counter()
        log.info("work", n=n, filler="." * 200)
        slowest = max(slowest, time.perf_counter() - begun)
    until = time.monotonic() + float(sys.argv[4])
    while time.monotonic() < until and not obskit.stats().dropped:
        time.sleep(0.1)
    time.sleep(float(sys.argv[5]))
    stats = obskit.stats()
    print(peak() - before, slowest, stats.writer, stats.emitted, sum(stats.dropped.values()), *stats.dropped)
    obskit.shutdown()
    print(time.monotonic(), flush=True)
"""


@pytest.mark.timeout(120)
def test_a_burst_against_a_collector_that_takes_two_seconds_an_answer(
    service: Services, receive: Callable[..., Receiver]
) -> None:
    """Within the cap nothing is lost: what the exit's time did not suffice for, a later process sends."""
    receiver = receive(late(2))
    ended = service.run(receiver, BURST, MANY, 0, 0)
    taken = len(receiver.records)
    receiver.behave(accept)
    service.later(receiver, range(MANY))

    grown, slowest, _, _, dropped, *_ = ended.out.split()
    assert (ended.status, dropped) == (0, "0"), ended.err
    assert taken < MANY
    assert int(grown) < 64
    assert float(slowest) < 1
    assert receiver.missing(range(MANY)) == []
    # What the first process had in flight at its end: one request.
    assert receiver.repeated() <= max(map(len, receiver.batches))


@pytest.mark.timeout(120)
def test_a_burst_beyond_the_cap(service: Services, receive: Callable[..., Receiver]) -> None:
    """What had to go is counted by reason, told of by a record that names the ids, and shown by `obskit doctor`."""
    receiver = receive(late(2))
    ended = service.run(
        receiver, BURST, MANY, 30, 3, OBSKIT_JOURNAL_MAX_BYTES=str(8 << 20), OBSKIT_JOURNAL_SEGMENT_BYTES=str(1 << 20)
    )
    grown, slowest, writer, emitted, dropped, *reasons = ended.out.splitlines()[0].split()
    receiver.behave(accept)
    # Told in records of their own; each id lies in the range of one of them, or has arrived.
    service.later(receiver, (), lambda: unexplained(receiver, writer, int(emitted)) == 0)

    assert (ended.status, reasons) == (0, ["disk_cap"]), ended.err
    assert int(dropped) > MANY // 2
    assert int(grown) < 64
    assert float(slowest) < 1
    assert unexplained(receiver, writer, int(emitted)) == 0
    counted = sum(int(one.fields["count"]) for one in told(receiver))
    # What went in the process's last moments is in no count that it could still print.
    assert int(dropped) <= counted
    assert counted == sum(len(each) for each in ranges(receiver))
    assert len(receiver.missing(range(MANY))) <= counted
    shown = doctor(service.journal)
    assert (shown["state"], shown["records"], shown["reasons"]) == ("warning", counted, {"disk_cap": counted})


def told(receiver: Receiver) -> list[Record]:
    """Return the records that arrived and tell of others that had to go."""
    return list({one.id: one for one in receiver.records if one.fields.get("reason") == "disk_cap"}.values())


def ranges(receiver: Receiver) -> list[range]:
    """Return the numbers that they name."""
    return [range(number(one.fields["first"]), number(one.fields["last"]) + 1) for one in told(receiver)]


def unexplained(receiver: Receiver, writer: str, emitted: int) -> int:
    """Return how many of a writer's ids have neither arrived nor are named as given up."""
    arrived = {number(one.id) for one in receiver.records if one.id.startswith(writer)}
    return len({*range(1, emitted + 1)} - arrived - {n for each in ranges(receiver) for n in each})


def number(identity: str) -> int:
    """Return the number in the id of a log line."""
    return int(identity.rpartition("-l")[2])


def doctor(journal: Path) -> dict[str, Any]:
    """Return what `obskit doctor` says of records that were given up."""
    done = subprocess.run(
        [sys.executable, "-m", "obskit", "doctor", "--journal", str(journal), "--json"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
    )
    checks = json.loads(done.stdout)["checks"]
    return next(check for check in checks if check["name"] == "given up")

"""Delivery from real processes to a real collector."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import Any

import obskit
from obskit import state
from obskit.journal import reader
from tests.ship.server import free_port
from tests.ship.shipping import await_that, begin, numbers
from tests.support import journals
from tests.support.collector import Collector, take
from tests.support.programs import run, start

# --- flush and exit ---


def test_flush_is_true_when_everything_is_acknowledged(tmp_path: Path, collector: Collector) -> None:
    """Logs and spans; then nothing is pending."""
    log = begin(tmp_path / "j", collector.url)
    for n in range(700):
        with obskit.span("work"):
            log.info("n", n=n)

    assert obskit.flush(20)
    assert numbers(collector.ids()) == list(range(1, 701))
    assert len(set(collector.ids("spans"))) == 700
    assert obskit.stats().pending == 0
    assert set(obskit.stats().shipped.values()) == {700}


def test_flush_is_false_while_something_is_pending(tmp_path: Path, collector: Collector) -> None:
    """Within its time; the number says what is missing."""
    log = begin(tmp_path / "j", collector.url)
    collector.gate.clear()
    for n in range(5):
        log.info("n", n=n)

    assert not obskit.flush(0.3)
    assert obskit.stats().pending == 5
    collector.gate.set()
    assert obskit.flush(10)


def test_flush_does_not_wait_for_what_comes_later(tmp_path: Path, collector: Collector) -> None:
    """Other threads go on logging, so that a request is always under way."""
    log, done = begin(tmp_path / "j", collector.url), threading.Event()

    def chatter() -> None:
        while not done.is_set():
            log.info("later")
            time.sleep(0.0005)

    threads = [threading.Thread(target=chatter) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        assert all(obskit.flush(5) for _ in range(5))
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_without_shipping_flush_is_true_when_lines_are_written(tmp_path: Path, collector: Collector) -> None:
    """Nothing is pending, nothing is sent."""
    log = begin(tmp_path / "j", collector.url, ship=False)
    log.info("n")

    assert obskit.flush(0.0)
    assert obskit.stats().pending == 0
    assert collector.batches == []


def test_with_an_agent_flush_waits_for_what_the_agent_acknowledges(tmp_path: Path, collector: Collector) -> None:
    """The process itself sends nothing; an agent's cursors count."""
    from obskit.journal.cursors import Cursor, Cursors

    log = begin(tmp_path / "j", collector.url, ship="agent")
    log.info("n")
    assert not obskit.flush(0.1)
    assert obskit.stats().pending == 1
    (directory,) = reader.writers(tmp_path / "j")
    cursors = Cursors(directory)
    assert len(cursors.keys()) == 2

    for key in cursors.keys():  # noqa: SIM118 - not a mapping
        cursors.put(key, Cursor(1, (directory / "000001.jsonl").stat().st_size, 1))

    assert obskit.flush(1)
    assert obskit.stats().pending == 0
    assert collector.batches == []


EXIT = """
    import sys, time
    import obskit
    obskit.init("shop", journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False)
    for n in range(int(sys.argv[3])):
        obskit.get_logger("shop").info("n", n=n)
    time.sleep(float(sys.argv[4]))
    print(time.monotonic(), flush=True)
"""


def exit_time(*arguments: object) -> float:
    """Return how long a program lives on after its last statement."""
    printed = float(run(EXIT, *arguments))
    return time.monotonic() - printed


def test_the_exit_of_a_process_delivers_what_it_wrote(tmp_path: Path, collector: Collector) -> None:
    """Nobody has to call anything."""
    exit_time(tmp_path / "j", collector.url, 2000, 0)

    assert numbers(collector.ids()) == list(range(1, 2001))


def test_the_exit_does_not_wait_for_a_target_that_is_failing(tmp_path: Path) -> None:
    """The journal keeps everything."""
    assert exit_time(tmp_path / "j", f"http://127.0.0.1:{free_port()}", 50, 0) < 1.5
    assert len(journals.found(tmp_path / "j")) == 50


def test_the_exit_waits_only_while_delivery_advances(tmp_path: Path, collector: Collector) -> None:
    """A target that answers nothing holds it up for a moment, not for the whole of its time-out."""
    collector.gate.clear()

    assert exit_time(tmp_path / "j", collector.url, 50, 0) < 4.5
    assert len(journals.found(tmp_path / "j")) == 50


def test_a_slow_target_is_waited_for_while_it_takes_something(tmp_path: Path, collector: Collector) -> None:
    """Up to `exit_timeout`."""

    def slowly(batch: Any) -> tuple[int, dict[str, str], bytes]:
        time.sleep(0.3)
        return take(batch)

    collector.says = slowly
    exit_time(tmp_path / "j", collector.url, 2500, 0)

    assert numbers(collector.ids()) == list(range(1, 2501))


# --- restarts and kills ---


def test_after_a_clean_end_nothing_is_sent_again(tmp_path: Path, collector: Collector) -> None:
    """The cursor outlives the process."""
    for _ in range(3):
        exit_time(tmp_path / "j", collector.url, 30, 0)

    ids = collector.ids()
    assert len(ids) == len(set(ids)) == 90


def test_what_a_killed_process_left_is_delivered_by_the_next(tmp_path: Path, collector: Collector) -> None:
    """With the dead one's resource, after the next one's own records; at most one batch comes twice."""
    program = """
        import os, signal, sys
        import obskit
        obskit.init("shop", journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False)
        for n in range(3000):
            obskit.get_logger("shop").info("n", n=n)
        sys.stdout.write("written\\n")
        sys.stdout.flush()
        signal.pause()
    """
    stop = threading.Event()

    def once(batch: Any) -> tuple[int, dict[str, str], bytes] | None:
        if len(collector.ids()) < 1000:
            return take(batch)
        # Taken, but the answer never arrives.
        stop.set()
        time.sleep(0.5)
        return take(batch)

    collector.says = once
    process = start(program, tmp_path / "j", collector.url)
    assert process.stdout is not None
    process.stdout.readline()
    assert stop.wait(10)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert await_that(lambda: len(collector.ids()) > 1500)
    collector.says = take
    killed = collector.ids()[0].partition("-")[0]

    log = begin(tmp_path / "j", collector.url)
    log.info("own")
    assert await_that(lambda: len(set(collector.ids())) == 3001)

    ids = collector.ids()
    mine = [batch for batch in collector.batches if batch.signal == "logs"]
    again = [one for one in set(ids) if ids.count(one) > 1]
    assert 0 < len(again) <= 512
    assert {batch.resource["service.instance.id"] for batch in mine if batch.ids[0].startswith(killed)} == {killed}
    assert sorted(numbers([one for one in set(ids) if one.startswith(killed)])) == list(range(1, 3001))


def test_own_records_go_before_those_of_the_dead(tmp_path: Path, collector: Collector) -> None:
    """However many they left."""
    _, left = journals.dead(journals.place(tmp_path / "j"), 2000)
    collector.gate.clear()
    log = begin(tmp_path / "j", collector.url)
    own = [log.info("n", n=n) for n in range(5)]
    time.sleep(0.3)
    collector.gate.set()

    assert await_that(lambda: len(set(collector.ids())) == 2005)
    order = collector.ids()
    writer = obskit.stats().writer
    last_own = max(n for n, one in enumerate(order) if one.startswith(writer))
    assert last_own < 512 + len(own) + 1
    assert [one for one in order if not one.startswith(writer)] == left


def test_many_dead_writers_are_delivered_and_merged(tmp_path: Path, collector: Collector) -> None:
    """Every line once, each with the resource of its own process."""
    place = journals.place(tmp_path / "j")
    ids = [one for _ in range(100) for one in journals.dead(place, 3)[1]]
    begin(tmp_path / "j", collector.url)

    assert await_that(lambda: len(collector.ids()) >= 300)
    assert sorted(collector.ids()) == sorted(ids)
    for batch in collector.batches:
        assert {one.partition("-")[0] for one in batch.ids} == {batch.resource["service.instance.id"]}
    assert len(list(reader.writers(tmp_path / "j"))) < 50


def test_segments_that_the_cap_takes_do_not_stop_delivery(tmp_path: Path, collector: Collector) -> None:
    """What is left arrives, and what is gone is reported as a record."""
    collector.gate.clear()
    journal = obskit.Journal(path=tmp_path / "j", max_bytes=40_000, segment_bytes=4000)
    log = begin(journal, collector.url)
    for n in range(400):
        log.info("n", n=n)
    assert await_that(lambda: obskit.stats().dropped.get("disk_cap", 0) > 0)
    collector.gate.set()

    assert obskit.flush(20)
    # The reports of what was dropped are records too, and may have come behind it.
    assert await_that(lambda: obskit.stats().pending == 0)
    messages = [
        record
        for path in reader.segment_files(tmp_path / "j")
        for line in reader.lines(path)
        if (record := reader.parse(line.raw)) is not None and record.get("logger") == "obskit.journal"
    ]
    assert messages
    assert messages[0]["level"] == "ERROR"
    assert {"writer", "first", "last", "reason"} <= messages[0]["context"].keys()


# --- forks ---


def test_a_fork_with_a_request_in_flight_disturbs_neither_side(tmp_path: Path, collector: Collector) -> None:
    """Parent and child deliver everything once; no warning about forking with threads (they are errors here)."""
    program = """
        import os, sys, time
        import obskit
        obskit.init("shop", journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False)
        log = obskit.get_logger("shop")
        children = []
        for n in range(10):
            for k in range(100):
                log.info("parent", k=k)
            time.sleep(0.02)
            child = os.fork()
            if child == 0:
                for k in range(20):
                    log.info("child", k=k)
                os._exit(0 if obskit.flush(10) else 1)
            children.append(child)
        print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children], obskit.flush(10))
    """

    def slowly(batch: Any) -> tuple[int, dict[str, str], bytes]:
        time.sleep(0.05)
        return take(batch)

    collector.says = slowly
    assert run(program, tmp_path / "j", collector.url).strip() == f"{[0] * 10} True"

    ids = collector.ids()
    assert len(ids) == len(set(ids)) == 10 * 120


def test_a_child_that_logs_nothing_starts_no_thread(tmp_path: Path, collector: Collector) -> None:
    """And one that logs does, with its first record."""
    program = """
        import os, sys
        import obskit
        obskit.init("shop", journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False)
        obskit.get_logger("shop").info("parent")
        child = os.fork()
        if child == 0:
            before = len(os.listdir("/proc/self/task"))
            obskit.get_logger("shop").info("child")
            os._exit(before * 10 + len(os.listdir("/proc/self/task")))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    assert run(program, tmp_path / "j", collector.url).strip() == "12"


def test_children_that_end_at_once_leave_everything_to_their_parent(tmp_path: Path, collector: Collector) -> None:
    """Like a worker that recycles its processes."""
    program = """
        import os, sys
        import obskit
        obskit.init("shop", journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False)
        for n in range(60):
            child = os.fork()
            if child == 0:
                obskit.get_logger("shop").info("child")
                os._exit(0)
            os.waitpid(child, 0)
        obskit.get_logger("shop").info("parent")
        import time
        time.sleep(2.5)
    """
    run(program, tmp_path / "j", collector.url)

    ids = collector.ids()
    assert len(ids) == len(set(ids)) == 61


# --- an agent ---


# --- memory ---


# --- trouble ---


def test_nothing_of_its_own_traffic_comes_back_as_a_record(tmp_path: Path, collector: Collector) -> None:
    """Neither a log line nor a span of sending is ever sent."""
    log = begin(tmp_path / "j", collector.url, level="TRACE")
    log.info("n")
    assert obskit.flush(5)
    time.sleep(0.5)

    assert len(collector.ids()) == 1
    assert collector.ids("spans") == []
    assert len(collector.batches) == 1


def test_a_backlog_is_worked_off_in_slices(tmp_path: Path, collector: Collector) -> None:
    """The thread takes a fifth of the processor's time at most, as long as nobody waits for it."""
    journals.dead(journals.place(tmp_path / "j"), 120_000)
    begin(tmp_path / "j", collector.url)
    assert state.runtime is not None
    shipper = state.runtime.shipper
    assert shipper is not None
    assert await_that(lambda: len(collector.ids()) > 0)
    task = Path(f"/proc/self/task/{shipper._worker._native}/schedstat")

    def share() -> float:
        began, used = time.perf_counter(), int(task.read_text().split()[0])
        time.sleep(0.5)
        return (int(task.read_text().split()[0]) - used) / 1e9 / (time.perf_counter() - began)

    # The median of three: other programs of the machine make a slice take longer now and then.
    shares = sorted(share() for _ in range(3))
    assert len(collector.ids()) < 120_000
    assert shares[1] < 0.3, shares

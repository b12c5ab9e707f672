"""One process a host ships for all others: they stand aside, and take over again when it is gone."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import obskit
from obskit.journal import reader
from obskit.journal.cursors import Cursors
from obskit.journal.place import Place
from tests.ship.server import free_port
from tests.ship.shipping import await_that, begin, numbers
from tests.support import journals
from tests.support.agents import Ship, agents
from tests.support.collector import Batch, Collector
from tests.support.programs import environment, start


@pytest.fixture
def ship() -> Iterator[Ship]:
    """Start agents."""
    with agents() as made:
        yield made


@pytest.fixture
def other() -> Iterator[Collector]:
    """A second collector."""
    made = Collector()
    yield made
    made.stop()


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """A journal."""
    return journals.place(tmp_path / "j")


def target(collector: Collector) -> str:
    return f"otlp+{collector.url}"


def own(ids: list[str], writer: str) -> list[str]:
    """Leave out what the agent itself has logged."""
    return [one for one in ids if one.startswith(writer)]


# --- processes stand aside ---


@pytest.mark.parametrize("mode", ["thread", "agent"])
def test_a_process_leaves_its_lines_to_the_agent(tmp_path: Path, collector: Collector, ship: Ship, mode: Any) -> None:
    """All arrive once; the process itself has sent none of them."""
    ship(tmp_path / "j", target(collector)).at_work()
    log = begin(tmp_path / "j", collector.url, ship=mode)
    for n in range(300):
        with obskit.span("work"):
            log.info("n", n=n)

    assert obskit.flush(10)

    stats = obskit.stats()
    assert numbers(own(collector.ids(), stats.writer)) == list(range(1, 301))
    assert len(collector.ids("spans")) == len(set(collector.ids("spans"))) == 300
    assert stats.pending == 0
    assert set(stats.shipped.values()) == {0}


def test_flush_tells_the_truth_while_an_agent_ships(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """False while the agent's target holds its answer back, then True."""
    agent = ship(tmp_path / "j", target(collector)).at_work()
    assert await_that(lambda: len(collector.ids()) == 1), agent.errors
    log = begin(tmp_path / "j", collector.url, ship="agent")
    collector.gate.clear()
    for _ in range(5):
        log.info("n")

    assert not obskit.flush(0.5)
    assert obskit.stats().pending == 5
    collector.gate.set()
    assert obskit.flush(10)
    assert obskit.stats().pending == 0


def test_shutdown_leaves_to_the_agent_what_is_pending(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """It does not wait, says False, and everything arrives."""
    ship(tmp_path / "j", target(collector)).at_work()
    log = begin(tmp_path / "j", collector.url, ship="agent")
    log.info("before")
    writer = obskit.stats().writer
    assert obskit.flush(10)
    collector.gate.clear()
    log.info("n")

    begun = time.monotonic()
    assert not obskit.shutdown(5.0)
    assert time.monotonic() - begun < 2
    collector.gate.set()
    assert await_that(lambda: len(own(collector.ids(), writer)) == 2)


def test_shutdown_is_true_where_the_agent_has_delivered(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """Nothing is pending, whoever shipped it."""
    ship(tmp_path / "j", target(collector)).at_work()
    begin(tmp_path / "j", collector.url, ship="agent").info("n")
    assert obskit.flush(10)

    assert obskit.shutdown(0.0)


def test_a_batch_in_flight_is_not_sent_again(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """A process whose collector answers late keeps its lines until the answer is there."""
    log = begin(tmp_path / "j", collector.url)
    collector.gate.clear()
    for _ in range(20):
        log.info("n")
    assert await_that(lambda: bool(collector.server.requests))

    agent = ship(tmp_path / "j", target(collector)).at_work()
    time.sleep(2)
    collector.gate.set()

    log.info("later")
    assert obskit.flush(10), agent.errors
    assert numbers(own(collector.ids(), obskit.stats().writer)) == list(range(1, 22))


def test_what_a_process_met_before_is_not_said_of_the_agents_target(
    tmp_path: Path, collector: Collector, ship: Ship
) -> None:
    """`stats()` of a process that stands aside does not go on calling its target failing."""
    collector.says = lambda _: (503, {}, b"")
    begin(tmp_path / "j", collector.url).info("n")
    assert await_that(lambda: any("failing" in state for state in obskit.stats().targets.values()))

    ship(tmp_path / "j", target(collector)).at_work()

    assert await_that(lambda: set(obskit.stats().targets.values()) == {"delivering"}, 20)


def test_what_is_queued_in_memory_a_process_sends_itself(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """No agent can: it stands in no segment."""
    ship(tmp_path / "j", target(collector)).at_work()
    (tmp_path / "j" / "shop").write_text("a file where the service's directory should be")
    log = begin(tmp_path / "j", collector.url)
    for _ in range(1000):
        log.info("n")

    assert obskit.flush(10)
    stats = obskit.stats()
    assert numbers(own(collector.ids(), stats.writer)) == list(range(1, 1001))
    assert sum(stats.shipped.values()) == 1000


def test_processes_ship_again_when_the_agent_is_gone(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """From where it was; nothing twice."""
    agent = ship(tmp_path / "j", target(collector)).at_work()
    log = begin(tmp_path / "j", collector.url)
    for _ in range(10):
        log.info("n")
    assert obskit.flush(10)
    assert agent.stop() == 0, agent.errors

    for _ in range(10):
        log.info("n")

    assert obskit.flush(10)
    assert numbers(own(collector.ids(), obskit.stats().writer)) == list(range(1, 21))
    assert sum(obskit.stats().shipped.values()) >= 10


LOAD = """
    import sys, time
    import obskit
    obskit.init("shop", journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False, integrations=[])
    log = obskit.get_logger("shop")
    print(flush=True)
    for n in range(4000):
        log.info("n", n=n)
        time.sleep(0.002)
    print(obskit.stats().writer, obskit.flush(20), flush=True)
"""


@contextlib.contextmanager
def load(journal: Path, url: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Four processes that log for some seconds."""
    processes = [start(LOAD, journal, url) for _ in range(4)]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_takeover_under_load_loses_nothing(tmp_path: Path, collector: Collector, ship: Ship, end: int) -> None:
    """The agent comes and goes while four processes log; only what SIGKILL cut off comes twice, under the same id."""
    ended, writers = 0, []
    with load(tmp_path / "j", collector.url) as processes:
        while any(process.poll() is None for process in processes) and ended < 4:
            agent = ship(tmp_path / "j", target(collector)).at_work()
            time.sleep(1.5)
            assert agent.stop(end) == (0 if end == signal.SIGTERM else -end), agent.errors
            ended += 1
            time.sleep(1.2)
        for process in processes:
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, err
            writer, flushed = out.split()
            assert flushed == "True"
            writers.append(writer)

    counted = Counter(one for one in collector.ids() if one.partition("-")[0] in writers)
    assert ended >= 2
    assert len(counted) == 16_000
    repeated = sum(counted.values()) - len(counted)
    # Each of the four processes may have had a batch of each agent's in flight.
    assert repeated <= (ended * 512 * 4 if end == signal.SIGKILL else 0)


# --- what dead writers left ---


def test_a_dead_writer_is_adopted_and_drained(where: Place, collector: Collector, ship: Ship) -> None:
    """Under its own resource."""
    directory, ids = journals.dead(where, 700, spans=5)

    ship(where.path, target(collector)).at_work()

    assert await_that(lambda: len(own(collector.ids(), directory.name)) == 700)
    assert own(collector.ids(), directory.name) == ids[:700]
    assert await_that(lambda: len(collector.ids("spans")) == 5)
    shops = [batch for batch in collector.batches if batch.resource["service.name"] == "shop"]
    assert {batch.resource["service.instance.id"] for batch in shops} == {directory.name}


def test_what_a_killed_process_left_is_sent(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """It dies while the agent ships for it."""
    ship(tmp_path / "j", target(collector)).at_work()
    program = """
        import os, signal, sys
        import obskit
        obskit.init("shop", journal=sys.argv[1], ship="agent", otlp_endpoint=sys.argv[2], console=False)
        for n in range(2000):
            obskit.get_logger("shop").info("n", n=n)
        print(obskit.stats().writer, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    process = start(program, tmp_path / "j", collector.url)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL

    assert await_that(lambda: len(own(collector.ids(), out.strip())) >= 2000)
    assert numbers(own(collector.ids(), out.strip())) == list(range(1, 2001))


def test_many_dead_writers_are_drained_once(where: Place, collector: Collector, ship: Ship) -> None:
    """Whether they are merged before or after."""
    ids = [one for _ in range(40) for one in journals.dead(where, 7)[1]]

    ship(where.path, target(collector)).at_work()

    wanted = set(ids)
    assert await_that(lambda: wanted.issubset(collector.ids()))
    time.sleep(1.5)
    assert [one for one, count in Counter(collector.ids()).items() if count > 1] == []


def test_a_new_segment_of_a_living_writer_is_followed(where: Place, collector: Collector, ship: Ship) -> None:
    """While another process writes on."""
    writer = journals.writer(where, segment_bytes=4096)
    try:
        ship(where.path, target(collector)).at_work()
        ids = []
        for n in range(20):
            ids += journals.fill(writer, 10, first=1 + 10 * n)
            time.sleep(0.02)

        assert writer.n > 3
        assert await_that(lambda: len(own(collector.ids(), writer.id)) == 200)
        assert own(collector.ids(), writer.id) == ids
    finally:
        writer.close()


def test_a_segment_of_a_newer_format_is_left_alone(where: Place, collector: Collector, ship: Ship) -> None:
    """It is said, nothing of it is sent, nothing is put beside it."""
    directory, _ = journals.dead(where, 3)
    path = directory / "000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":2'))
    _, ids = journals.dead(where, 2)

    agent = ship(where.path, target(collector)).at_work()

    assert await_that(lambda: set(ids).issubset(collector.ids()))
    assert agent.stop() == 0
    assert own(collector.ids(), directory.name) == []
    assert [entry.name for entry in directory.iterdir()] == ["000001.jsonl"]
    assert f"{directory} was written by a newer version of obskit" in agent.errors


def test_a_writer_that_cannot_be_read_does_not_hold_up_others(where: Place, collector: Collector, ship: Ship) -> None:
    """Its directory is a loop of links."""
    _, ids = journals.dead(where, 2)
    broken = where.path / "shop" / ("0" * 32)
    broken.mkdir()
    (broken / "000001.jsonl").symlink_to("000001.jsonl")

    ship(where.path, target(collector)).at_work()

    assert await_that(lambda: set(ids).issubset(collector.ids()))


def test_a_writer_that_floods_does_not_starve_others(where: Place, collector: Collector, ship: Ship) -> None:
    """One with a large backlog and a small one are sent in turns."""
    flood, _ = journals.dead(where, 20_000, identity="0" * 31 + "1")
    small, ids = journals.dead(where, 5, identity="f" * 31 + "1")

    ship(where.path, target(collector)).at_work()

    assert await_that(lambda: len(own(collector.ids(), small.name)) == 5, 20)
    before = [batch.ids for batch in collector.batches if batch.accepted and batch.signal == "logs"]
    place = next(at for at, found in enumerate(before) if set(ids) & set(found))
    assert place < 10
    assert await_that(lambda: len(own(collector.ids(), flood.name)) == 20_000, 30)


# --- several targets ---


def test_each_of_several_targets_gets_everything(
    where: Place, collector: Collector, other: Collector, ship: Ship
) -> None:
    """With a cursor of its own."""
    directory, ids = journals.dead(where, 600)

    ship(where.path, target(collector), target(other)).at_work()

    for each in (collector, other):
        assert await_that(lambda each=each: own(each.ids(), directory.name) == ids)  # type: ignore[misc]
    assert len(Cursors(directory).keys()) == 4


def test_a_failing_target_does_not_hold_up_the_other(
    where: Place, collector: Collector, other: Collector, ship: Ship
) -> None:
    """One that answers nothing, one that nothing listens on; what they lack goes out when they are back."""
    directory, ids = journals.dead(where, 1500)
    other.gate.clear()

    agent = ship(where.path, target(other), f"otlp+http://127.0.0.1:{free_port()}", target(collector)).at_work()

    assert await_that(lambda: own(collector.ids(), directory.name) == ids)
    other.gate.set()
    assert await_that(lambda: own(other.ids(), directory.name) == ids, 20)
    assert agent.stop() == 1


def test_a_poisonous_record_is_set_aside_for_its_target_alone(
    where: Place, collector: Collector, other: Collector, ship: Ship
) -> None:
    """The other target has it."""
    directory, ids = journals.dead(where, 20)
    poison = ids[7]

    def says(batch: Batch) -> tuple[int, dict[str, str], bytes]:
        return (400 if poison in batch.ids else 200), {}, b"{}"

    collector.says = says
    ship(where.path, target(collector), target(other)).at_work()

    assert await_that(lambda: set(own(collector.ids(), directory.name)) == set(ids) - {poison})
    assert await_that(lambda: own(other.ids(), directory.name) == ids)


# --- the lock and the directory ---


def test_a_second_agent_says_so_and_ends(where: Place, collector: Collector, ship: Ship) -> None:
    """With status 1; the first one goes on."""
    first = ship(where.path, target(collector)).at_work()

    second = ship(where.path, target(collector))

    assert second.wait() == 1
    assert f"another process ships from {where.path}" in second.errors
    assert len(second.errors.strip().splitlines()) == 1
    assert first.process.poll() is None


def test_a_lock_whose_file_was_removed_is_made_anew(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """Nothing comes twice, and processes stand aside again."""
    agent = ship(tmp_path / "j", target(collector)).at_work()
    log = begin(tmp_path / "j", collector.url)
    log.info("n")
    assert obskit.flush(10)

    (tmp_path / "j" / "agent.lock").unlink()
    agent.at_work()
    for _ in range(100):
        log.info("n")
        time.sleep(0.02)

    assert obskit.flush(10)
    assert numbers(own(collector.ids(), obskit.stats().writer)) == list(range(1, 102))


def test_a_journal_removed_and_made_anew_is_shipped(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """The agent takes the new directory's lock."""
    agent = ship(tmp_path / "j", target(collector)).at_work()
    log = begin(tmp_path / "j", collector.url)
    log.info("n")
    assert obskit.flush(10)

    shutil.rmtree(tmp_path / "j")
    former = obskit.stats().writer
    assert await_that(lambda: (log.info("again"), obskit.stats().writer != former)[1], 15)
    agent.at_work()
    log.info("last")

    assert obskit.flush(15)
    assert await_that(lambda: bool(own(collector.ids(), obskit.stats().writer)))


# --- its end ---


def test_sigterm_delivers_what_is_there(where: Place, collector: Collector, ship: Ship) -> None:
    """Then it ends with status 0, though a process goes on writing."""
    writer = journals.writer(where)
    try:
        agent = ship(where.path, target(collector)).at_work()
        ids = journals.fill(writer, 5000)

        assert agent.stop() == 0, agent.errors
        assert own(collector.ids(), writer.id) == ids
    finally:
        writer.close()


def test_sigterm_waits_at_most_the_exit_timeout(where: Place, collector: Collector, ship: Ship) -> None:
    """A target that answers nothing: status 1, and the journal keeps everything."""
    directory, ids = journals.dead(where, 10)
    collector.gate.clear()
    agent = ship(where.path, target(collector), options=("--exit-timeout", 1)).at_work()
    assert await_that(lambda: bool(collector.server.requests))

    begun = time.monotonic()
    assert agent.stop() == 1

    assert 0.9 < time.monotonic() - begun < 4
    assert set(ids).issubset(journals.found(where.path))
    assert directory.is_dir()


def test_sigterm_does_not_wait_for_a_failing_target(where: Place, ship: Ship) -> None:
    """Status 1, at once."""
    journals.dead(where, 10)
    agent = ship(where.path, f"otlp+http://127.0.0.1:{free_port()}", options=("--exit-timeout", 30)).at_work()
    time.sleep(1)

    begun = time.monotonic()
    assert agent.stop() == 1
    assert time.monotonic() - begun < 5


def test_an_answer_on_its_way_is_waited_for(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """What was in flight at SIGTERM is not sent again by its process."""
    agent = ship(tmp_path / "j", target(collector)).at_work()
    log = begin(tmp_path / "j", collector.url)
    log.info("n")
    assert obskit.flush(10)
    collector.gate.clear()
    held = len(collector.server.requests)
    for _ in range(30):
        log.info("n")
    assert await_that(lambda: len(collector.server.requests) > held)

    agent.process.send_signal(signal.SIGTERM)
    time.sleep(1)
    collector.gate.set()

    assert agent.wait() == 0
    assert obskit.flush(10)
    assert numbers(own(collector.ids(), obskit.stats().writer)) == list(range(1, 32))


def test_its_own_lines_are_shipped_too(where: Place, collector: Collector, ship: Ship) -> None:
    """As a service of its own, `obskit-ship`."""
    ship(where.path, target(collector)).at_work()

    assert await_that(lambda: any(batch.resource["service.name"] == "obskit-ship" for batch in collector.batches))


def test_compaction_goes_on_while_an_agent_keeps_the_journal(where: Place, collector: Collector, ship: Ship) -> None:
    """The agent is the keeper: small dead writers become one directory."""
    for _ in range(20):
        journals.dead(where, 3)
    agent = ship(where.path, target(collector)).at_work()

    assert await_that(lambda: len(list(reader.writers(where.path))) < 10, 20), agent.errors


# --- users and groups ---

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as several users")
SOMEONE, GROUP = 60_001, 54_321


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A directory that every user can reach."""
    with tempfile.TemporaryDirectory(prefix="obskit-") as name:
        place = Path(name)
        place.chmod(0o755)
        if closed := closed_to_others(place):
            pytest.skip(f"{closed} is closed to other users")
        yield place


@pytest.fixture
def readable(open_place: Path) -> dict[str, str]:
    """Surroundings in which every user can read the program and the standard library."""
    if closed := closed_to_others(Path(obskit.__file__)):
        pytest.skip(f"{closed} is closed to other users")
    library = Path(os.__file__).parent
    if not closed_to_others(library):
        return {}
    copy = open_place / "lib" / library.name
    left_out = shutil.ignore_patterns("test", "site-packages", "idlelib", "tkinter", "ensurepip", "config-*", "lib2to3")
    shutil.copytree(library, copy, ignore=left_out)
    named = [entry for entry in sys.path if entry and library not in (Path(entry), Path(entry).parent)]
    return {"PYTHONHOME": str(open_place), "PYTHONPATH": os.pathsep.join(named)}


def closed_to_others(path: Path) -> Path | None:
    return next((up for up in (path, *path.absolute().parents) if up.is_dir() and up.stat().st_mode & 1 == 0), None)


@AS_ROOT
def test_as_root_it_becomes_the_owner_of_the_journal(
    open_place: Path, readable: dict[str, str], collector: Collector, ship: Ship
) -> None:
    """Whatever it makes there, that user's processes can write."""
    journal = open_place / "j"
    journal.mkdir(mode=0o700)
    os.chown(journal, SOMEONE, SOMEONE)

    agent = ship(journal, target(collector), **readable).at_work()

    status = Path(f"/proc/{agent.process.pid}/status").read_text().splitlines()
    ids = {row.split()[0]: row.split()[1:] for row in status if row.startswith(("Uid:", "Gid:", "Groups:"))}
    assert set(ids["Uid:"]) == set(ids["Gid:"]) == {str(SOMEONE)}
    assert ids["Groups:"] == []
    assert await_that(lambda: bool(collector.ids()))
    assert {entry.stat().st_uid for entry in journal.rglob("*")} == {SOMEONE}


IN_A_GROUP = """
    import os, sys
    os.setgroups([54321]); os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[3])); os.umask(0o077)
    import obskit
    obskit.init("shop", journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False, integrations=[])
    log = obskit.get_logger("shop")
    log.info("n")
    print(obskit.flush(20), flush=True)
    sys.stdin.readline()
    log.info("n")
    print(obskit.flush(20), obskit.stats().writer, obskit.stats().journal.get("path"), flush=True)
"""


@AS_ROOT
def test_a_journal_of_a_group_is_shared_with_the_agent(
    open_place: Path, readable: dict[str, str], collector: Collector, ship: Ship
) -> None:
    """Two users of one group write, the agent of a third ships, and they take over again."""
    journal = open_place / "j"
    journal.mkdir()
    os.chown(journal, 0, GROUP)
    journal.chmod(0o2770)
    agent = ship(journal, target(collector), user=(60_003, GROUP), **readable).at_work()
    command = [sys.executable, "-c", textwrap.dedent(IN_A_GROUP), str(journal), collector.url]
    processes = [
        subprocess.Popen(
            [*command, str(uid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(**readable),
        )
        for uid in (60_001, 60_002)
    ]
    try:
        assert [_line(process) for process in processes] == ["True", "True"]
        assert agent.stop() == 0, agent.errors
        for process in processes:
            flushed, writer, path = process.communicate("\n", timeout=30)[0].split()
            assert (flushed, path) == ("True", str(journal))
            assert numbers(own(collector.ids(), writer)) == [1, 2]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


# --- a backlog ---


def resident(pid: int, name: str) -> int:
    """Return bytes of memory by their name in the kernel's table."""
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(row.split()[1]) << 10 for row in rows if row.startswith(name))


@pytest.mark.slow
def test_a_backlog_costs_neither_memory_nor_more_a_record(where: Place, ship: Ship, collector: Collector) -> None:
    """300,000 records: at most 64 MB above its start, and the last third costs what the first one did."""
    writer = journals.writer(where, segment_bytes=1 << 24)
    context = {"order": 1, "sku": "sku-17", "amount": 12.5, "currency": "EUR", "ok": True, "customer": "c-9"}
    journals.fill(writer, 300_000, context=context)
    writer.close()
    collector.says = lambda _: (200, {}, b"{}")
    agent = ship(where.path, target(collector)).at_work()
    pid, tick = agent.process.pid, os.sysconf("SC_CLK_TCK")
    start = resident(pid, "VmRSS:")

    def passed() -> int:
        cursors = Cursors(writer.directory)
        found = [cursors.get(key) for key in cursors.keys() if key[1] == "logs"]  # noqa: SIM118 - not a mapping
        return max((cursor.passed for cursor in found if cursor is not None), default=0)

    def spent() -> float:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / tick

    marks = []
    for goal in (1, 100_000, 200_000, 300_000):
        assert await_that(lambda goal=goal: passed() >= goal, 90)  # type: ignore[misc]
        marks.append((passed(), spent()))

    costs = [(late[1] - early[1]) / (late[0] - early[0]) for early, late in itertools.pairwise(marks)]
    assert resident(pid, "VmHWM:") - start <= 64 << 20
    assert costs[-1] <= costs[0] * 1.5, json.dumps(costs)

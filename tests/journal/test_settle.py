"""What is told of the units of work that were in flight when their process died."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from obskit.journal import reader, segment
from obskit.journal import settle as settling
from obskit.journal.cursors import Cursor, Cursors
from obskit.journal.keeper import Keeper
from obskit.journal.memory_group import memory_group
from obskit.journal.settle import SETTLED
from tests.hostile.written import schema
from tests.support import journals
from tests.support.journals import nothing
from tests.support.programs import run, start

PROGRAM = """
    import os, sys, time
    import obskit
    from obskit.integration import unit
    obskit.init("shop", version="1.2", journal=sys.argv[1], console=False, integrations=[])
    with obskit.scope("job-1"):
        unit.begin("POST", attributes={"http.request.method": "POST", "url.path": "/done"}).finish(message="done")
        under_way = unit.begin("GET", correlation_id="req-1", attributes={
            "http.request.method": "GET", "url.path": "/orders/17"})
        obskit.get_logger("shop").info("in the middle")
        %s
"""


def died(journal: Path, how: str) -> Path:
    """Let a process die in the middle of two units; returns its writer's directory."""
    before = set(reader.writers(journal)) if journal.exists() else set()
    process = start(PROGRAM % how, journal)
    process.communicate(timeout=20)
    (directory,) = set(reader.writers(journal)) - before
    return directory


def told(directory: Path) -> list[dict[str, Any]]:
    found = [line.raw for n in segment.numbers(directory) for line in reader.lines(directory / segment.file_name(n))]
    lines = [orjson.loads(raw) for raw in found]
    return [
        line
        for line in lines
        if line.get("message") == "in flight when its process died" or line.get("status", {}).get("code") == "ERROR"
    ]


def keeper(journal: Path) -> Keeper:
    return Keeper(journals.place(journal), max_bytes=1 << 30, max_age=1e6, targets=list, dropped=lambda drop: None)


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), 9)", "os._exit(1)"])
def test_a_killed_process_leaves_an_error_and_a_span_of_each_unit(tmp_path: Path, how: str) -> None:
    """With the unit's ids, its request and start, under the dead process's own service and the next ids."""
    directory = died(tmp_path / "j", how)
    looks_after = keeper(tmp_path / "j")

    looks_after.tend(nothing, set())

    job, request, span = told(directory)
    assert (job["correlation_id"], job["level"], job["context"]["cause"]) == ("job-1", "ERROR", "killed")
    assert "trace_id" not in job
    assert (request["correlation_id"], request["request"]["path"]) == ("req-1", "/orders/17")
    assert request["error"]["type"] == "ProcessDied"
    assert (request["service"], request["version"], request["context"]["unit"]) == ("shop", "1.2", "GET")
    assert (span["name"], span["span_kind"], span["status"]["code"]) == ("GET", "SERVER", "ERROR")
    assert span["attributes"] == {
        "http.request.method": "GET", "url.path": "/orders/17", "error.type": "ProcessDied"
    }  # fmt: skip
    assert (span["trace_id"], span["span_id"]) == (request["trace_id"], request["span_id"])
    assert span["start"] == request["context"]["started"] <= span["timestamp"]
    assert [job["id"], request["id"], span["id"]] == [f"{directory.name}-{end}" for end in ("l3", "l4", "s2")]
    for line in (job, request, span):
        schema().validate(line)
    looks_after.release()


def settle(directory: Path, journal: Path) -> int:
    steps = settling.settle(directory, journals.place(journal))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return int(end.value)


def test_each_is_told_of_once_whoever_looks_and_whenever(tmp_path: Path) -> None:
    """A keeper that is killed between its steps leaves the rest to the next one."""
    directory = died(tmp_path / "j", "os.kill(os.getpid(), 9)")
    assert settle(directory, tmp_path / "j") == 2
    (directory / SETTLED).unlink()

    assert settle(directory, tmp_path / "j") == 0

    assert len(told(directory)) == 3
    assert (directory / SETTLED).exists()


def test_nothing_is_half_told(tmp_path: Path) -> None:
    """Whoever is stopped in the middle has changed nothing; a leftover of his is no obstacle."""
    directory = died(tmp_path / "j", "os.kill(os.getpid(), 9)")
    (directory / ".000002.jsonl").write_bytes(b"half")

    steps = settling.settle(directory, journals.place(tmp_path / "j"))
    for _ in range(3):
        next(steps)
    steps.close()
    assert segment.numbers(directory) == [1]

    assert settle(directory, tmp_path / "j") == 2


def test_a_process_that_forks_all_the_time_gets_through_a_large_writer(tmp_path: Path) -> None:
    """What was read before a round was ended is not read again."""
    directory = died(tmp_path / "j", "[obskit.get_logger('shop').info('x' * 900) for _ in range(2000)]; os._exit(1)")
    looks_after, rounds = keeper(tmp_path / "j"), 0
    while directory not in looks_after.settled and rounds < 200:
        rounds += 1
        left = iter(range(3))

        def pace(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise RuntimeError

        with contextlib.suppress(RuntimeError):
            looks_after.tend(pace, set())
    assert 3 < rounds < 200
    assert len(told(directory)) == 3
    looks_after.release()


def test_a_garbage_line_keeps_nobody_from_being_told_of(tmp_path: Path) -> None:
    """Lines that no version of obskit writes are passed over; nor do they stop the keeper."""
    directory = died(tmp_path / "j", "os.kill(os.getpid(), 9)")
    with (directory / segment.file_name(1)).open("ab") as file:
        file.write(b'{"timestamp":5,"kind":"open","unit":1}\n')
        file.write(b'{"timestamp":"2026-01-01T00:00:00.000000Z","kind":"open","unit":77,"request":3}\n')
    looks_after = keeper(tmp_path / "j")
    looks_after.tend(nothing, set())
    assert directory in looks_after.settled
    assert [line["correlation_id"] for line in told(directory) if "correlation_id" in line] == ["job-1", *["req-1"] * 2]
    looks_after.release()


def test_no_id_is_given_twice_where_the_cap_took_the_first_one(tmp_path: Path) -> None:
    """What a target has acknowledged has had its ids, whether its segment is still there or not."""
    directory = died(tmp_path / "j", "os.kill(os.getpid(), 9)")
    Cursors(directory).put(("otlp+http://shop", "spans"), Cursor(passed=40))
    assert settle(directory, tmp_path / "j") == 2
    (span,) = [line for line in told(directory) if line.get("kind") == "span"]
    assert span["id"] == f"{directory.name}-s41"


def test_an_exit_is_not_forgotten_when_a_unit_ends_behind_it(tmp_path: Path) -> None:
    """The thread of another unit may go on for a moment."""
    directory = died(tmp_path / "j", "sys.exit(3)")
    with (directory / segment.file_name(1)).open("ab") as file:
        file.write(b'{"timestamp":"2026-01-01T00:00:00.000000Z","kind":"close","unit":9}\n')
    settle(directory, tmp_path / "j")
    assert [line["context"]["cause"] for line in told(directory) if "context" in line][:1] == ["exit"]


def test_what_a_process_left_behind_at_its_exit_is_told_of_as_that(tmp_path: Path) -> None:
    """A request that another thread was at when the interpreter ended."""
    directory = died(tmp_path / "j", "sys.exit(3)")
    settle(directory, tmp_path / "j")
    assert [line["context"]["cause"] for line in told(directory) if "context" in line] == ["exit"]


def test_a_replaced_writers_units_go_on(tmp_path: Path) -> None:
    """`init` again in the middle of a unit is no death."""
    directory = died(tmp_path / "j", "obskit.shutdown(); os._exit(0)")
    assert settle(directory, tmp_path / "j") == 0
    assert told(directory) == []


def test_they_arrive_where_the_process_would_have_sent_them(tmp_path: Path) -> None:
    """The next process of the service delivers them."""
    from tests.support.collector import Collector

    died(tmp_path / "j", "os.kill(os.getpid(), 9)")
    collector = Collector()
    program = """
        import sys, time, obskit
        obskit.init("shop", journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False, integrations=[])
        obskit.get_logger("shop").info("later")
        time.sleep(float(sys.argv[3]))
    """
    try:
        run(program, tmp_path / "j", collector.url, 4)
        assert len(collector.ids("spans")) == 2
        assert len(collector.ids()) == len(set(collector.ids())) == 5
    finally:
        collector.stop()


def test_merging_keeps_what_was_told(tmp_path: Path) -> None:
    """Many small dead writers become one; nothing is told twice."""
    place = journals.place(tmp_path / "j")
    directory = died(tmp_path / "j", "os._exit(1)")
    copies = [directory.with_name(f"{number:032x}") for number in range(16)]
    for copy in copies:
        shutil.copytree(directory, copy)
    looks_after = keeper(tmp_path / "j")
    for _ in range(3):
        looks_after.tend(nothing, set())
    lines = [orjson.loads(line.raw) for path in reader.segment_files(place.path) for line in reader.lines(path)]
    assert sum(line.get("message") == "in flight when its process died" for line in lines) == 2 * 17
    looks_after.release()


OOM = """
    import os, sys
    group = sys.argv[2]
    with open(f"{group}/cgroup.procs", "w") as file:
        file.write(str(os.getpid()))
    import obskit
    obskit.init("shop", journal=sys.argv[1], console=False, integrations=[])
    with obskit.scope("job-1"):
        obskit.get_logger("shop").info("about to take it all")
        with open(f"{group}/memory.limit_in_bytes", "w") as file:
            file.write(str(200 << 20))
        taken = []
        while True:
            taken.append(bytearray(os.urandom(1 << 20)))
"""
SETTLING = """
    import os, sys
    from pathlib import Path
    from obskit.journal import reader
    from tests.journal.test_settle import settle
    with open(f"{sys.argv[2]}/cgroup.procs", "w") as file:
        file.write(str(os.getpid()))
    (directory,) = reader.writers(Path(sys.argv[1]))
    settle(directory, Path(sys.argv[1]))
    print(directory)
"""


def test_the_kernels_own_kill_for_lack_of_memory_is_named(tmp_path: Path) -> None:
    """A real one, in a control group of its own; seen by whoever is in the same group, as in a container."""
    group = Path(f"/sys/fs/cgroup/memory/obskit-test-{os.getpid()}")
    try:
        group.mkdir()
    except OSError as trouble:
        pytest.skip(f"no control group can be made here: {trouble}")
    try:
        process = start(OOM, tmp_path / "j", group)
        process.communicate(timeout=40)
        assert process.returncode == -9
        (group / "memory.limit_in_bytes").write_text(str(1 << 40))
        directory = Path(run(SETTLING, tmp_path / "j", group).strip())
    finally:
        (group / "memory.force_empty").write_text("0")
        group.rmdir()
    (line,) = told(directory)
    assert line["context"]["cause"] == "out_of_memory"
    assert "lack of memory" in line["error"]["message"]


@pytest.mark.parametrize(
    ("row", "file"),
    [("0::/app", "app/memory.events"), ("4:memory:/app", "memory/app/memory.oom_control"), ("0::/x", "memory.events")],
)
def test_the_group_is_found_in_either_version_of_control_groups(tmp_path: Path, row: str, file: str) -> None:
    """By its own path, or where only its own group is mounted, as in a container."""
    (tmp_path / "groups").write_text(f"9:cpu:/\n{row}\n")
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("low 0\noom 3\noom_kill 2\n")
    found = memory_group(tmp_path / "groups", tmp_path)
    assert found == {"id": (tmp_path / file).parent.stat().st_ino, "kills": 2}


def test_where_the_kernel_tells_of_no_group_there_is_none(tmp_path: Path) -> None:
    """As on macOS."""
    assert memory_group(tmp_path / "groups", tmp_path) is None

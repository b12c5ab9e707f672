from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import time
import traceback

import pytest

from benchmarks import bursts, compare, import_cost, log_records, many_threads, scrubbers, side_by_side
from benchmarks.bursts import cpu_of_bursts, expect, written
from benchmarks.exception_records import Program, handled
from benchmarks.line_file import LineFile
from benchmarks.redaction_records import FRAMES
from benchmarks.run import BENCHMARKS
from benchmarks.timing import Plan, cpu_in_turns, cpu_per_item, in_turn


def busy(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_cpu_per_item_measures_what_a_call_takes():
    """A call that works for a tenth of a millisecond is measured as about that."""
    assert 90 < cpu_per_item(lambda _: busy(1e-4), in_turn([1, 2]), quick=True) < 300


def test_blocks_are_of_equal_length():
    """A slow call is made less often in a block than a quick one."""
    plan = Plan(quick=True)
    assert plan.calls(lambda _: busy(2e-4), in_turn([None])) <= 60 < plan.calls(lambda _: None, in_turn([None]))


def test_each_call_gets_the_next_thing():
    """What calls get takes turns, block after block."""
    batch = in_turn("abc")
    assert [*batch(4), *batch(3)] == ["a", "b", "c", "a", "b", "c", "a"]


def test_ways_take_turns_in_a_process():
    """Each round has a figure for every call, and tells the slow one."""
    calls = {"slow": lambda _: busy(8e-5), "quick": lambda _: busy(2e-5)}
    rounds = list(cpu_in_turns(calls, in_turn([None]), quick=True))
    assert len(rounds) == Plan(quick=True).blocks
    assert statistics.median(one["slow"] / one["quick"] for one in rounds) > 2


def way(seconds: float) -> side_by_side.Way:
    return lambda: contextlib.nullcontext(lambda _: busy(seconds))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_processes_side_by_side_take_turns():
    """Each round has a figure of every process, and tells the slow one."""
    rounds = list(side_by_side.rounds({"slow": way(8e-5), "quick": way(2e-5)}, in_turn([None]), quick=True))
    assert statistics.median(one["slow"] / one["quick"] for one in rounds) > 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_process_that_fails_ends_the_measurement(capfd):
    """Where one of the processes fails, all end, and the measurement with them."""

    def fails(_: object) -> None:
        raise ValueError("no such call")

    ways = {"good": way(1e-4), "bad": lambda: contextlib.nullcontext(fails)}
    with pytest.raises(SystemExit, match="has failed"):
        list(side_by_side.rounds(ways, in_turn([None]), quick=True))
    assert "no such call" in capfd.readouterr().err


def test_line_file_counts_and_empties():
    """Lines are counted against the calls, and the file is empty again."""
    with LineFile() as file:
        file.path.write_bytes(b"{}\n" * 4)
        file.count(4)
        assert file.path.read_bytes() == b""
        assert file.size == 3
        file.path.write_bytes(b"{}\n" * 3)
        with pytest.raises(SystemExit, match="only 3 lines were written by 4 calls"):
            file.count(4)


def test_what_was_not_done_is_no_measurement():
    """Fewer spans or lines than were made are refused."""
    expect("spans", 10, 10)
    with pytest.raises(SystemExit, match="9 of 10 spans were found"):
        expect("spans", 9, 10)


def test_marks_are_counted_in_files_below_a_journal(tmp_path):
    """What stands in a journal's segments is counted, and in a single file as well."""
    (tmp_path / "writer").mkdir()
    (tmp_path / "writer" / "1.jsonl").write_bytes(b'{"kind":"span"}\n{"kind":"span"}\n')
    (tmp_path / "writer" / "2.jsonl").write_bytes(b'{"kind":"span"}\n')
    assert written(tmp_path, b'"kind":"span"') == 3
    assert written(tmp_path / "writer" / "2.jsonl", b'"kind":"span"') == 1


def test_bursts_are_flushed_and_counted():
    """Each burst is followed by a flush, and as many pieces of work are done as it says."""
    work, flushes = [], []
    cpu_of_bursts(work.append, lambda: flushes.append(True), quick=True, burst=7)
    assert sum(work) == bursts.done(quick=True, burst=7)
    assert len(flushes) == len(work) == bursts.bursts(quick=True)


def depth(value: object) -> int:
    return 1 + max(map(depth, value.values())) if isinstance(value, dict) else 0


@pytest.mark.parametrize(
    ("shape", "count", "deep"), [("one", 1, 2), ("six", 6, 2), ("thirty", 30, 2), ("nested", 1, 6)]
)
def test_shapes_are_what_they_are_called(shape, count, deep):
    """One, six and thirty fields; five levels below the fields; none repeats another's texts."""
    events = log_records.SHAPES[shape]()
    assert {len(event.fields) for event in events} == {count}
    assert max(depth(event.fields) for event in events) == deep
    assert len({repr(event) for event in events}) > 500


def test_exceptions_have_twenty_frames_with_their_sources(tmp_path):
    """Where it is handled, an exception has twenty frames whose lines can be read; no two came the same way."""
    program, traces = Program(tmp_path), []
    for failure in program.failures(20):
        handled(lambda event: traces.append(sys.exc_info()[1]))(failure)
    ways = {tuple(frame.name for frame in traceback.extract_tb(error.__traceback__)) for error in traces}
    assert {len(way) for way in ways} == {FRAMES}
    assert len(ways) == 20
    assert all(frame.line for error in traces for frame in traceback.extract_tb(error.__traceback__))


def test_an_exception_handled_again_has_no_more_frames(tmp_path):
    """Handling the same failure twice leaves its trace as long as it was."""
    failure, lengths = Program(tmp_path).failures(1)[0], []
    call = handled(lambda event: lengths.append(len(traceback.extract_tb(failure.error.__traceback__))))
    call(failure)
    call(failure)
    assert lengths == [FRAMES, FRAMES]


def test_both_scrubbers_find_the_same():
    """Behind one look of RE2 the same goes as with `re` alone."""
    given = {
        "note": ["write to ann.moreau@example.com today", "call +49 30 1234567"],
        "password": "x", "url": "https://user:hunter2@shop.example/", "plain": "order accepted", "count": 3,
        "head": "Bearer abc.def-123", "deep": {"ip": "192.0.2.7", "pair": "api_key=abc123"},
    }  # fmt: skip
    found = scrubbers.linear()(given)
    assert found == scrubbers.standard()(given)
    assert found["plain"] == "order accepted"
    assert "hunter2" not in repr(found)
    assert "example.com" not in repr(found)


def lines(*places: str) -> bytes:
    return b"".join(json.dumps({"context": {"place": place}}).encode() + b"\n" for place in places)


def test_threads_lines_are_all_there():
    """Eight threads' lines pass when each place is there once."""
    many_threads._check(lines("0-0", "0-1", "1-0"), 3)


@pytest.mark.parametrize("written", [lines("0-0", "0-1"), lines("0-0", "0-1", "0-1"), lines("0-0", "0-1")[:-9] * 2])
def test_threads_lines_that_are_torn_or_missing_are_found(written):
    """A line that is missing, doubled or torn ends the measurement."""
    with pytest.raises((SystemExit, ValueError)):
        many_threads._check(written, 3)


def test_contenders_run_in_turns_in_processes_of_their_own():
    """One quick import contender is measured for real: its figures are positive."""
    found = compare.run(import_cost.BENCHMARK, quick=True, only=["opentelemetry-api"])
    assert found["opentelemetry-api"]["cpu"]["median"] > 0
    assert len(found["opentelemetry-api"]["cpu"]["values"]) == import_cost.BENCHMARK.quick_rounds


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("name", "contender"),
    [
        (benchmark.name, contender)
        for benchmark in BENCHMARKS
        for contender in benchmark.contenders
        if contender not in benchmark.accelerated and contender not in compare.missing(benchmark)
        if not benchmark.name.startswith("redaction_")
    ],
)
def test_every_contender_measures(name, contender):
    """Each contender, run for a first impression, has a positive figure for the first column."""
    command = [sys.executable, "-m", f"benchmarks.{name}", "--contender", contender, "--quick"]
    done = subprocess.run(command, cwd=compare.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    first = next(one for one in BENCHMARKS if one.name == name).metrics[0].key
    assert figures[first] > 0

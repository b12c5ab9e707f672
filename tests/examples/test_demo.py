"""The demo, run for real with few checkouts: what it promises, and that it can fail."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from examples.demo import totals
from examples.demo.order import orders
from examples.demo.report import typed
from examples.demo.run import Answer, Run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
COUNT = 9


def start(folder: Path) -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("OBSKIT_", "OTEL_"))}
    command = [sys.executable, "-m", "examples.demo", "--folder", str(folder), "--checkouts", str(COUNT)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_of(folder: Path) -> list[int]:
    """Returns the processes that were started for the demo of a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("the demo")
    process = start(folder)
    try:
        out, err = process.communicate(timeout=55)
    finally:
        process.kill()
    assert process.returncode == 0, out[-5000:] + err[-5000:]
    return folder, out


@pytest.fixture
def run(demo: tuple[Path, str], tmp_path: Path) -> Run:
    """A copy of the finished run, to do damage to."""
    shutil.copytree(demo[0], tmp_path / "copy")
    return Run(tmp_path / "copy", [Answer(order, order.status, "", "") for order in orders(COUNT)])


def test_the_demo_prints_totals_that_hold(demo: tuple[Path, str]) -> None:
    """All requests answered, nothing lost, no secret found, and more records than requests."""
    found = re.findall(r"(?m)^  (\w[\w ]*?)  +(\d+)", demo[1].split("Totals")[1].split("Go on")[0])
    numbers = {name: int(number) for name, number in found}
    assert numbers["requests"] == COUNT
    assert numbers["records emitted"] == numbers["records in the store"] > 5 * COUNT
    assert (numbers["lost"], numbers["doubled"], numbers["secrets found"]) == (0, 0, 0)


def test_the_demo_leaves_no_process_behind(demo: tuple[Path, str]) -> None:
    """Once the demo has ended, none of its services runs."""
    assert processes_of(demo[0]) == []


def test_the_demo_follows_a_failing_checkout_through_all_services(demo: tuple[Path, str]) -> None:
    """The log lines that it shows, readable in a pipe too, come from gateway, inventory and worker, in order."""
    shown = demo[1].split("Its trace:")[0].split("One failing checkout")[1]
    rows = re.findall(r"(?m)^(\d\d:\d\d:\d\d\.\d{3}) [A-Z]+ +(\w+) ", shown)
    assert {service for _, service in rows} == {"gateway", "inventory", "worker"}
    assert [at for at, _ in rows] == sorted(at for at, _ in rows)
    assert "worker.CardDeclined" in shown


def test_the_demo_shows_text_in_a_pipe(demo: tuple[Path, str]) -> None:
    """What it shows of the commands is for people: the waterfall with its bars, the groups of errors, no JSON."""
    trace, errors = demo[1].split("Its trace:")[1].split("What goes wrong, and how often:")
    assert "█" in trace
    assert re.search(r"(?m)^ +\d+× worker\.CardDeclined", errors)
    assert not [line for line in demo[1].splitlines() if line.startswith(("{", "["))]


def test_the_commands_to_go_on_with_work_as_typed(demo: tuple[Path, str]) -> None:
    """Each command that the demo names ends well in the project's folder and says something."""
    commands = [line.strip() for line in demo[1].split("Go on with:")[1].splitlines() if "bin/obskit " in line]
    assert len(commands) == 5
    for command in commands:
        done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout.strip(), command


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    """A signal in the middle of the traffic ends the demo with 130 and every service with it."""
    process = start(tmp_path)
    try:
        spans = tmp_path / "witness" / "spans.jsonl"
        end = time.monotonic() + 30
        while not (spans.exists() and spans.stat().st_size):
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.02)
        assert len(processes_of(tmp_path)) >= 4
        process.send_signal(number)
        _, err = process.communicate(timeout=40)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, err
    assert processes_of(tmp_path) == []


def test_a_killed_demo_takes_its_services_with_it(tmp_path: Path) -> None:
    """Even SIGKILL of the demo leaves no service running for long."""
    process = start(tmp_path)
    try:
        end = time.monotonic() + 30
        while len(processes_of(tmp_path)) < 5:
            assert time.monotonic() < end
            time.sleep(0.02)
        process.kill()
        process.communicate()
        while processes_of(tmp_path):
            assert time.monotonic() < end + 20
            time.sleep(0.05)
    finally:
        for pid in processes_of(tmp_path):
            os.kill(pid, signal.SIGKILL)


def test_a_copied_run_holds(run: Run) -> None:
    """The totals of an untouched run hold when counted again."""
    counted = totals.count(run)
    assert counted.hold
    assert counted.found == counted.emitted


def segments(run: Run) -> list[Path]:
    return sorted(run.journal.rglob("*.jsonl"))


def test_a_missing_log_line_is_counted_as_lost(run: Run) -> None:
    """A line cut out of the journal is one lost record, named by its id."""
    path = next(path for path in segments(run) if b'"kind":"span"' not in path.read_bytes().splitlines()[1])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines[2:]]))
    counted = totals.count(run)
    assert counted.lost == [json.loads(lines[1])["id"]]
    assert not counted.hold


def test_a_missing_segment_is_counted_as_lost(run: Run) -> None:
    """The records of a segment that is gone are lost, spans and logs."""
    path = max(segments(run), key=lambda path: path.stat().st_size)
    gone = [line for line in map(json.loads, path.read_bytes().splitlines()) if "id" in line]
    path.unlink()
    assert len(totals.count(run).lost) == len(gone)


def test_a_doubled_line_is_counted(run: Run) -> None:
    """A line that stands twice is one doubled record, and the totals don't hold."""
    path = segments(run)[0]
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, [line for line in lines if b'"id":"' in line][-1]]))
    counted = totals.count(run)
    assert len(counted.doubled) == 1
    assert not counted.hold


@pytest.mark.parametrize("place", ["journal/note", "out/worker.stderr", "witness/spans.jsonl"])
def test_a_secret_in_any_file_is_found(run: Run, place: str) -> None:
    """A card number in a file of the run is found and named with its place."""
    card = run.answers[3].order.card
    with (run.folder / place).open("a") as file:
        file.write(f'\n"charged {card}"\n')
    counted = totals.count(run)
    assert counted.secrets == [f"{card} in {place}"]
    assert not counted.hold


def test_a_secret_in_what_a_command_printed_is_found(run: Run) -> None:
    """The output of obskit's own commands is searched too."""
    email = run.answers[0].order.email
    assert totals.count(run, f"x {email} y").secrets == [f"{email} in the commands' output"]


def test_an_answer_otherwise_than_planned_fails_the_totals(run: Run) -> None:
    """A checkout that got another status than it must get fails the demo."""
    run.answers[0] = Answer(run.answers[0].order, 500, "", "")
    counted = totals.count(run)
    assert counted.unexpected == 1
    assert not counted.hold


def test_trouble_inside_obskit_fails_the_totals(run: Run) -> None:
    """A process whose own stats name an internal error or a drop fails the demo, though no record is missing."""
    path = next((run.folder / "witness").glob("stats-*.json"))
    path.write_text(json.dumps(json.loads(path.read_text()) | {"internal_errors": 1}))
    counted = totals.count(run)
    assert len(counted.trouble) == 1
    assert not counted.hold


def test_the_folder_of_a_running_demo_is_refused(demo: tuple[Path, str]) -> None:
    """A second demo in the same folder ends at once with what to do instead."""
    with (demo[0] / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = start(demo[0])
        _, err = second.communicate(timeout=20)
    assert second.returncode == 1
    assert "--folder" in err


def test_command_lines_are_quoted_for_the_shell() -> None:
    """A path with a space is one word to a shell."""
    assert shlex.split(typed("logs", "a b"))[1:] == ["logs", "a b"]

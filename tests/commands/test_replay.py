"""`obskit replay`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from obskit.journal import merge
from obskit.journal.cursors import Cursor, Cursors
from obskit.journal.lock import claim_directory
from obskit.journal.merge import Standing
from tests.support import programs
from tests.support.agents import free_address
from tests.support.collector import Batch, Collector, take
from tests.support.journals import dead, fill, found, line, nothing, place, writer

Run = Callable[..., Any]
_ALL = ("--since", "2000-01-01")

_SERVICE = """
import sys, obskit
obskit.init(sys.argv[2], journal=sys.argv[1], console=False, integrations=[])
log = obskit.get_logger("app")
for n in range(int(sys.argv[3])):
    with obskit.span("step"):
        log.info("done", n=n)
if len(sys.argv) > 4:
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A target that takes everything."""
    made = Collector()
    yield made
    made.stop()


def start(*arguments: object, home: Path) -> subprocess.Popen[str]:
    """Start the command as a process of its own."""
    command = [sys.executable, "-m", "obskit", "replay", *map(str, arguments)]
    environ = programs.environment(XDG_STATE_HOME=str(home))
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str], seconds: float = 40) -> tuple[int, str, str]:
    """Wait for its end; returns status, output and what it said beside that."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"still running after {seconds} s\n{out}\n{err}") from None
    return process.returncode, out, err


def test_real_programs_under_the_same_ids(run: Run, collector: Collector, tmp_path: Path) -> None:
    """Logs and spans of processes, killed ones among them, arrive once each, under their own process's resource."""
    journal = tmp_path / "journal"
    for name, count in (("shop", 700), ("stock", 20)):
        programs.run(_SERVICE, journal, name, count)
    killed = programs.start(_SERVICE, journal, "shop", 30, "killed")
    killed.communicate(timeout=30)
    assert killed.returncode == -signal.SIGKILL
    ran = run("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", journal, "--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    assert (told["ok"], told["outcome"], told["refused"]) == (True, "done", 0)
    ids = [one for one in found(journal) if one.rpartition("-")[2][0] == "l"]
    assert sorted(collector.ids()) == sorted(ids)
    assert len(collector.ids("spans")) == len(set(collector.ids("spans"))) == 750
    assert told["sent"] == len(ids) + 750
    for batch in collector.batches:
        if batch.signal == "logs":
            assert {one.rpartition("-")[0] for one in batch.ids} == {batch.resource["service.instance.id"]}


def test_the_range_and_the_service(run: Run, collector: Collector, tmp_path: Path) -> None:
    """Only what lies between the times, first and last included, and is of the service."""
    where = place(tmp_path / "journal")
    made = writer(where)
    for n in range(1, 10):
        fill(made, 1, first=n, timestamp=f"2026-02-01T10:0{n}:00.000000Z")
    made.close()
    other = writer(where, service="other")
    fill(other, 5, timestamp="2026-02-01T10:05:00.000000Z")
    other.close()
    ran = run(
        "replay", "--since", "2026-02-01T10:03:00Z", "--until", "2026-02-01T10:06:00Z", "--service", "shop",
        "--to", f"otlp+{collector.url}", "--journal", where.path,
    )  # fmt: skip
    assert ran.status == 0
    assert collector.ids() == [f"{made.id}-l{n}" for n in (3, 4, 5, 6)]


def test_the_shippers_cursors_are_left_alone(run: Run, collector: Collector, tmp_path: Path) -> None:
    """Whatever a target has already, it is sent again; the files of the journal stay as they are."""
    directory, ids = dead(place(tmp_path / "journal"), 20)
    url = f"otlp+{collector.url}"
    assert run("replay", *_ALL, "--to", url, "--journal", tmp_path / "journal", "--json").status == 0
    name = json.loads(run("replay", *_ALL, "--to", url, "--journal", tmp_path / "journal", "--json").out)["target"]
    Cursors(directory).put((name, "logs"), Cursor(1, (directory / "000001.jsonl").stat().st_size, 20))
    before = {path: path.read_bytes() for path in sorted((tmp_path / "journal").rglob("*")) if path.is_file()}
    assert run("replay", *_ALL, "--to", url, "--journal", tmp_path / "journal", "--again").status == 0
    assert collector.ids() == [*ids, *ids]
    assert {path: path.read_bytes() for path in sorted((tmp_path / "journal").rglob("*")) if path.is_file()} == before


def test_interrupted_and_resumed(tmp_path: Path) -> None:
    """SIGINT in the middle: it says how far it came and what to type; that sends the rest, and nothing twice."""
    journal = place(tmp_path / "journal")
    ids = [one for n in range(6) for one in dead(journal, 800, service=f"s{n}")[1]]

    def slowly(batch: Batch) -> tuple[int, dict[str, str], bytes]:
        time.sleep(0.15)
        return take(batch)

    collector = Collector(slowly)
    try:
        arguments = (*_ALL, "--to", f"otlp+{collector.url}", "--journal", journal.path)
        process = start(*arguments, "--text", home=tmp_path / "state")
        while len(collector.ids()) < 1000:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        status, out, err = ended(process)
        assert status == 130, err
        first = len(collector.ids())
        assert 1000 <= first < len(ids)
        assert re.search(rf"stopped: {first:,} records sent to otlp\+http://\S+, \d+ % of the journal read", out)
        [typed] = re.findall(r"to go on, type  (.*)", out)
        assert typed == f"obskit replay --since 2000-01-01 --to otlp+{collector.url} --journal {journal.path}"
        collector.says = take
        status, out, err = ended(start(*typed.split()[2:], "--json", home=tmp_path / "state"))
        assert status == 0, err
        told = json.loads(out)
        assert (told["sent"], told["sent_before"]) == (len(ids) - first, first)
        assert Counter(collector.ids()) == Counter(ids)
    finally:
        collector.stop()


def test_killed_and_resumed(tmp_path: Path) -> None:
    """What was acknowledged a second before a SIGKILL is not sent again; nothing is left out."""
    journal = place(tmp_path / "journal")
    ids = [one for n in range(8) for one in dead(journal, 600, service=f"s{n}")[1]]

    def slowly(batch: Batch) -> tuple[int, dict[str, str], bytes]:
        time.sleep(0.4)
        return take(batch)

    collector = Collector(slowly)
    try:
        arguments = (*_ALL, "--to", f"otlp+{collector.url}", "--journal", journal.path, "--json")
        process = start(*arguments, home=tmp_path / "state")
        while len(collector.ids()) < 3000:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
        process.communicate()
        collector.says = take
        status, _, err = ended(start(*arguments, home=tmp_path / "state"))
        assert status == 0, err
        assert set(collector.ids()) == set(ids)
        assert len(collector.ids()) < len(ids) + 2500
    finally:
        collector.stop()


def test_what_was_sent_is_left_out_unless_again(run: Run, collector: Collector, tmp_path: Path) -> None:
    """The same command twice sends what has come since; `--again` sends all."""
    made = writer(place(tmp_path / "journal"))
    first = fill(made, 10)
    arguments = ("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", tmp_path / "journal", "--text")
    assert run(*arguments).status == 0
    more = fill(made, 5, first=11)
    ran = run(*arguments)
    assert "10 records of this range were sent by an earlier run and are left out; --again" in ran.err
    assert re.fullmatch(r"5 records sent to otlp\+http://\S+, 10 before\n", ran.out)
    assert collector.ids() == [*first, *more]
    assert run(*arguments, "--again").status == 0
    assert collector.ids() == [*first, *more, *first, *more]
    made.close()


def test_refused_for_good(run: Run, tmp_path: Path) -> None:
    """A record that the target will never take is set aside and named; the others arrive, and the status is 1."""
    directory, ids = dead(place(tmp_path / "journal"), 30)
    poison = f"{directory.name}-l17"
    collector = Collector(lambda batch: (400, {}, b"no") if poison in batch.ids else take(batch))
    try:
        ran = run("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", tmp_path / "journal", "--text")
        assert ran.status == 1
        assert ran.out.startswith(f"refused  {poison}  {collector.url}/v1/logs: 400")
        assert "29 records sent to" in ran.out
        assert "1 refused for good" in ran.out
        assert sorted(collector.ids()) == sorted(set(ids) - {poison})
        again = json.loads(
            run("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", tmp_path / "journal", "--json").out
        )
        assert (again["ok"], again["sent"], again["refused"]) == (False, 0, 1)
    finally:
        collector.stop()


def test_a_target_that_fails_for_a_while(run: Run, tmp_path: Path) -> None:
    """It is tried again until it takes what it is sent."""
    _, ids = dead(place(tmp_path / "journal"), 40)
    left = [503, 503]
    collector = Collector(lambda batch: (left.pop(), {}, b"") if left else take(batch))
    try:
        assert run("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", tmp_path / "journal").status == 0
        assert collector.ids() == ids
    finally:
        collector.stop()


def test_given_up(run: Run, tmp_path: Path) -> None:
    """Where nothing goes on for so long it ends, with what is wrong and what to do; the next run can go on."""
    _, ids = dead(place(tmp_path / "journal"), 40)
    address = free_address()
    begun = time.monotonic()
    ran = run(
        "replay", *_ALL, "--to", f"otlp+http://{address}", "--journal", tmp_path / "journal", "--patience", "1.5",
        "--text",
    )  # fmt: skip
    assert ran.status == 1
    assert 1.4 < time.monotonic() - begun < 15
    assert "given up after 1.5 s without progress: 0 records sent" in ran.out
    assert "the target is failing: " in ran.out
    assert "see that it runs and takes records" in ran.out
    assert f"to go on, type  obskit replay --since 2000-01-01 --to otlp+http://{address}" in ran.out
    assert len(ids) == 40


def test_a_target_for_spans_only(run: Run, tmp_path: Path) -> None:
    """Logs that it does not take are no fault; it is said."""
    dead(place(tmp_path / "journal"), 5, spans=5)
    collector = Collector(lambda batch: (404, {}, b"") if batch.signal == "logs" else take(batch))
    try:
        ran = run("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", tmp_path / "journal", "--text")
        assert ran.status == 0
        assert f"the target takes no logs: {collector.url}/v1/logs: 404" in ran.out
        assert len(collector.ids("spans")) == 5
    finally:
        collector.stop()


def test_a_journal_that_may_only_be_read(run: Run, collector: Collector, tmp_path: Path) -> None:
    """Nothing is written into it; how far the replay is lies in the user's own state directory."""
    _, ids = dead(place(tmp_path / "journal"), 5)
    before = sorted((tmp_path / "journal").rglob("*"))
    assert run("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", tmp_path / "journal").status == 0
    assert sorted((tmp_path / "journal").rglob("*")) == before
    [state] = (tmp_path / "state" / "obskit-replay").iterdir()
    assert state.stat().st_mode & 0o777 == 0o600
    assert collector.ids() == ids


def test_without_a_place_for_its_state(
    run: Run, collector: Collector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent all the same, and said that a second run begins anew."""
    _, ids = dead(place(tmp_path / "journal"), 5)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    ran = run("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", tmp_path / "journal")
    assert ran.status == 0
    assert ran.err.count("a second run begins anew") == 1
    assert collector.ids() == ids


def test_an_age_means_the_same_when_it_goes_on(tmp_path: Path) -> None:
    """`--since 1h` of a run that was stopped is the hour before that run, not before the next."""
    journal = place(tmp_path / "journal")
    made = writer(journal)
    now = time.time()
    for n in range(1, 6):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(now - 3))
        fill(made, 1, first=n, timestamp=stamp)
    made.close()
    collector = Collector(lambda _: (503, {}, b""))
    try:
        arguments = ("--since", "5s", "--to", f"otlp+{collector.url}", "--journal", journal.path, "--json")
        status, out, _ = ended(start(*arguments, "--patience", "1", home=tmp_path / "state"))
        assert (status, json.loads(out)["outcome"]) == (1, "stalled")
        time.sleep(3)
        collector.says = take
        status, out, err = ended(start(*arguments, home=tmp_path / "state"))
        assert status == 0, err
        assert "going on with the range of the run that was stopped" in err
        assert len(collector.ids()) == 5
    finally:
        collector.stop()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--to", "otlp+http://127.0.0.1:1"), "--since"),
        ((*_ALL,), "--to"),
        ((*_ALL, "--to", "http://127.0.0.1:1"), "not the URL of a target"),
        (("--since", "yesterday", "--to", "otlp+http://127.0.0.1:1"), "is not a time"),
        (("--since", "1h", "--until", "2h", "--to", "otlp+http://127.0.0.1:1"), "is later than"),
        ((*_ALL, "--to", "otlp+http://127.0.0.1:1", "--service", "nobody"), "there is: shop"),
        ((*_ALL, "--to", "otlp+http://127.0.0.1:1", "--patience", "0"), "number of seconds"),
    ],
)
def test_a_wrong_question(run: Run, tmp_path: Path, arguments: tuple[str, ...], text: str) -> None:
    """Status 2 and a line that says what is wrong."""
    dead(place(tmp_path / "journal"), 1)
    ran = run("replay", *arguments, "--journal", tmp_path / "journal")
    assert ran.status == 2
    assert ran.out == ""
    assert text in ran.err


def test_a_password_is_not_shown(run: Run, tmp_path: Path) -> None:
    """What to type to go on does not hold it."""
    dead(place(tmp_path / "journal"), 1)
    target = f"otlp+http://user:GeneratedPassword1@{free_address()}"
    ran = run("replay", *_ALL, "--to", target, "--journal", tmp_path / "journal", "--patience", "0.3", "--text")
    assert ran.status == 1
    assert "GeneratedPassword1" not in ran.out + ran.err
    assert "to go on, type  the same command again" in ran.out


def test_a_bar_on_a_terminal_and_lines_elsewhere(
    on_terminal: Run, run: Run, collector: Collector, tmp_path: Path
) -> None:
    """The answer itself is the same."""
    dead(place(tmp_path / "journal"), 5)
    arguments = ("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", tmp_path / "journal")
    shown = on_terminal(*arguments, environ={"XDG_STATE_HOME": str(tmp_path / "state")})
    assert shown.status == 0, shown.err
    assert "5 records sent to" in re.sub(r"\x1b\[[0-9;]*m", "", shown.out)
    assert os.path.exists(tmp_path / "state" / "obskit-replay")
    assert json.loads(run(*arguments).out)["sent_before"] == 5


def test_directories_that_are_merged_meanwhile(run: Run, tmp_path: Path) -> None:
    """What lies elsewhere by the time it is reached is found there; nothing is left out and nothing sent twice."""
    where = place(tmp_path / "journal")
    made = [dead(where, 600) for _ in range(4)]
    ids = [one for _, some in made for one in some]
    merged: list[Path] = []

    def merging(batch: Batch) -> tuple[int, dict[str, str], bytes]:
        if not merged:
            directories = [directory for directory, _ in made]
            locks = [claim_directory(directory) for directory in directories]
            found = merge.merge(where.path / "shop", directories, Standing(frozenset(), frozenset()), where, nothing)
            assert found is not None
            merged.append(found.directory)
            for fd in (*locks, found.fd):
                assert fd is not None
                os.close(fd)
        return take(batch)

    collector = Collector(merging)
    try:
        ran = run("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", where.path, "--json")
        assert ran.status == 0, ran.err
        assert merged
        assert Counter(collector.ids()) == Counter(ids)
    finally:
        collector.stop()


def test_broken_lines_and_newer_segments(run: Run, collector: Collector, tmp_path: Path) -> None:
    """What can be saved of a broken line is sent; a newer format is left alone and said."""
    made = writer(place(tmp_path / "journal"))
    ids = fill(made, 3)
    os.write(made._fd, b'{"timestamp":"2026-01-31T23:59' + line(f"{made.id}-l4") + b"no json\n" + line("x")[:20])
    made.close()
    newer = made.segment_path(1).read_bytes().replace(b'"format":1', b'"format":2').replace(b"-l", b"-l9")
    made.segment_path(2).write_bytes(newer)
    ran = run("replay", *_ALL, "--to", f"otlp+{collector.url}", "--journal", tmp_path / "journal")
    assert ran.status == 0
    assert collector.ids() == [*ids, f"{made.id}-l4"]
    assert "1 segment(s) are of a newer format" in ran.err
    assert "1 broken line(s)" in ran.err

"""`obskit level`."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest

from obskit.commands import level_sign
from obskit.decide.level_file import Entry, parse
from obskit.decide.level_header import judge
from obskit.journal import reader
from obskit.journal.levels import LevelFile, identity
from obskit.journal.place import prepare
from obskit.query.failure import QueryError
from tests.support import programs

Run = Callable[..., Any]


@pytest.fixture
def shop(journals: ModuleType, root: Path) -> Path:
    """A journal that two services have written to, of which none runs."""
    root.chmod(0o700)
    for number, service in enumerate(("shop", "cart")):
        journals.Writer(root, service, number + 1).log(0.0, "hello")
    return root


def entries(root: Path) -> list[Entry]:
    path = root / "levels.json"
    return list(parse(path.read_bytes())) if path.exists() else []


# --- what is set, and what is in force ---


def test_a_time_that_no_calendar_has_is_refused(run: Run, shop: Path) -> None:
    """In one line that says what to type, and what such a file says already is shown all the same."""
    ran = run("level", "debug", "--for", "4000000d", "--journal", shop)
    assert (ran.status, entries(shop)) == (2, [])
    assert "--for 4000000d ends behind the year 9999; leave --for out" in ran.err
    entry = {"level": "DEBUG", "until": "9999-12-31T23:59:59-10:00"}
    (shop / "levels.json").write_bytes(orjson.dumps({"format": 1, "levels": [entry]}))
    assert "9999-12-31" in run("level", "--journal", shop, "--text").out


def test_who_changes_the_levels_does_not_wait_without_end(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds the directory's lock, and keeps it."""
    monkeypatch.setattr("obskit.journal.levels._LONGEST_CHANGE", 0.1)
    fd = os.open(shop, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        ran = run("level", "debug", "--journal", shop)
    finally:
        os.close(fd)
    assert ran.status == 2
    assert "another program is changing the levels; try again" in ran.err


def test_a_level_is_set_and_shown(run: Run, shop: Path) -> None:
    """For whom and until when; a service of which nothing runs has it for those to come."""
    before = time.time()
    ran = run("level", "debug", "--service", "shop", "--for", "10m", "--journal", shop, "--text")
    assert ran.status == 0
    assert ran.out.startswith("DEBUG for all loggers of service shop, until 20")
    assert "no such process runs now: it is for those to come" in ran.out
    (entry,) = entries(shop)
    assert (entry.level, entry.service, entry.pid, entry.logger) == (10, "shop", None, None)
    assert entry.until is not None
    assert before + 598 < entry.until < time.time() + 602
    shown = run("level", "--journal", shop, "--text").out
    assert "DEBUG  shop     all  all     20" in shown
    assert "no process writes to this journal now" in shown


def test_into_a_pipe_goes_json(run: Run, shop: Path) -> None:
    """The levels that are set, and what each living process has of them."""
    run("level", "WARN", "--logger", "sqlalchemy.engine", "--journal", shop)
    found = json.loads(run("level", "--journal", shop).out)
    assert found == {"levels": [{"level": "WARN", "logger": "sqlalchemy.engine"}], "processes": []}


def test_the_same_target_is_set_once(run: Run, shop: Path) -> None:
    """The later level replaces the earlier; another logger's stands beside it."""
    for arguments in (("DEBUG",), ("WARN", "--logger", "a"), ("TRACE",)):
        run("level", *arguments, "--journal", shop)
    assert [(entry.level, entry.logger) for entry in entries(shop)] == [(30, "a"), (5, None)]


def test_nothing_set_is_said(run: Run, shop: Path) -> None:
    """In words for people."""
    assert run("level", "--journal", shop, "--text").out.startswith(
        "no level is set: every process logs as its own init()"
    )


def test_what_is_shown_can_be_narrowed(run: Run, shop: Path) -> None:
    """A level for all counts for each service."""
    for arguments in (("DEBUG", "--service", "shop"), ("WARN", "--service", "cart"), ("INFO", "--logger", "a")):
        run("level", *arguments, "--journal", shop)
    found = json.loads(run("level", "--service", "shop", "--journal", shop).out)["levels"]
    assert [entry["level"] for entry in found] == ["DEBUG", "INFO"]


def test_reset_takes_away_what_is_named(run: Run, shop: Path) -> None:
    """By service, by logger, or all; without any the file is gone."""
    for arguments in (("DEBUG", "--service", "shop"), ("WARN", "--service", "cart"), ("INFO", "--logger", "a")):
        run("level", *arguments, "--journal", shop)
    ran = run("level", "reset", "--service", "shop", "--journal", shop, "--text")
    assert ran.out.splitlines() == [
        "reset: DEBUG for all loggers of service shop",
        "still set: WARN for all loggers of service cart, until it is reset",
        "still set: INFO for logger a of all services, until it is reset",
    ]
    run("level", "reset", "--logger", "a", "--journal", shop)
    assert [entry.service for entry in entries(shop)] == ["cart"]
    assert run("level", "reset", "--journal", shop).status == 0
    assert not (shop / "levels.json").exists()
    assert run("level", "reset", "--journal", shop, "--text").out == "no level was set\n"


def test_what_is_over_is_forgotten(run: Run, shop: Path) -> None:
    """An entry whose time has passed, or whose process has ended, is not shown and not kept."""
    gone = subprocess.Popen(["true"])
    told = identity(gone.pid)
    gone.wait()
    LevelFile(prepare(shop)).write(
        [
            Entry(10, "shop", until=time.time() - 1),
            Entry(10, pid=gone.pid, process=told),
            Entry(10, pid=1, process="x:y:z"),
        ]
    )
    # Of a process on another machine nothing is known here.
    assert [entry["pid"] for entry in json.loads(run("level", "--journal", shop).out)["levels"]] == [1]
    run("level", "WARN", "--journal", shop)
    assert [entry.pid for entry in entries(shop)] == [1, None]


# --- what is refused ---


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["LOUD"], 2, "'LOUD' is no level: use one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL; or: obskit level reset"),
        (["DEBUG", "INFO"], 2, "one LEVEL at a time"),
        (["DEBUG", "--for", "soon"], 2, "--for: 'soon' is not a length of time; give one such as 90s, 10m or 2h"),
        (["DEBUG", "--for", "0m"], 2, "not a length of time"),
        (["--for", "10m"], 2, "--for needs a LEVEL"),
        (["reset", "--for", "10m"], 2, "--for needs a LEVEL"),
        (["DEBUG", "--key-file", "k"], 2, "--key-file is for: obskit level sign"),
        (["DEBUG", "--pid", "none"], 2, "not a number"),
        (["DEBUG", "--service", "shpo"], 1, "there are: cart, shop; did you mean --service shop?"),
        (["DEBUG", "--pid", "999999999"], 1, "no process 999999999 runs here; those that write to"),
        (["reset", "--service", "shop"], 1, "no such level is set, nor any other"),
        (["sign"], 2, "sign which level?"),
        (["sign", "LOUD"], 2, "'LOUD' is no level"),
        (["sign", "DEBUG"], 2, "no key: set $OBSKIT_LEVEL_KEY, or name a file that holds it with --key-file"),
        (["sign", "DEBUG", "--service", "shop"], 2, "a header is for one request"),
        (["sign", "DEBUG", "--for", "25h"], 2, "24h at most"),
        (["sign", "DEBUG", "--key-file", "/nowhere/key"], 2, "--key-file: '/nowhere/key' can't be read"),
    ],
)
def test_a_mistake_is_answered_with_what_is_right(
    run: Run, shop: Path, arguments: list[str], status: int, said: str
) -> None:
    """In one line, and nothing is set."""
    journal = [] if arguments[:1] == ["sign"] else ["--journal", shop]
    ran = run("level", *arguments, *journal)
    assert ran.status == status
    assert said in ran.err.splitlines()[-1]
    assert (ran.out, entries(shop)) == ("", [])


def test_no_journal_is_said_with_where_it_was_looked_for(run: Run) -> None:
    """And how to name one."""
    ran = run("level", "DEBUG")
    assert ran.status == 2
    assert "no journal found; looked at" in ran.err
    assert "--journal DIR" in ran.err


def test_an_empty_journal_has_no_service(run: Run, root: Path) -> None:
    """Most likely it is the wrong one."""
    ran = run("level", "DEBUG", "--service", "shop", "--journal", root)
    assert ran.status == 1
    assert "nor has any other: name the journal of your services with --journal DIR" in ran.err


def test_a_broken_file_is_told_of_and_replaced(run: Run, shop: Path) -> None:
    """Showing leaves it alone; setting a level writes it anew."""
    path = shop / "levels.json"
    path.write_text("{")
    ran = run("level", "--journal", shop, "--text")
    assert ran.status == 0
    assert "levels.json is left alone: it is no JSON" in ran.err
    assert path.read_text() == "{"
    ran = run("level", "DEBUG", "--journal", shop)
    assert (ran.status, [entry.level for entry in entries(shop)]) == (0, [10])
    assert "levels.json is replaced: it is no JSON" in ran.err


@pytest.mark.parametrize("word", ["DEBUG", "reset"])
def test_a_newer_file_is_not_replaced(run: Run, shop: Path, word: str) -> None:
    """It would take away what this version does not understand."""
    path = shop / "levels.json"
    path.write_text('{"format": 2}')
    ran = run("level", word, "--journal", shop)
    assert ran.status == 2
    assert "update obskit-sdk" in ran.err
    assert path.read_text() == '{"format": 2}'


def test_a_file_that_cannot_be_written_is_said(run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do."""

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(LevelFile, "write", refused)
    ran = run("level", "DEBUG", "--journal", shop)
    assert ran.status == 2
    assert "can't be written: Permission denied; run this as the user that owns the journal" in ran.err


def test_names_from_a_file_are_harmless_on_a_terminal(run: Run, shop: Path) -> None:
    """Control characters of a service or a logger are shown as escapes."""
    LevelFile(prepare(shop)).write([Entry(10, "sh\x1b[31mop", logger="a\nb")])
    for arguments in ((), ("reset",)):
        out = run("level", *arguments, "--journal", shop, "--text").out
        assert "\x1b" not in out
        assert "a\nb" not in out


# --- a header for one request ---


def test_sign_prints_a_header_that_is_good(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the key of the environment, or of a file, whose last newline does not count; ten minutes by default."""
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("OBSKIT_LEVEL_KEY", "from the environment")
    now = time.time()
    for arguments, key in (((), b"from the environment"), (("--key-file", tmp_path / "key"), b"from a file")):
        ran = run("level", "sign", "TRACE", *arguments)
        name, _, value = ran.out.rstrip("\n").partition(": ")
        assert (ran.status, ran.err, name) == (0, "", "X-Obskit-Level")
        assert (judge(value, key, now), judge(value, key, now + 590), judge(value, key, now + 610)) == (5, 5, None)


def test_a_key_file_without_a_key_is_refused(tmp_path: Path) -> None:
    """It would sign what everybody can sign."""
    (tmp_path / "key").write_text(" \n")
    with pytest.raises(QueryError, match="holds no key"):
        level_sign.header(["DEBUG"], None, str(tmp_path / "key"), {"OBSKIT_LEVEL_KEY": "other"})


# --- real processes ---

SERVICE = """
    import logging, os, sys, time
    import obskit

    journal, fork = sys.argv[1], len(sys.argv) > 2
    obskit.init("shop", journal=journal, console=False, integrations=[], level="WARN", sampling=False)
    obskit.get_logger("app").warning("ready")
    child = os.fork() if fork else 0
    name = "child" if fork and child == 0 else "parent"
    end = time.monotonic() + 40
    while time.monotonic() < end and not os.path.exists(journal + "/stop"):
        obskit.get_logger("app").debug(name)
        logging.getLogger("library.part").debug(name + " library")
        time.sleep(0.02)
    if name == "child":
        os._exit(0)
    if child:
        os.waitpid(child, 0)
"""


class Running:
    """A service that logs at DEBUG all the time, in a process of its own."""

    def __init__(self, journal: Path, *, fork: bool = False) -> None:
        self.journal = journal
        self.process = programs.start(SERVICE, journal, *(["fork"] if fork else []))
        self.await_lines("ready")

    def lines(self) -> list[dict[str, Any]]:
        found = []
        for path in reader.segment_files(self.journal):
            found += [orjson.loads(line.raw) for line in reader.lines(path)]
        return [line for line in found if line.get("kind") is None]

    def await_lines(self, *messages: str) -> None:
        """Wait until each of these has been logged since the call."""
        before = {line["id"] for line in self.lines()} if messages != ("ready",) else set()
        until = time.monotonic() + 15
        while True:
            missing = set(messages) - {line["message"] for line in self.lines() if line["id"] not in before}
            if not missing:
                return
            assert time.monotonic() < until, f"not logged: {missing}"
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.05)

    def is_quiet(self) -> bool:
        """Tell whether nothing is logged for a while."""
        count = len(self.lines())
        time.sleep(0.3)
        return len(self.lines()) == count

    def await_quiet(self) -> None:
        until = time.monotonic() + 15
        while not self.is_quiet():
            assert time.monotonic() < until, "still logging"

    def stop(self) -> None:
        (self.journal / "stop").touch()
        _, err = self.process.communicate(timeout=30)
        assert (self.process.returncode, err) == (0, "")


@pytest.fixture
def running(root: Path) -> Iterator[Callable[..., Running]]:
    root.chmod(0o700)
    started: list[Running] = []

    def start(**options: bool) -> Running:
        started.append(Running(root, **options))
        return started[-1]

    yield start
    for service in started:
        if service.process.poll() is None:
            (root / "stop").touch()
            service.process.communicate(timeout=30)


def test_a_running_process_takes_a_level_and_gives_it_back(run: Run, running: Callable[..., Running]) -> None:
    """Without a restart or a signal: obskit's loggers and the standard library's, within a second or two."""
    service = running()
    assert service.is_quiet()
    begun = time.monotonic()
    ran = run("level", "DEBUG", "--service", "shop", "--journal", service.journal, "--text")
    assert f"taken within about a second by shop {service.process.pid}" in ran.out
    service.await_lines("parent", "parent library")
    assert time.monotonic() - begun < 5
    found = json.loads(run("level", "--journal", service.journal).out)
    assert found["processes"] == [{"service": "shop", "pid": service.process.pid, "level": "DEBUG", "levels": {}}]
    run("level", "reset", "--journal", service.journal)
    service.await_quiet()
    service.stop()


def test_a_forked_child_takes_it_too_though_it_has_logged_nothing(run: Run, running: Callable[..., Running]) -> None:
    """And what is set for the parent's pid is not the child's."""
    service = running(fork=True)
    run("level", "DEBUG", "--journal", service.journal)
    service.await_lines("parent", "child", "child library")
    run("level", "reset", "--journal", service.journal)
    service.await_quiet()
    run("level", "DEBUG", "--pid", service.process.pid, "--journal", service.journal)
    count = len([line for line in service.lines() if line["message"].startswith("child")])
    service.await_lines("parent")
    assert len([line for line in service.lines() if line["message"].startswith("child")]) == count
    service.stop()


@pytest.mark.slow
def test_one_logger_for_a_time_and_a_process_that_starts_meanwhile(run: Run, running: Callable[..., Running]) -> None:
    """Only that logger speaks, from the process's first moment, and it ends by itself."""
    service = running()
    run("level", "DEBUG", "--logger", "library", "--for", "4s", "--journal", service.journal)
    service.await_lines("parent library")
    second = running()
    second.await_lines("parent library")
    service.await_quiet()
    assert "parent" not in {line["message"] for line in service.lines()}
    service.stop()
    second.stop()


def test_a_process_of_another_service_is_named(run: Run, running: Callable[..., Running], journals: ModuleType) -> None:
    """And one that does not use the journal is taken with a remark."""
    service = running()
    journals.Writer(service.journal, "cart", 2)
    pid = service.process.pid
    ran = run("level", "DEBUG", "--service", "cart", "--pid", pid, "--journal", service.journal)
    assert ran.status == 1
    assert f"process {pid} is one of shop, not of cart" in ran.err
    ran = run("level", "DEBUG", "--pid", os.getpid(), "--journal", service.journal)
    assert ran.status == 0
    assert f"process {os.getpid()} has written nothing to" in ran.err
    service.stop()

"""`obskit redact --check`: scan old logs."""

from __future__ import annotations

import bz2
import gzip
import importlib.util
import json
import lzma
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest

Pipe = Callable[..., Any]
Run = Callable[..., Any]
MAIL = b"started\nmail jo@shop.example\n"


def answer(ran: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.out)
    return found


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """An empty directory of logs."""
    path = tmp_path / "logs"
    path.mkdir()
    return path


def test_what_is_found_is_counted_by_kind_and_file(pipe: Pipe, logs: Path) -> None:
    """One JSON object into a pipe, and status 1."""
    (logs / "a.log").write_bytes(MAIL)
    (logs / "b.jsonl").write_bytes(b'{"to":"jo@shop.example","password":"hunter2x!"}\n{"n":1}\n')
    (logs / "clean.txt").write_bytes(b"nothing here\n")
    ran = pipe(b"", "--check", "logs")
    assert ran.status == 1
    found = answer(ran)
    assert found["finds"] == 3
    assert found["kinds"] == {"email": 2, "password": 1}
    assert found["files"] == [
        {"file": "logs/b.jsonl", "finds": 2, "kinds": {"email": 1, "password": 1}},
        {"file": "logs/a.log", "finds": 1, "kinds": {"email": 1}},
    ]
    assert found["scanned"] == {"files": 3, "lines": 5, "bytes": sum(path.stat().st_size for path in logs.iterdir())}
    assert "jo@shop" not in ran.err + ran.out.decode()


def test_nothing_found_is_status_0(pipe: Pipe, logs: Path) -> None:
    """Which a pipeline of a build may rely on."""
    (logs / "a.log").write_bytes(b"all quiet\n")
    ran = pipe(b"", "--check", "logs", "--text")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == b"1 line in 1 file (10 bytes): nothing found\n"


def test_the_table_is_for_people(pipe: Pipe, logs: Path) -> None:
    """Kinds first, then the files with most finds; names are made harmless."""
    (logs / "few\x1b[31m.log").write_bytes(MAIL)
    (logs / "most.log").write_bytes(MAIL * 3 + b"password=hunter2x!\n")
    rows = pipe(b"", "--check", "logs", "--text").out.decode().splitlines()
    assert [row.split() for row in rows[:3]] == [
        ["kind", "finds", "files"],
        ["email", "4", "2"],
        ["password", "1", "1"],
    ]
    assert "logs/most.log  email 3, password 1" in rows[5]
    assert "logs/few\\x1b[31m.log" in rows[6]
    assert rows[-1].startswith("9 lines in 2 files (")
    assert rows[-1].endswith("): 5 finds")


@pytest.mark.parametrize(
    "name", ["app.log", "app.log.1", "app.log-20260304", "app.log.2026-03-04", "APP.LOG", "a.jsonl", "a.json", "a.txt"]
)
def test_logs_are_known_by_their_names(pipe: Pipe, logs: Path, name: str) -> None:
    """Rotated ones too, in directories below."""
    below = logs / "2026" / "03"
    below.mkdir(parents=True)
    (below / name).write_bytes(MAIL)
    assert answer(pipe(b"", "--check", "logs"))["finds"] == 1


def test_other_names_are_left_alone_and_said(pipe: Pipe, logs: Path) -> None:
    """Nobody takes a file for scanned that was not; named itself it is."""
    (logs / "app.py").write_bytes(MAIL)
    ran = pipe(b"", "--check", "logs")
    assert (ran.status, answer(ran)["other_names"]) == (0, 1)
    assert "1 file left alone whose names are not those of logs" in ran.err
    assert answer(pipe(b"", "--check", "logs/app.py"))["finds"] == 1


@pytest.mark.parametrize(
    ("name", "pack"), [("a.log.1.gz", gzip.compress), ("a.bz2", bz2.compress), ("a.log.xz", lzma.compress)]
)
def test_packed_logs_are_unpacked(pipe: Pipe, logs: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    """By what their first bytes say, whatever they are called; the bytes that count are those on the disk."""
    packed = pack(MAIL * 100)
    (logs / name).write_bytes(packed)
    found = answer(pipe(b"", "--check", "logs"))
    assert (found["finds"], found["scanned"]["bytes"]) == (100, len(packed))
    (logs / name).rename(logs / "a.log")
    assert answer(pipe(b"", "--check", "logs"))["finds"] == 100


def test_zstandard_is_unpacked_where_python_can(pipe: Pipe, logs: Path) -> None:
    """Elsewhere the file is told as skipped, with the reason."""
    frame = b"\x28\xb5\x2f\xfd\x20" + bytes([len(MAIL)]) + ((len(MAIL) << 3) | 1).to_bytes(3, "little") + MAIL
    (logs / "a.log.zst").write_bytes(frame)
    found = answer(pipe(b"", "--check", "logs"))
    if importlib.util.find_spec("compression") is None:
        assert found["skipped"] == {"zstandard needs Python 3.14": ["logs/a.log.zst"]}
    else:
        assert found["finds"] == 1


def test_a_packed_log_that_breaks_off_is_told(pipe: Pipe, logs: Path) -> None:
    """What could be read of it counts; without a find the status says that the answer is not whole."""
    whole = gzip.compress(b"all quiet\n" * 1000)
    (logs / "a.log.gz").write_bytes(whole[:-10])
    ran = pipe(b"", "--check", "logs")
    assert ran.status == 2
    assert "cannot read logs/a.log.gz: broken" in ran.err
    assert "skipped" not in ran.err
    (logs / "b.log.gz").write_bytes(gzip.compress(MAIL + os.urandom(100).hex().encode() * 1000)[:-10])
    assert answer(pipe(b"", "--check", "logs/b.log.gz"))["finds"] == 1
    assert answer(ran)["unreadable"] == [ran.err.splitlines()[0].removeprefix("obskit: cannot read ")]


def test_binary_files_are_skipped_and_counted(pipe: Pipe, logs: Path) -> None:
    """A core dump that is called a log is none."""
    (logs / "a.log").write_bytes(b"\x7fELF\x00\x01" + MAIL)
    ran = pipe(b"", "--check", "logs")
    assert (ran.status, answer(ran)["skipped"]) == (0, {"binary": ["logs/a.log"]})
    assert "obskit: 1 file skipped: binary (logs/a.log)\n" in ran.err


def test_a_log_that_was_cut_while_it_was_written_is_no_binary(pipe: Pipe, logs: Path) -> None:
    """It begins with as many NULs as it had bytes before."""
    (logs / "a.log").write_bytes(b"\0" * 200_000 + MAIL)
    assert answer(pipe(b"", "--check", "logs"))["finds"] == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_logs_in_utf16_are_read(pipe: Pipe, logs: Path, encoding: str) -> None:
    """As some consoles write them."""
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (logs / "a.log").write_bytes((mark + "mail jo@shop.example\r\n" * 20_000).encode(encoding))
    assert answer(pipe(b"", "--check", "logs"))["finds"] == 20_000


def test_a_file_counts_once(pipe: Pipe, logs: Path) -> None:
    """However often it is named, and whatever links lead to it."""
    (logs / "a.log").write_bytes(MAIL)
    (logs / "current.log").symlink_to("a.log")
    os.link(logs / "a.log", logs / "b.log")
    found = answer(pipe(b"", "--check", "logs", "logs/a.log", logs))
    assert (found["finds"], found["scanned"]["files"]) == (1, 1)


def test_a_journal_is_scanned_as_what_it_is(pipe: Pipe, root: Path, journals: ModuleType) -> None:
    """Ids of its lines are no finds, however they look."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "paid", span_id="4111111111111111", trace_id="41111111111111114111111111111111")
    assert pipe(b"", "--check", root).status == 0
    writer.log(1, "paid", context={"email": "jo@shop.example"})
    ran = pipe(b"", "--check", root, "--explain")
    assert ran.status == 1
    (find,) = map(orjson.loads, ran.out.splitlines())
    assert find == {"file": str(writer.path), "line": 3, "path": "context.email", "kind": "email", "rule": find["rule"]}


def test_finds_are_explained_with_their_files(pipe: Pipe, logs: Path) -> None:
    """As rows before the table, or as JSON lines alone."""
    (logs / "a.log").write_bytes(MAIL)
    ran = pipe(b"", "--check", "logs", "--explain", "--text")
    assert ran.out.decode().splitlines()[0].split()[:3] == ["logs/a.log:2", "email", "."]
    assert b"2 lines in 1 file" in ran.out
    assert orjson.loads(pipe(b"", "--explain", "--check", "logs").out)["file"] == "logs/a.log"


@pytest.mark.parametrize("name", ["nowhere", "fifo"])
def test_a_name_of_nothing_to_scan_is_wrong_use(pipe: Pipe, logs: Path, name: str) -> None:
    """Status 2, and which name."""
    os.mkfifo(logs / "fifo")
    ran = pipe(b"", "--check", logs / name)
    assert (ran.status, ran.out) == (2, b"")
    assert name in ran.err


def test_a_directory_without_logs_says_so(pipe: Pipe, logs: Path) -> None:
    """Status 0 alone would look like an answer."""
    ran = pipe(b"", "--check", logs)
    assert ran.status == 0
    assert "there are no logs" in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_can_not_be_read_is_no_clean_bill(pipe: Pipe, logs: Path) -> None:
    """Status 2 where nothing else was found."""
    (logs / "a.log").write_bytes(MAIL)
    (logs / "a.log").chmod(0)
    ran = pipe(b"", "--check", logs)
    assert ran.status == 2
    assert "permission denied" in ran.err


def test_a_key_that_begins_in_one_file_hides_nothing_of_the_next(pipe: Pipe, logs: Path) -> None:
    """Each file is a text of its own."""
    (logs / "a.log").write_bytes(b"-----BEGIN PRIVATE KEY-----\n")
    (logs / "b.log").write_bytes(b"word\n" * 3)
    assert set(answer(pipe(b"", "--check", logs))["files"][0]["file"].split("/")) >= {"a.log"}
    assert len(answer(pipe(b"", "--check", logs))["files"]) == 1


def test_the_policy_is_named_with_its_digest(pipe: Pipe, logs: Path, tmp_path: Path) -> None:
    """The same that a segment's header has."""
    (tmp_path / "policy.toml").write_text("detectors = ['card']\n")
    (logs / "a.log").write_bytes(MAIL)
    ran = pipe(b"", "--check", logs, "--policy", "policy.toml")
    assert ran.status == 0
    assert answer(ran)["policy"] == "policy.toml"
    assert len(answer(ran)["digest"]) == 16
    assert answer(ran)["digest"] != answer(pipe(b"", "--check", logs))["digest"]


def test_a_terminal_gets_a_bar_and_a_pipe_none(on_terminal: Run, logs: Path) -> None:
    """It is on the standard error, and gone at the end."""
    (logs / "a.log").write_bytes(MAIL * 2000)
    before = "import os; os.dup2(1, 2)"
    shown = on_terminal("redact", "--check", logs, before=before)
    assert shown.status == 1
    assert "scanning" in shown.out
    assert "found" in shown.out
    assert shown.out.rstrip().endswith("shows each find")
    ran = on_terminal("redact", "--check", logs)
    assert "scanning" not in ran.out + ran.err


def test_ctrl_c_says_how_far_it_was(logs: Path) -> None:
    """The status is 130, without a traceback."""
    (logs / "a.log").write_bytes(MAIL * 400_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "obskit", "redact", "--explain", "--check", str(logs)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    # The first find is out: it is at work.
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"obskit: stopped after 0 files of 1: " in err
    assert b"Traceback" not in err


def test_a_reader_that_leaves_is_no_unreadable_file(logs: Path) -> None:
    """`| head` ends the scan with 141 and no complaint."""
    (logs / "a.log").write_bytes(MAIL * 20_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "obskit", "redact", "--explain", "--check", str(logs)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=30), err) == (141, b"obskit: policy: the default\n")

"""`obskit logs`."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Run = Callable[..., Any]


def records(out: str) -> list[dict[str, Any]]:
    """Parse JSON lines."""
    return [json.loads(line) for line in out.splitlines()]


def test_pipe_gets_the_lines_as_they_are(run: Run, root: Path, journals: ModuleType) -> None:
    """A pipe gets the lines byte for byte, and nothing else."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "käse \x1b[31m", context={"a": [1, 2.50]})
    written = writer.path.read_text().splitlines()[1]
    ran = run("logs", root)
    assert ran == (0, f"{written}\n", "")


def test_text_in_a_pipe(run: Run, root: Path, journals: ModuleType) -> None:
    """`--text` gives a pipe the rows that a terminal shows, each whole, without colours."""
    journals.Writer(root, "shop", 1).log(0, "m " * 200 + "end", "WARN", context={"order": 17})
    rows = run("logs", root, "--text").out.splitlines()
    assert rows[1] == "10:42:01.000 WARN  shop       " + "m " * 200 + "end  order=17"
    assert len(rows) == 2


def test_one_request_across_services(run: Run, root: Path, journals: ModuleType) -> None:
    """A correlation id gives the lines of every service, in the order of time."""
    journals.checkout(root)
    journals.Writer(root, "gateway", 8).log(0.1, "stranger", correlation_id="req-other")
    found = records(run("logs", root, "--correlation-id", "req-checkout-17").out)
    assert [record["message"] for record in found] == [
        "checkout started",
        "looking for stock",
        "reservation failed",
        "POST /reserve 500",
        "stock is gone, telling the customer",
        "POST /checkout 409",
        "mail sent",
        "called back",
    ]
    assert {record["service"] for record in found} == {"gateway", "inventory", "worker"}


def test_all_selections_together(run: Run, root: Path, journals: ModuleType) -> None:
    """Every option narrows the answer."""
    journals.checkout(root)
    ran = run(
        "logs", root, "--trace-id", journals.TRACE, "--service", "inventory", "--level", "error", "--grep", "reserv",
        "--since", "2026-03-04", "--until", "2026-03-05", "--where", "error.type=shop.stock.OutOfStock",
        "--where", "user.id=u-9", "--json",
    )  # fmt: skip
    assert [record["message"] for record in records(ran.out)] == ["reservation failed"]


def test_limit_keeps_the_last(run: Run, root: Path, journals: ModuleType) -> None:
    """A limit keeps the last lines, in their order."""
    writer = journals.Writer(root, "shop", 1)
    for at in range(5):
        writer.log(at, str(at))
    assert [record["message"] for record in records(run("logs", root, "--limit", 2).out)] == ["3", "4"]


def test_journal_that_was_looked_up_is_named(run: Run, root: Path, journals: ModuleType) -> None:
    """Which journal was taken, and why, is said on the standard error."""
    journals.checkout(root)
    ran = run("logs", "--journal", root, "--limit", 1)
    assert len(records(ran.out)) == 1
    assert ran.err == f"obskit: reading {root} (--journal)\n"


def test_nearest_journal(run: Run, tmp_path: Path, journals: ModuleType) -> None:
    """Without a word the nearest `.obskit` upwards is read."""
    place = tmp_path / ".obskit"
    place.mkdir()
    journals.Writer(place, "shop", 1).log(0, "m")
    ran = run("logs")
    assert len(records(ran.out)) == 1
    assert str(place) in ran.err


def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads a captured output from the standard input."""
    data = b'Starting\n{"timestamp":"2026-03-04T10:00:01.000000Z","level":"INFO","message":"m"}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    ran = run("logs", "-")
    assert [record["message"] for record in records(ran.out)] == ["m"]
    assert "1 line(s) that are no records" in ran.err


@pytest.mark.parametrize("arguments", [[], ["--correlation-id", "req-never"], ["--where", "context.never_seen=1"]])
def test_nothing_is_no_error(run: Run, root: Path, arguments: list[str]) -> None:
    """An empty directory, an id and a context field that were never seen are no errors."""
    ran = run("logs", root, *arguments)
    assert (ran.status, ran.out) == (0, "")
    assert "no records" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--since", "soon"],
        ["--until", "2026-99-99"],
        ["--where", "eror.type=x"],
        ["--where", "nothing"],
        ["--grep", "("],
        ["--level", "loud"],
        ["--limit", "0"],
        ["--limit", "-1"],
        ["--limit", "many"],
        ["--no-such-option"],
        ["a", "b"],
        ["--journal", "x"],
    ],
)
def test_wrong_question_is_one_line_and_exit_2(run: Run, root: Path, arguments: list[str]) -> None:
    """A question that cannot be understood is one clear line and status 2."""
    ran = run("logs", root, *arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1


def test_missing_directory(run: Run, tmp_path: Path) -> None:
    """A missing directory is one clear line and status 2."""
    ran = run("logs", tmp_path / "gone")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"obskit: no such directory or file: '{tmp_path / 'gone'}'\n"


def test_damage_is_reported_beside_the_answer(run: Run, root: Path, journals: ModuleType) -> None:
    """Torn and foreign lines and newer formats are said on the standard error, and are no failure."""
    writer = journals.Writer(root, "shop", 1)
    writer.raw(b'{"timestamp":"2020\n')
    writer.raw(b"Segmentation fault\n")
    writer.log(0, "m")
    writer.rotate(format=9)
    ran = run("logs", root)
    assert ran.status == 0
    assert len(records(ran.out)) == 1
    assert "1 broken line(s)" in ran.err
    assert "1 line(s) that are no records" in ran.err
    assert "newer format" in ran.err


def test_terminal_gets_rows_for_people(on_terminal: Run, root: Path, journals: ModuleType) -> None:
    """On a terminal a line is a coloured row, its error with the traceback below."""
    journals.checkout(root)
    ran = on_terminal("logs", root)
    assert ran.status == 0
    assert "\x1b[" in ran.out
    assert "2026-03-04" in ran.out
    assert "sku lamp-4 is gone" in ran.out
    assert '"timestamp"' not in ran.out


def test_no_color(on_terminal: Run, root: Path, journals: ModuleType) -> None:
    """NO_COLOR takes the colours, not the form."""
    journals.checkout(root)
    ran = on_terminal("logs", root, environ={"NO_COLOR": "1"})
    assert "\x1b" not in ran.out
    assert "10:42:01.118 ERROR inventory" in ran.out


def test_json_on_a_terminal(on_terminal: Run, root: Path, journals: ModuleType) -> None:
    """`--json` gives JSON lines on a terminal too, without colours and harmless."""
    journals.Writer(root, "shop", 1).log(0, "a\x9b31m\u202eb\U000e0041")
    ran = on_terminal("logs", root, "--json")
    assert "\x1b" not in ran.out
    assert "\x9b" not in ran.out
    assert records(ran.out)[0]["message"] == "a\x9b31m\u202eb\U000e0041"


def test_text_on_a_terminal(on_terminal: Run, root: Path, journals: ModuleType) -> None:
    """`--text` has no colours on a terminal either, and needs no rich there."""
    journals.checkout(root)
    before = "import sys; sys.modules['rich'] = sys.modules['rich.console'] = None"
    ran = on_terminal("logs", root, "--text", before=before)
    assert ran.status == 0
    assert "\x1b" not in ran.out
    assert "10:42:01.118 ERROR inventory" in ran.out


HOSTILE = "\x1b]0;owned\x07\x1b[2J\r\n\x9b\u202e"


@pytest.mark.parametrize("command", ["logs", "trace", "errors"])
@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}])
def test_data_cannot_drive_the_terminal(
    on_terminal: Run, root: Path, journals: ModuleType, command: str, environ: dict[str, str]
) -> None:
    """Control characters in any field are shown as escapes."""
    writer = journals.Writer(root, "shop", 1)
    ids = {"correlation_id": "req-1", "trace_id": journals.TRACE, "span_id": journals.span_id(1)}
    fault = journals.error(HOSTILE, HOSTILE, HOSTILE)
    fault["stack_trace"] += f'\n  File "{HOSTILE}", line 1, in {HOSTILE}'
    writer.log(
        0, HOSTILE, "ERROR", **ids, error=fault, context={HOSTILE: HOSTILE, "l": [HOSTILE]}, service=HOSTILE,
        user={"id": HOSTILE}, request={HOSTILE: HOSTILE},
    )  # fmt: skip
    writer.log(0, "m", HOSTILE, **ids)
    status = {"code": "ERROR", "message": HOSTILE}
    writer.span(
        0, 1, HOSTILE, journals.span_id(2), parent=HOSTILE, correlation_id="req-1", status=status, service=HOSTILE
    )
    ran = on_terminal(command, *(["req-1"] if command == "trace" else []), root, environ=environ)
    assert ran.status == 0
    assert "\\x1b]0;owned\\x07" in ran.out
    assert "\x1b]" not in ran.out
    assert "\x1b[2J" not in ran.out
    assert not {"\x07", "\x9b", "\u202e"} & set(ran.out)
    assert all(line.endswith("\r") for line in ran.out.split("\n")[:-1])


def test_colours_need_rich(on_terminal: Run, root: Path) -> None:
    """Without rich a terminal gets one sentence that says what to install."""
    ran = on_terminal("logs", root, before="import sys; sys.modules['rich'] = sys.modules['rich.console'] = None")
    assert ran.status == 2
    assert "pip install 'obskit-sdk[query]'" in ran.err
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["logs"], ["errors"], ["trace", "req-checkout-17"]])
@pytest.mark.parametrize("form", [[], ["--text"]])
def test_pipes_need_no_rich(root: Path, journals: ModuleType, arguments: list[str], form: list[str]) -> None:
    """Into a pipe every command works without rich."""
    journals.checkout(root)
    code = "import sys; sys.modules['rich'] = None\nfrom obskit.commands.main import main\nsys.exit(main(sys.argv[1:]))"
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments, str(root), *form], capture_output=True, check=False, timeout=30
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"OutOfStock" in ran.stdout


def test_reader_that_leaves_early(root: Path, journals: ModuleType) -> None:
    """`obskit logs | head -1` ends quietly."""
    journals.many(root, 2, 20_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "obskit", "logs", str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b'{"timestamp"')
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=30) == 141


def test_follow_until_interrupted(root: Path, journals: ModuleType) -> None:
    """`--follow` shows what was there, then what comes, and Ctrl-C ends it quietly with 130."""
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "old")
    process = subprocess.Popen(
        [sys.executable, "-m", "obskit", "logs", str(root), "--follow"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell's background job ignores Ctrl-C and hands that on; at a terminal a command listens to it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread runs here
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"old" in process.stdout.readline()
        writer.log(1, "new")
        assert b"new" in process.stdout.readline()
        journals.Writer(root, "other", 2).log(2, "newer")
        assert b"newer" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
        process.stderr.close()  # type: ignore[union-attr]


def test_following_a_pipe_shows_each_line_as_it_comes() -> None:
    """A program piped into `obskit logs - --follow` is seen line by line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "obskit", "logs", "-", "--follow"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for number in range(2):
        process.stdin.write(b'{"timestamp":"2026-03-04T10:00:01.000000Z","level":"INFO","message":"%d"}\n' % number)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["message"] == str(number)
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    process.stdout.close()


# The kernel's own figure of the peak, in KiB; that of getrusage has the parent's before the exec in it.
MEASURED = (
    "import sys\nfrom obskit.commands.main import main\nstatus = main(sys.argv[1:])\n"
    "with open('/proc/self/status') as file:\n"
    "    print(next(line.split()[1] for line in file if line.startswith('VmHWM')), file=sys.stderr)\n"
    "sys.exit(status)"
)


@pytest.mark.slow
def test_one_request_in_200_000_lines(root: Path, journals: ModuleType) -> None:
    """One request is found in a journal of 200,000 lines within a few seconds and in bounded memory."""
    journals.many(root, 6, 200_000)
    arguments = [sys.executable, "-c", MEASURED, "logs", str(root), "--correlation-id"]
    began = time.monotonic()
    ran = subprocess.run([*arguments, "req-needle"], capture_output=True, check=True, timeout=50)
    assert time.monotonic() - began < 5
    assert len(ran.stdout.splitlines()) == 2000
    assert int(ran.stderr) < 100 * 1024


@pytest.mark.slow
def test_whole_journal_in_bounded_memory(root: Path, journals: ModuleType) -> None:
    """Printing 200,000 lines in order needs no more memory than a window of each writer."""
    journals.many(root, 6, 200_000)
    out = root.parent / "out"
    with out.open("wb") as file:
        ran = subprocess.run(
            [sys.executable, "-c", MEASURED, "logs", str(root)],
            stdout=file,
            stderr=subprocess.PIPE,
            check=True,
            timeout=50,
        )
    stamps = [line[14:41] for line in out.read_bytes().splitlines()]
    assert len(stamps) == 200_000
    assert stamps == sorted(stamps)
    assert int(ran.stderr) < 100 * 1024
    assert out.stat().st_size > 90 << 20

"""`obskit redact`: the standard input, redacted."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest

from obskit.protect.finder import Finder
from obskit.protect.span import Span

CARD = "4111 1111 1111 1111"
Pipe = Callable[..., Any]


@pytest.fixture
def started() -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start `obskit redact` between two pipes; what still runs at the end is ended."""
    with contextlib.ExitStack() as processes:

        def start() -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [sys.executable, "-m", "obskit", "redact"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                env={name: text for name, text in os.environ.items() if not name.startswith("OBSKIT_")},
            )  # fmt: skip
            processes.enter_context(process)
            processes.callback(process.kill)
            return process

        yield start


def feed(process: subprocess.Popen[bytes], data: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(data)


def line_of(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], 30)[0]
    return process.stdout.readline()


def complaint(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stderr is not None
    return process.stderr.read()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"mail jo@shop.example now", b"mail [REDACTED:email] now"),
        (b'{"user":{"password":"hunter2x!"},"n":1}', b'{"user":{"password":"[REDACTED:password]"},"n":1}'),
        (b'[{"api_key": "9f8e7d6c5b4a"}, 1.5]', b'[{"api_key": "[REDACTED:key]"}, 1.5]'),
        (b'  {"to":"jo@shop.example"}\r', b'{"to":"[REDACTED:email]"}\r'),
        (b'{"a": "jo@shop.example"', b'{"a": "[REDACTED:email]"'),
    ],
)
def test_only_the_secret_of_a_line_is_replaced(pipe: Pipe, line: bytes, expected: bytes) -> None:
    """In text, in objects, in arrays, in what is nearly JSON; blanks stay as the line has them."""
    assert pipe(line + b"\n") == (0, expected + b"\n", "")


CLEAN = [
    b"", b"\n", b"\r\n\n\n", b"no end", b"a\rb\r\n", b"\xff\xfe\n"[1:], b"caf\xe9 \xc3\xa9\n", b"\x00\x01\x1b[31m\n",
    b'{"a": 1.50, "b":1e5,  "c":[1,2 ,3]}\n', b'{"a":123456789012345678901234567890}\n', b'{"a":NaN,"b":-Infinity}\n',
    b'{"a":"\\ud800"}\n', b'{"a":"\xff"}\n', b'{"a":1}{"b":2}\n', b"[2026-03-04 10:42:01] started\n", b"{}\n[]\n",
    b'{"a":"\\u0041\\/"}\n', b"{" * 2000 + b"\n", b"x" * 300_000 + b"\ny\n", b"[" * 900 + b"]" * 900 + b"\n",
]  # fmt: skip


@pytest.mark.parametrize("data", CLEAN, ids=lambda data: repr(data[:30]))
def test_what_holds_nothing_stays_byte_for_byte(pipe: Pipe, data: bytes) -> None:
    """Whatever the bytes, their encoding, the ends of their lines, the form of their numbers."""
    assert pipe(data) == (0, data, "")


def test_bytes_that_are_no_utf8_stay_beside_a_secret(pipe: Pipe) -> None:
    """In text and in JSON."""
    assert pipe(b"\xff caf\xe9 jo@shop.example \xf0").out == b"\xff caf\xe9 [REDACTED:email] \xf0"
    assert pipe(b'{"a":"\xe9","b":"jo@shop.example"}').out == b'{"a":"\xe9","b":"[REDACTED:email]"}'
    assert pipe(b'{"a":"\\ud83d","b":"jo@shop.example"}').out == b'{"a":"\\ud83d","b":"[REDACTED:email]"}'


def test_numbers_beside_a_secret_keep_their_value(pipe: Pipe) -> None:
    """Also those that no 64 bits hold, which become text as in a log call."""
    out = pipe(b'{"a":"jo@shop.example","n":123456789012345678901234567890,"m":-7,"f":2.5}').out
    assert json.loads(out) == {"a": "[REDACTED:email]", "n": "123456789012345678901234567890", "m": -7, "f": 2.5}


def test_a_key_that_stands_twice_hides_nothing(pipe: Pipe) -> None:
    """A reader would see the last alone; the first would go on as it is."""
    out = pipe(b'{"password":"hunter2x!","password":null}').out
    assert b"hunter2" not in out
    assert orjson.loads(out)["password"] == ["[REDACTED:password]", None]


def test_a_secret_in_a_name_goes_each_time_it_comes(pipe: Pipe) -> None:
    """Names are judged once and remembered; what was judged is replaced in every line."""
    out = pipe(b'{"jo@shop.example":1}\n' * 3).out
    assert out == b'{"[REDACTED:email]":1}\n' * 3


def test_names_of_any_length_are_scanned(pipe: Pipe) -> None:
    """What stands far back in a name does not go on as it is."""
    assert b"jo@shop.example" not in pipe(orjson.dumps({"x" * 300 + " jo@shop.example": 1})).out


def test_wide_and_deep_lines_are_redacted_whole(pipe: Pipe) -> None:
    """Nothing is cut as in a log call, which holds a line to limits."""
    wide = {"rows": [{"id": number, "mail": f"u{number}@shop.example"} for number in range(3000)]}
    deep: object = {"password": "hunter2x!", "n": 1}
    for _ in range(60):
        deep = {"in": deep}
    out = pipe(orjson.dumps(wide) + b"\n" + orjson.dumps(deep) + b"\n").out.splitlines()
    rows = orjson.loads(out[0])["rows"]
    assert [row["id"] for row in rows] == list(range(3000))
    assert {row["mail"] for row in rows} == {"[REDACTED:email]"}
    assert out[1] == orjson.dumps(deep).replace(b"hunter2x!", b"[REDACTED:password]")


def test_a_telling_name_holds_for_all_that_is_deep_below_it(pipe: Pipe) -> None:
    """However many levels lie between."""
    deep: object = {"box": ["hunter2x!", {"box": "hunter3x!"}]}
    for _ in range(40):
        deep = {"box": deep}
    assert b"hunter" not in pipe(orjson.dumps({"password": deep})).out


def test_a_value_that_redaction_fails_on_does_not_come_out(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """A marker stands in its place, the other lines come as ever, and it is said."""
    find = Finder.find

    def failing(self: Finder, text: str, *more: Any) -> list[Span]:
        if "fault" in text:
            raise RuntimeError
        return find(self, text, *more)

    monkeypatch.setattr(Finder, "find", failing)
    ran = pipe(b'before\nfault here\n{"a":"fault@shop.example","b":"jo@shop.example"}\n')
    assert ran.out == b'before\n[REDACTED:error]\n{"a":"[REDACTED:error]","b":"[REDACTED:email]"}\n'
    assert "obskit: redaction failed on 2 values, replaced by [REDACTED:error]\n" in ran.err


def test_long_lines_are_redacted(pipe: Pipe) -> None:
    """A line of two megabytes, text or JSON, loses its secret and nothing else."""
    text = b"word " * 400_000
    assert pipe(text + b"jo@shop.example\n").out == text + b"[REDACTED:email]\n"
    line = orjson.dumps({"text": text.decode(), "to": "jo@shop.example"})
    assert pipe(line).out == line.replace(b"jo@shop.example", b"[REDACTED:email]")


OWN = {
    "timestamp": "2026-03-04T10:42:01.000000Z", "level": "INFO", "message": f"paid with {CARD}", "logger": "shop",
    "correlation_id": "req-01a20833b16a71389cb182212f1240ea", "trace_id": "41111111111111114111111111111111",
    "span_id": "4111111111111111", "service": "shop", "environment": "test", "host": "h1",
    "context": {"email": "jo@shop.example"}, "id": "00000000000000000000000000000032-l1",
}  # fmt: skip


def test_ids_of_a_line_of_obskit_stay(pipe: Pipe) -> None:
    """Only what a caller gave is looked at: a span id may look like a card."""
    out = orjson.loads(pipe(orjson.dumps(OWN)).out)
    assert out == OWN | {"message": "paid with [REDACTED:card]", "context": {"email": "[REDACTED:email]"}}


def test_a_caller_gave_the_correlation_id_of_a_line_of_obskit(pipe: Pipe) -> None:
    """One that is not of obskit's form is looked at."""
    out = pipe(orjson.dumps(OWN | {"correlation_id": "jo@shop.example"})).out
    assert orjson.loads(out)["correlation_id"] == "[REDACTED:email]"


@pytest.mark.parametrize(
    "more", [{"password": "hunter2x!"}, {"msg": "hunter2x@shop.example"}, {"id": "hunter2x@shop.example"}]
)
def test_a_line_that_only_looks_like_one_of_obskit_is_redacted_whole(pipe: Pipe, more: dict[str, str]) -> None:
    """Other loggers write `timestamp` and `level` too, with any fields beside them."""
    assert b"hunter2x" not in pipe(orjson.dumps({**OWN, **more})).out


def test_what_was_redacted_stays_as_it_is(pipe: Pipe) -> None:
    """Filtering twice is filtering once."""
    data = b"".join(
        line + b"\n"
        for line in (
            orjson.dumps(OWN), b"mail jo@shop.example Bearer abcdefgh12345678", b'{"password":"hunter2x!"}',
            b"postgres://jo:hunter2x!@db/shop",
        )
    )  # fmt: skip
    once = pipe(data).out
    assert once != data
    assert pipe(once).out == once


def test_utf16_is_refused(pipe: Pipe) -> None:
    """Nothing would be found in it, and it would look as if nothing were there."""
    ran = pipe("mail jo@shop.example\n".encode("utf-16"))
    assert (ran.status, ran.out) == (2, b"")
    assert "iconv" in ran.err


@pytest.mark.parametrize("arguments", [["--json"], ["--text"], ["--apply", ".", "--explain"], ["app.log"], ["--check"]])
def test_arguments_that_do_not_go_together_are_wrong_use(pipe: Pipe, arguments: list[str]) -> None:
    """One line says so, and nothing is read."""
    ran = pipe(b"jo@shop.example", *arguments)
    assert (ran.status, ran.out) == (2, b"")
    assert len(ran.err.splitlines()) == 1


def test_a_line_comes_out_while_the_pipe_waits(started: Callable[[], subprocess.Popen[bytes]]) -> None:
    """A log that is followed is seen as it grows; half a line waits for its other half."""
    process = started()
    for number in range(3):
        feed(process, b"%d jo@shop.example\nhalf of " % number)
        assert line_of(process) == (b"half of " if number else b"") + b"%d [REDACTED:email]\n" % number
    assert process.stdin is not None
    process.stdin.close()
    assert line_of(process) == b"half of "
    assert (complaint(process), process.wait(timeout=30)) == (b"", 0)


def test_ctrl_c_ends_it(started: Callable[[], subprocess.Popen[bytes]]) -> None:
    """The status is 130, without a traceback."""
    process = started()
    feed(process, b"started\n")
    assert line_of(process) == b"started\n"
    process.send_signal(signal.SIGINT)
    assert (complaint(process), process.wait(timeout=30)) == (b"", 130)


def test_a_reader_that_leaves_ends_it(started: Callable[[], subprocess.Popen[bytes]]) -> None:
    """`| head` makes it end with 141, without a traceback."""
    process = started()
    assert process.stdout is not None
    process.stdout.close()
    feed(process, b"line\n")
    assert (complaint(process), process.wait(timeout=30)) == (b"", 141)


def test_json_that_is_spread_over_lines_is_redacted_line_by_line(pipe: Pipe) -> None:
    """A name and its value stand in one line, as people's editors write them."""
    data = json.dumps({"user": {"password": "hunter2x!", "n": 1}, "to": ["jo@shop.example"]}, indent=2).encode()
    out = pipe(data).out
    assert json.loads(out) == {"user": {"password": "[REDACTED:password]", "n": 1}, "to": ["[REDACTED:email]"]}


def test_a_journal_is_brought_up_to_the_policy(pipe: Pipe, root: Path, journals: ModuleType) -> None:
    """`--apply` works with the policy that `--check` does."""
    journals.Writer(root, "shop", 1).log(0, "ORD-123456 paid")
    (root.parent / "policy.toml").write_text("[custom]\norder = 'ORD-\\d{6}'\n")
    applied = orjson.loads(pipe(b"", "--policy", "policy.toml", "--apply", root).out)
    checked = orjson.loads(pipe(b"", "--policy", "policy.toml", "--check", root).out)
    assert applied["journal"] == str(root)
    assert applied["policy"] == checked["digest"]

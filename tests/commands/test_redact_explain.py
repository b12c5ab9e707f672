"""`obskit redact --explain`: what was found where, never the secret."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

Pipe = Callable[..., Any]
DATA = b"""started
mail jo@shop.example
{"user": {"Password": "hunter2x!"}, "list": ["a", {"to": "jo@shop.example"}]}
{"timestamp":"2026-03-04T10:42:01.000000Z","level":"INFO","message":"ORD-123456 paid","service":"shop",\
"environment":"test","host":"h","context":{"diagnosis":"flu"},"id":"00000000000000000000000000000001-l1"}
"""
POLICY = """
deny = ["diagnosis"]
[custom]
order = 'ORD-\\d{6}'
"""


def finds(out: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in out.splitlines()]


def test_each_find_has_line_path_kind_and_rule(pipe: Pipe, tmp_path: Path) -> None:
    """As JSON lines, for programs; lines without a find are not named."""
    (tmp_path / "policy.toml").write_text(POLICY)
    ran = pipe(DATA, "--explain", "--policy", "policy.toml")
    assert ran.status == 0
    assert [(found["line"], found["path"], found["kind"]) for found in finds(ran.out)] == [
        (2, ".", "email"),
        (3, "user.Password", "password"),
        (3, "list.1.to", "email"),
        (4, "message", "order"),
        (4, "context.diagnosis", "denied"),
    ]
    assert all(found["rule"] for found in finds(ran.out))
    assert "obskit: policy: policy.toml\n" in ran.err
    assert "obskit: 5 finds in 4 lines\n" in ran.err


def test_it_shows_no_secret(pipe: Pipe, tmp_path: Path) -> None:
    """Neither as rows nor as JSON, in no path either."""
    (tmp_path / "policy.toml").write_text(POLICY)
    data = DATA + b'{"jo@shop.example": {"password": "hunter2x!"}}\n' * 2
    for form in ("--json", "--text"):
        ran = pipe(data, "--explain", form, "--policy", "policy.toml")
        for secret in ("jo@shop", "hunter2", "flu", "123456"):
            assert secret not in ran.out.decode() + ran.err


def test_a_name_that_is_replaced_is_told_each_time(pipe: Pipe) -> None:
    """With the path of the object that has it."""
    found = finds(pipe(b'{"a": {"jo@shop.example": 1}}\n' * 2, "--explain").out)
    assert [(one["line"], one["path"], one["kind"]) for one in found] == [(1, "a", "email"), (2, "a", "email")]


def test_rows_are_for_people(pipe: Pipe) -> None:
    """One a find, in columns, without what a terminal would obey."""
    ran = pipe(b'{"\\u001b[31m": {"password": "hunter2x!"}}\n', "--explain", "--text")
    (row,) = ran.out.decode().splitlines()
    assert row.split()[:2] == ["1", "password"]
    assert "\x1b" not in row


def test_paths_of_large_lines_are_those_of_the_line(pipe: Pipe) -> None:
    """Where a line is redacted in pieces, nobody sees it."""
    rows: list[Any] = [{"n": number} for number in range(2500)]
    rows[2222] = {"password": "hunter2x!"}
    deep: Any = {"password": "hunter2x!"}
    for _ in range(40):
        deep = {"in": deep}
    data = orjson.dumps({"rows": rows}) + b"\n" + orjson.dumps(deep) + b"\n"
    assert [found["path"] for found in finds(pipe(data, "--explain").out)] == [
        "rows.2222.password",
        ".".join(["in"] * 40 + ["password"]),
    ]

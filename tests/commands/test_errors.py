"""`obskit errors`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def filled(root: Path, journals: ModuleType) -> Path:
    """A journal with two faults in two services."""
    shop, stock = journals.Writer(root, "shop", 1), journals.Writer(root, "stock", 2)
    for number in range(3):
        fault = journals.error("shop.Declined", f"card of order {number}", "f1")
        shop.log(
            number, "checkout failed", "ERROR", correlation_id=f"req-{number}", error=fault, user={"id": number % 2}
        )
    stock.log(60, "gone", "ERROR", correlation_id="req-9", error=journals.error("KeyError", "'sku'", "f2"))
    return root


def test_groups(run: Run, filled: Path) -> None:
    """Each fault has its count, type, place, services, times, users, and the command to see one of them."""
    ran = run("errors", filled, "--text")
    first, second, total = ran.out.strip().split("\n\n")
    for text in (
        "3× shop.Declined", "f1", "card of order 2", "at shop/stock.py:58 in take", "in  shop", "2 users affected",
        "first  2026-03-04 10:42:01  last  10:42:03 UTC", "logged as  checkout failed",
        f"see  obskit trace req-2 --journal {filled}",
    ):  # fmt: skip
        assert text in first
    assert "1× KeyError" in second
    assert total == "2 faults, 4 errors"


@pytest.mark.parametrize(
    ("arguments", "marks"),
    [
        (["--service", "stock"], ["f2"]),
        (["--since", "2026-03-04T10:42:30Z"], ["f2"]),
        (["--until", "2026-03-04T10:42:30Z"], ["f1"]),
        (["--limit", "1"], ["f1"]),
        ([], ["f1", "f2"]),
    ],
)
def test_narrowed(run: Run, filled: Path, arguments: list[str], marks: list[str]) -> None:
    """Service, time and limit narrow the answer."""
    found = json.loads(run("errors", filled, "--json", *arguments).out)
    assert [fault["fingerprint"] for fault in found] == marks


def test_json(run: Run, filled: Path) -> None:
    """`--json` has for each fault what is shown."""
    fault = json.loads(run("errors", filled, "--json").out)[0]
    assert (fault["count"], fault["lines"], fault["estimated"]) == (3, 3, False)
    assert fault["services"] == ["shop"]
    assert fault["affected_users"] == 2
    assert (fault["first_seen"], fault["last_seen"]) == ("2026-03-04T10:42:01.000000Z", "2026-03-04T10:42:03.000000Z")
    assert fault["example"]["correlation_id"] == "req-2"
    assert fault["example"]["command"] == f"obskit trace req-2 --journal {filled}"


def test_estimated_counts_are_marked(run: Run, root: Path, journals: ModuleType) -> None:
    """A count that sampling estimates is told from one that was counted."""
    fault = journals.error("E", "m", "f1")
    writer = journals.Writer(root, "shop", 1)
    writer.log(0, "m", "ERROR", error=fault, user={"id": 1}, sampling={"rate": 0.001, "reason": "head"})
    writer.log(1, "m", "ERROR", error=journals.error("F", "m", "f2"))
    shown = run("errors", root, "--text").out
    assert "~1,000× E" in shown
    assert "at least 1 user affected" in shown
    assert " 1× F" in shown
    assert shown.endswith("2 faults, ~1,001 errors\n")
    first, second = json.loads(run("errors", root, "--json").out)
    assert (first["count"], first["lines"], first["estimated"]) == (1000, 1, True)
    assert (second["count"], second["lines"], second["estimated"]) == (1, 1, False)


def test_what_a_limit_left_out_is_counted(run: Run, root: Path, journals: ModuleType) -> None:
    """A storm of which a few lines and a summary were written shows with the number that there were."""
    writer = journals.Writer(root, "shop", 1)
    for at in range(100):
        writer.log(at, "m", "ERROR", correlation_id=f"req-{at}", error=journals.error("E", "m", "f1"))
    summary = {
        "context": {"left_out": 1100, "since": journals.stamp(100)},
        "sampling": {"rate": 1 / 1100, "reason": "limit"},
    }
    writer.log(101, "m", "ERROR", error={"type": "E", "fingerprint": "f1"}, **summary)
    shown = run("errors", root, "--text").out
    assert "~1,200× E" in shown
    assert "see  obskit trace req-99" in shown


def test_a_summary_alone_is_shown(run: Run, root: Path, journals: ModuleType) -> None:
    """Where the lines themselves are gone, or outside of the range, the summary stands for them."""
    writer = journals.Writer(root, "shop", 1)
    summary = {"context": {"left_out": 7}, "sampling": {"rate": 1 / 7, "reason": "limit"}}
    writer.log(0, "gone", "ERROR", error={"type": "E", "fingerprint": "f1"}, **summary)
    shown = run("errors", root, "--text").out
    for text in ("~7× E", "logged as  gone", "1 fault, ~7 errors"):
        assert text in shown
    (found,) = json.loads(run("errors", root, "--json").out)
    assert (found["count"], found["message"]) == (7, None)


def test_none(run: Run, root: Path) -> None:
    """No errors are no error."""
    ran = run("errors", root, "--text")
    assert ran == (0, "", "obskit: no errors\n")
    assert run("errors", root).out == "[]\n"


def commands(ran: Any) -> list[str]:
    """Return the commands that an answer in JSON names."""
    return [fault["example"]["command"] for fault in json.loads(ran.out)]


@pytest.mark.parametrize("option", [False, True])
@pytest.mark.parametrize("name", ["a journal; echo $HOME", "-journal"])
def test_the_command_works_as_typed(run: Run, filled: Path, tmp_path: Path, option: bool, name: str) -> None:
    """The command that an answer names finds the example, in whatever journal the question named."""
    filled.rename(tmp_path / "here" / name)
    where = [f"--journal={name}"] if option else [f"./{name}"]
    for command in commands(run("errors", *where)):
        program, *arguments = shlex.split(command)
        found = run(*arguments)
        assert program == "obskit"
        assert (found.status, arguments[1] in found.out) == (0, True), found.err


def test_the_command_for_a_file(run: Run, filled: Path, tmp_path: Path) -> None:
    """A file is named in the command as it was in the question; --journal would not take it."""
    file = tmp_path / "lines.jsonl"
    file.write_bytes(b"".join(path.read_bytes() for path in filled.rglob("*.jsonl")))
    for command in commands(run("errors", file)):
        assert command.endswith(f" {file}")
        assert run(*shlex.split(command)[1:]).status == 0


def test_the_command_for_a_journal_that_is_found(run: Run, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that was not named needs no naming in the command."""
    monkeypatch.setenv("OBSKIT_JOURNAL", str(filled))
    assert commands(run("errors"))[0] == "obskit trace req-2"


def test_an_id_like_an_option(run: Run, root: Path, journals: ModuleType) -> None:
    """A correlation id that looks like an option is not offered to be typed; the trace id is."""
    fault = journals.error("E", "m", "f1")
    ids = {"correlation_id": "-rf", "trace_id": journals.TRACE}
    journals.Writer(root, "shop", 1).log(0, "m", "ERROR", error=fault, **ids)
    assert commands(run("errors", root)) == [f"obskit trace {journals.TRACE} --journal {root}"]

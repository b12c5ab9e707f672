"""The form of an answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Run = Callable[..., Any]
COMMANDS = [["logs"], ["trace", "req-checkout-17"], ["errors"], ["doctor", "--journal"]]


def test_json_and_text_exclude_each_other(run: Run, root: Path) -> None:
    """Who asks for both forms is told so in one line, by every command."""
    for command in COMMANDS:
        ran = run(*command, root, "--json", "--text")
        assert (ran.status, ran.out) == (2, "")
        assert "--text: not allowed with argument --json" in ran.err
        assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_json_on_a_terminal_is_json(on_terminal: Run, root: Path, journals: ModuleType, command: list[str]) -> None:
    """`--json` on a terminal is the same document as in a pipe."""
    root.chmod(0o700)
    journals.checkout(root)
    ran = on_terminal(*command, root, "--json")
    assert "\x1b" not in ran.out
    assert json.loads(ran.out)


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_terminal_gets_text(on_terminal: Run, root: Path, journals: ModuleType, command: list[str]) -> None:
    """A terminal gets coloured text without being asked."""
    root.chmod(0o700)
    journals.checkout(root)
    ran = on_terminal(*command, root)
    assert "\x1b[" in ran.out
    assert "{" not in ran.out.splitlines()[0]


def test_json_in_a_pipe_is_utf_8(root: Path, journals: ModuleType) -> None:
    """JSON in a pipe is UTF-8 whatever the locale, and a path that is none stands as an escape."""
    name = os.fsdecode(b"k\xe4se")
    fault = journals.error("E", "käse", "f1")
    journals.Writer(root, "shop", 1).log(0, "m", "ERROR", error=fault, correlation_id="req-1")
    root.rename(root.parent / name)
    ran = subprocess.run(
        [sys.executable, "-m", "obskit", "errors", name],
        cwd=root.parent, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=True, timeout=30,
    )  # fmt: skip
    (found,) = json.loads(ran.stdout.decode())
    assert found["message"] == "käse"
    assert found["example"]["command"] == f"obskit trace req-1 --journal '{name}'"

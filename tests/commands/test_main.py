"""The command itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_help_names_every_command(run: Run) -> None:
    """`obskit --help` names what there is."""
    ran = run("--help")
    assert ran.status == 0
    for command in ("logs", "trace", "errors", "level", "redact", "doctor", "schema"):
        assert command in ran.out


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["trace"], ["logs", "\x1b[31m", "b"]])
def test_misuse_is_one_line_and_exit_2(run: Run, arguments: list[str]) -> None:
    """Misuse is one line, free of control characters, and status 2."""
    ran = run(*arguments)
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1
    assert "\x1b" not in ran.err


def test_run_as_a_module() -> None:
    """`python -m obskit` is the same command."""
    ran = subprocess.run([sys.executable, "-m", "obskit", "schema"], capture_output=True, check=True, timeout=30)
    assert ran.stdout.startswith(b"{")


def test_questions_import_neither_the_sdk_nor_sentry(tmp_path: Path) -> None:
    """Asking is light: nothing of OpenTelemetry, Sentry or structlog is imported for it."""
    code = (
        "import sys\nfrom obskit.commands.main import main\nmain(['logs', sys.argv[1]])\n"
        "print([name for name in ('opentelemetry', 'sentry_sdk', 'structlog', 'rich') if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=True, timeout=30, text=True
    )
    assert ran.stdout.splitlines()[-1] == "[]"

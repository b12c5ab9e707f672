"""Run small programs as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    """Return the surroundings of a program: nothing of obskit's is set but what is given here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OBSKIT_", "OTEL_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", **more}


def start(program: str, *arguments: object, **more: str) -> subprocess.Popen[str]:
    """Start a program; the caller waits for it or ends it."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(program: str, *arguments: object, timeout: float = 30, **more: str) -> str:
    """Run a program to its end and return what it printed; it must succeed."""
    process = start(program, *arguments, **more)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"still running after {timeout} s\n{out}\n{err}") from None
    assert process.returncode == 0, f"exit {process.returncode}\n{out}\n{err}"
    return out

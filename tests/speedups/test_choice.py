"""The accelerator is used where it can be imported, unless OBSKIT_SPEEDUPS says no."""

from __future__ import annotations

import subprocess
import sys

import pytest

import obskit_speedups
from obskit.line import speedups

SHOWN = """
import obskit
from obskit.line import speedups
from obskit.sources.logger import Logger
runtime = obskit.init("shop", journal=False, console=False, integrations=[])
print(speedups.module is not None, runtime.quick is not None, type(vars(Logger)["info"]).__name__)
"""


@pytest.mark.parametrize(
    ("said", "used"),
    [
        (None, True),
        ("", True),
        ("true", True),
        ("1", True),
        ("false", False),
        ("0", False),
        ("No", False),
        ("off", False),
    ],
)
def test_the_environment_chooses(said: str | None, used: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it or nothing: the methods, the emitter, and what goes from an event to a line."""
    if said is None:
        monkeypatch.delenv("OBSKIT_SPEEDUPS", raising=False)
    else:
        monkeypatch.setenv("OBSKIT_SPEEDUPS", said)
    env_path = ":".join(sys.path)
    monkeypatch.setenv("PYTHONPATH", env_path)
    done = subprocess.run([sys.executable, "-c", SHOWN], capture_output=True, text=True, timeout=30)
    assert (done.stdout.split(), done.stderr) == ([str(used), str(used), "Method" if used else "function"], "")


def test_another_release_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is called in another way than this obskit knows is not called."""
    monkeypatch.delenv("OBSKIT_SPEEDUPS", raising=False)
    assert speedups._found() is obskit_speedups
    monkeypatch.setattr(obskit_speedups, "API", 0)
    assert speedups._found() is None


def test_its_absence_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to install it."""
    monkeypatch.delenv("OBSKIT_SPEEDUPS", raising=False)
    monkeypatch.setitem(sys.modules, "obskit_speedups", None)
    assert speedups._found() is None

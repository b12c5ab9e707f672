"""The page on levels against the command that it describes."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "levels.md"
COMMANDS = [line.strip() for line in PAGE.read_text().splitlines() if line.startswith("    obskit level")]


def test_the_page_has_commands() -> None:
    """The search finds what there is."""
    assert len(COMMANDS) >= 8


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_works_as_it_stands(
    run: Callable[..., Any],
    root: Path,
    journals: ModuleType,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a journal that the service has written to; a pid is another one each time."""
    root.chmod(0o700)
    journals.Writer(root, "shop", 1)
    monkeypatch.setenv("OBSKIT_JOURNAL", str(root))
    monkeypatch.setenv("OBSKIT_LEVEL_KEY", "a key for tests")
    Path("level.key").write_text("a key for tests\n")
    arguments = ["1" if word == "4711" else word for word in shlex.split(command, comments=True)[1:]]
    if arguments[1:2] == ["reset"]:
        assert run("level", "DEBUG", "--service", "shop").status == 0
    ran = run(*arguments)
    assert ran.status == 0, ran.err

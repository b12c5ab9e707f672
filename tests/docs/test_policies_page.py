"""The page on policies: its files, its commands and what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import obskit
from obskit.commands.redact_files import files_of
from obskit.settings.mistakes import ConfigError
from obskit.settings.options import Redaction
from tests.docs.blocks import ROOT, Block, blocks, run

PAGE = ROOT / "docs" / "policies.md"
SESSIONS = [block for block in blocks(PAGE) if block.language == "console"]


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the files of the page."""
    for block in blocks(PAGE):
        if block.title:
            (tmp_path / block.title).write_text(block.text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(command: str, directory: Path) -> str:
    """Return what a command shows on a terminal: its answer, then its remarks."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("OBSKIT_")}
    environ = kept | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    # In a pipe the answer would be JSON.
    command += " --text" if "--check" in command or "--explain" in command else ""
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=directory, env=environ, capture_output=True, text=True, timeout=50
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.name)
def test_a_command_says_what_the_page_shows(session: Block, directory: Path) -> None:
    """Each one that stands behind a `$`, with the files of the page."""
    command, shown = re.fullmatch(r"\$ ([^\n]+)\n(.*)", session.text, re.DOTALL).groups()  # type: ignore[union-attr]
    assert said(command, directory) == shown


def test_the_page_has_commands() -> None:
    """The search finds what there is."""
    assert len(SESSIONS) >= 4


def test_the_program_removes_what_the_policy_names(directory: Path) -> None:
    """Its line has nothing of what must go, and what must stay."""
    (program,) = [block.text for block in blocks(PAGE) if block.runnable and "init(" in block.text]
    (directory / "program.py").write_text(program)
    done = run(directory, "program.py")
    assert done.returncode == 0, done.stderr
    assert "[REDACTED:order] sent" in done.stdout
    assert '"next_token":"page-2"' in done.stdout
    assert not re.search("flu|K-17|ORD-1", done.stdout)


def test_the_mistakes_are_told_as_the_page_shows_them(directory: Path) -> None:
    """The file of mistakes gives the text of the page."""
    assert (directory / "wrong.toml").exists()
    with pytest.raises(ConfigError) as raised:
        obskit.init("clinic", redaction="wrong.toml")  # type: ignore[arg-type,unused-ignore]
    (shown,) = [block.text for block in blocks(PAGE) if block.language == "text" and not block.title]
    assert str(raised.value) == shown.rstrip("\n")


def test_the_table_has_every_argument() -> None:
    """One row each, in their order."""
    rows = re.findall(r"^\| `(\w+)` \| .* \| .* \|$", PAGE.read_text(), re.MULTILINE)
    assert rows == list(Redaction.KINDS)


def test_the_names_that_are_scanned_are_those_of_the_page(tmp_path: Path) -> None:
    """Each pattern and example of the page is found in a directory."""
    (line,) = re.findall(r"In a directory these files are scanned: (.*?)\. What", PAGE.read_text(), re.DOTALL)
    names = [name.replace("*", "any") for name in re.findall(r"`([^`]+)`", line)]
    assert len(names) >= 8
    for name in names:
        (tmp_path / name).touch()
    assert sorted(path.name for path in files_of([str(tmp_path)]).paths) == sorted(names)

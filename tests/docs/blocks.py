"""Find the programs in the documentation and run them as a reader would: whole, in a directory of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?[^\n]*\n(?P<text>.*?)^```$', re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    title: str
    text: str

    @property
    def runnable(self) -> bool:
        """Whether it is a program of obskit's users."""
        return (
            self.language == "python"
            and re.search(r"^(import obskit$|from obskit\b)", self.text, re.MULTILINE) is not None
        )

    @property
    def name(self) -> str:
        """Where it stands."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    text = page.read_text()
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, found["language"], found["title"] or "", found["text"])
        for found in _BLOCK.finditer(text)
    ]


def titled(page: str, title: str) -> str:
    """Return the text of the block of that title."""
    (found,) = [block.text for block in blocks(ROOT / "docs" / page) if block.title == title]
    return found


def run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a directory, with warnings as errors and none of the caller's settings."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith(("OBSKIT_", "OTEL_", "PYTHON"))}
    environ |= {"PYTHONPATH": str(directory), "XDG_STATE_HOME": str(directory / "state")}
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=directory, env=environ, capture_output=True, text=True, timeout=50)

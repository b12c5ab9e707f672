"""Read the texts that stand beside the generators: templates to fill in, and what real programs printed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
# Stands between cases of several lines.
BREAK = "\n====\n"
# Begins a line that tells where the rest came from.
NOTE = "#: "


@cache
def templates(name: str) -> tuple[str, ...]:
    r"""Return the templates of a kind, one a line; `\n`, `\t` and `\\` stand for what they stand for in Python."""
    text = (DATA / "templates" / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(_unescaped(line) for line in text.splitlines())


def _unescaped(line: str) -> str:
    return "\\".join(part.replace("\\n", "\n").replace("\\t", "\t") for part in line.split("\\\\"))


@cache
def printed(name: str) -> tuple[str, ...]:
    """Return the cases of a file of real text: its lines, or what stands between breaks."""
    text = (DATA / "real" / f"{name}.txt").read_text(encoding="utf-8")
    parts = text.split(BREAK if BREAK in text else "\n")
    return tuple(part.strip("\n") for part in parts if part.strip() and not part.startswith(NOTE))


def printed_names() -> list[str]:
    """Return the names of the files of real text."""
    return sorted(path.stem for path in (DATA / "real").glob("*.txt"))

"""From the logger's method to the write: the same lines with the accelerator as without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("whole.py")
ROOT = PROGRAM.parents[2]


def _run(program: str, folder: Path, chosen: str, *, journal: bool = False) -> tuple[list[dict[str, Any]], int, str]:
    """Return the console's lines, how often Python was called, and what was counted."""
    console = folder / f"console-{chosen}"
    where = [str(folder / f"journal-{chosen}")] if journal else []
    env = {**os.environ, "OBSKIT_SPEEDUPS": chosen, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(
        [sys.executable, str(PROGRAM), program, str(console), *where],
        env=env,
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
    calls, _, counted = done.stdout.partition("\n")
    return [json.loads(line) for line in console.read_bytes().splitlines()], int(calls), counted


def _timeless(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without what differs between two runs: moments, ids, and places in files."""
    kept = {
        name: value for name, value in record.items() if name not in ("timestamp", "id", "trace_id", "span_id", "error")
    }
    kept["number"] = record["id"].rpartition("-")[2]
    kept["traced"] = "trace_id" in record
    kept["failed"] = record.get("error", {}).get("type")
    return kept


@pytest.mark.parametrize("journal", [False, True])
def test_the_same_lines_with_and_without(tmp_path: Path, journal: bool) -> None:
    """Every way to call a logger, in and out of units, held, kept and verbose: the same lines but for moments."""
    pure, pure_calls, pure_counted = _run("units", tmp_path, "false", journal=journal)
    quick, quick_calls, quick_counted = _run("units", tmp_path, "true", journal=journal)
    assert list(map(_timeless, quick)) == list(map(_timeless, pure))
    assert quick_counted == pure_counted
    # Many are odd on purpose; of the others the first of each kind goes to Python as well.
    assert quick_calls < pure_calls * 0.75


@pytest.mark.parametrize("chosen", ["false", "true"])
def test_what_is_held_while_its_unit_ends_is_written(tmp_path: Path, chosen: str) -> None:
    """A unit that fails in another thread just then: nobody else would come by for that record."""
    lines, _, _ = _run("ending", tmp_path, chosen)
    assert [line["message"] for line in lines] == ["first", "second"] * 3


def test_eight_threads_write_whole_lines(tmp_path: Path) -> None:
    """Over many rotations: every line is whole, in console and journal, and the ids have neither gap nor double."""
    lines, calls, counted = _run("threads", tmp_path, "true", journal=True)
    numbers = sorted(int(line["id"].rpartition("-l")[2]) for line in lines)
    assert numbers == list(range(1, 16_001))
    assert counted == "{} {} 0\n"
    # The first of each thread opens the journal, or finds a name that is not known yet.
    assert calls < 200
    stored = [
        json.loads(line)
        for segment in (tmp_path / "journal-true").glob("*/*/*.jsonl")
        for line in segment.read_bytes().splitlines()
    ]
    ids = sorted(int(line["id"].rpartition("-l")[2]) for line in stored if "message" in line)
    assert ids == numbers

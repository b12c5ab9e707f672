"""The two programs on the journal's page, against journals that obskit writes and reads."""

from __future__ import annotations

import os
import types
from pathlib import Path
from typing import Any

import orjson
import pytest

import obskit
from obskit.commands.main import main
from obskit.journal.cursors import Cursor, Cursors
from tests.docs.blocks import run, titled
from tests.query.journals import Writer


def module(title: str) -> types.ModuleType:
    made = types.ModuleType(title.removesuffix(".py"))
    exec(compile(titled("journal.md", title), title, "exec"), made.__dict__)
    return made


def printed(directory: Path, journal: Path) -> list[dict[str, Any]]:
    (directory / "read_journal.py").write_text(titled("journal.md", "read_journal.py"))
    done = run(directory, "-I", "read_journal.py", str(journal))
    assert done.returncode == 0, done.stderr
    return [orjson.loads(line) for line in done.stdout.splitlines()]


def test_the_reader_finds_all_that_obskit_wrote(tmp_path: Path) -> None:
    """Each record of a program that rotates and forks stands in its output once."""
    journal = tmp_path / "journal"
    obskit.init("shop", console=False, journal=obskit.Journal(journal, segment_bytes=2000))
    log = obskit.get_logger()
    with obskit.span("work"):
        for number in range(20):
            log.info("step", number=number)
    child = os.fork()
    if child == 0:
        log.info("in the child")
        os._exit(0)
    os.waitpid(child, 0)
    obskit.shutdown()
    found = printed(tmp_path, journal)
    assert len(list(journal.glob("shop/*/*.jsonl"))) > 3
    assert sorted(line["context"]["number"] for line in found if line.get("message") == "step") == list(range(20))
    assert [line["name"] for line in found if line.get("kind") == "span"] == ["work"]
    assert [line["message"] for line in found if line.get("message", "").startswith("in")] == ["in the child"]
    assert len({line["id"] for line in found}) == len(found) == 22


def test_the_reader_agrees_with_obskit_on_a_damaged_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Torn lines, NULs, foreign lines, a newer format, an unfinished line and merged directories are read alike."""
    journal = tmp_path / "journal"
    one = Writer(journal, "shop", 1)
    one.log(0.1, "whole")
    one.raw(b'{"timestamp":"2026-03-04T10:42:01.200000Z","level":"INFO","mess')
    one.log(0.3, "behind a torn line")
    one.raw(b"\0\0\0\0")
    one.log(0.4, "behind NULs")
    one.raw(b"no line of ours\n[1, 2]\n")
    one.rotate(at=0.5)
    one.log(0.6, "in the second segment")
    one.raw(b'{"timestamp":"2026-03-04T10:42:01.700000Z","level":"INFO","message":"unfinished"}')
    source = Writer(journal, "shop", 2)
    source.log(0.8, "merged once")
    merged = Writer(journal, "shop", 3)
    merged.path.write_bytes(source.path.read_bytes())
    (merged.directory / "sources").write_text(f"{source.id}\n")
    newer = Writer(journal, "stock", 4)
    newer.rotate(at=0.9, format=2)
    newer.log(1.0, "of a newer format")
    (journal / "shop" / ".hidden").mkdir()
    found = [line["message"] for line in printed(tmp_path, journal)]
    assert found == ["whole", "behind a torn line", "behind NULs", "in the second segment", "merged once"]
    assert main(["logs", str(journal)]) == 0
    assert found == [orjson.loads(line)["message"] for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("target", ["otlp+http://127.0.0.1:4318#1f0c64a6", 'odd "name" \\ of a target'])
def test_a_cursor_that_the_page_moves_is_obskits(tmp_path: Path, target: str) -> None:
    """What the program writes obskit reads, and the other way round, move by move."""
    page, journal = module("move_cursor.py"), Cursors(tmp_path)
    page.move(tmp_path, target, "logs", 1, 500, 3)
    page.move(tmp_path, target, "spans", 1, 90, 1)
    for step in range(1, 5):
        page.move(tmp_path, target, "logs", step, step * 1000, step * 10, refused=step)
        journal.load()
        assert journal.get((target, "logs")) == Cursor(step, step * 1000, step * 10, step)
        assert journal.get((target, "spans")) == Cursor(1, 90, 1, 0)
        journal.put((target, "logs"), Cursor(step, step * 1000 + 1, step * 10 + 1, step))
        fields = page.read(tmp_path / "cursors")[(target, "logs")][1]
        assert (fields["offset"], fields["passed"]) == (step * 1000 + 1, step * 10 + 1)
    assert (tmp_path / "cursors").stat().st_size == 4 * page.SLOT


def test_the_page_and_obskit_both_pass_over_a_broken_slot(tmp_path: Path) -> None:
    """Where the newest slot is broken the one before counts, for either."""
    page, key = module("move_cursor.py"), ("target", "logs")
    page.move(tmp_path, *key, 1, 100, 1)
    page.move(tmp_path, *key, 1, 200, 2)
    place, _ = page.read(tmp_path / "cursors")[key]
    with (tmp_path / "cursors").open("r+b") as file:
        file.seek(place * page.SLOT + 20)
        file.write(b"XXXX")
    assert page.read(tmp_path / "cursors")[key][1]["offset"] == 100
    assert Cursors(tmp_path).get(key) == Cursor(1, 100, 1, 0)

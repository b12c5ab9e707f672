"""A journal is brought up to a policy beside living writers, keepers and readers."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from obskit.journal import reader
from obskit.journal.cursors import Cursor, Cursors
from obskit.journal.keeper import Keeper
from obskit.journal.lock import FileLock, claim_directory
from obskit.journal.place import Place
from obskit.journal.rewrite import Progress, bring_up
from tests.journal.rewriting import LOGS, POLICY, SECRET, content, old, pending, rewrite
from tests.support import journals


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """The journal."""
    return journals.place(tmp_path / "journal")


def test_a_living_writer_is_left_and_named_until_it_has_ended(where: Place) -> None:
    """Its process goes on under its own policy: to rewrite what it has would be in vain."""
    living = journals.writer(where)
    ids = journals.fill(living, 3, context=SECRET)
    _, others = old(where, 2)

    summary = rewrite(where)
    (left,) = summary.left
    assert (left.service, left.writer, left.pid, left.segments) == ("shop", living.id, os.getpid(), 1)
    assert "restart" in left.reason
    assert summary.rewritten == 1
    ids += journals.fill(living, 3, first=4, context=SECRET)

    living.close()
    assert rewrite(where).left == []
    assert sorted(journals.found(where.path)) == sorted(ids + others)
    assert b"example" not in content(where.path)


def test_what_another_machine_may_still_write_is_left_for_five_minutes(where: Place) -> None:
    """Its lock says nothing here; its files do."""
    directory, ids = old(where, 2, boot="another machine's")

    (left,) = rewrite(where).left
    assert "5 minutes" in left.reason
    for path in (*directory.iterdir(), directory):
        os.utime(path, (time.time() - 301,) * 2)

    assert rewrite(where).left == []
    assert journals.found(where.path) == ids


def test_a_newer_format_is_left_alone(where: Place) -> None:
    """Nobody here knows what its lines mean."""
    directory, _ = old(where, 2)
    path = directory / "000001.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":2', 1))
    before = content(directory)

    (left,) = rewrite(where).left

    assert "newer format" in left.reason
    assert content(directory) == before


def test_where_redaction_fails_on_everything_nothing_is_lost(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of its own must not empty a whole journal."""
    from obskit.journal import redacted
    from obskit.protect.redactor import Redactor

    class Broken(Redactor):
        def record(self, record: dict[str, Any], limit: int) -> dict[str, Any]:
            self.failed()
            return {**record, "context": "[REDACTED:error]"}

    directory, _ = old(where, 30)
    before = content(directory)
    monkeypatch.setattr(redacted, "make", lambda policy, failed, watch: Broken(None, None, failed))

    (left,) = rewrite(where).left

    assert "redaction fails on" in left.reason
    assert content(directory) == before


def test_an_agent_that_does_not_let_go_keeps_what_it_holds(where: Place) -> None:
    """After a while the rest is done all the same; what is left is said."""
    held, _ = old(where, 2)
    _, ids = old(where, 2)
    fd = claim_directory(held)
    locks = [FileLock(where.path / name) for name in ("keeper.lock", "agent.lock")]
    assert all(lock.take() for lock in locks)
    try:
        summary = rewrite(where, patience=0.2)
    finally:
        for lock in locks:
            lock.release()

    assert [left.writer for left in summary.left] == [held.name]
    assert summary.rewritten == 1
    assert set(ids) <= set(journals.found(where.path))
    assert fd is not None
    os.close(fd)


def test_who_has_a_segment_open_reads_it_to_its_end(where: Place) -> None:
    """The old file lives as long as somebody reads it."""
    directory, ids = old(where, 2000)
    lines = reader.lines(directory / "000001.jsonl")
    first = [next(lines) for _ in range(3)]

    rewrite(where)

    assert not directory.exists()
    rest = [orjson.loads(line.raw) for line in (*first, *lines)]
    assert [record["id"] for record in rest[1:]] == ids


def test_readers_find_each_line_once_at_any_time(where: Place) -> None:
    """However often they look while writers are being replaced one after the other."""
    ids = sorted(one for _ in range(30) for one in old(where, 40)[1])
    done = threading.Event()

    def work() -> None:
        rewrite(where)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    looks = []
    while not done.is_set():
        try:
            looks.append(sorted(journals.found(where.path)))
        except FileNotFoundError:
            # It was replaced while it was being read: reading again gives the full answer.
            continue
    thread.join()

    assert sorted(journals.found(where.path)) == ids
    assert all(len(found) == len(set(found)) for found in looks)


def test_a_keeper_that_looked_before_does_not_adopt_what_was_replaced(where: Place) -> None:
    """Whoever replaced it was killed just then: its lines must not be merged or sent a second time."""
    directory, ids = old(where, 3)
    successor = directory.with_name("f" * 32)
    keeper = Keeper(where, max_bytes=1 << 30, max_age=1e6, targets=list, dropped=lambda drop: None)

    def killed_meanwhile() -> None:
        # What lies there between the moment it has its name and the removal of the old one.
        if not successor.exists():
            shutil.copytree(directory, successor.with_name(".f"))
            (successor.with_name(".f") / "sources").write_text(f"{directory.name}\n")
            successor.with_name(".f").rename(successor)

    keeper.tend(killed_meanwhile, set())
    assert directory not in keeper.adopted
    keeper.tend(lambda: None, set())
    assert list(keeper.adopted) == [successor]
    assert not directory.exists()
    keeper.release()
    assert journals.found(where.path) == ids


def test_what_retention_removes_meanwhile_does_not_come_back(where: Place) -> None:
    """A keeper may take older segments of any writer while they are being rewritten."""
    directory, ids = old(where, 40, segment_bytes=3000)
    Cursors(directory).put(LOGS, Cursor(1, 0, 0))

    class Retention(Progress):
        def advance(self, done: int, found: int) -> None:
            (directory / "000001.jsonl").unlink(missing_ok=True)

    kept = [one for one in ids if one not in set(_ids(directory / "000001.jsonl"))]
    bring_up(where, POLICY, Retention())

    (now,) = reader.writers(where.path)
    assert journals.found(where.path) == kept
    assert pending(now) == kept


def _ids(path: Path) -> list[str]:
    return [orjson.loads(line.raw)["id"] for line in reader.lines(path) if reader.kind(line.raw) == "log"]


def test_what_killed_processes_left_is_removed(where: Place) -> None:
    """Unfinished copies and directories that others stand for hold secrets too; who is just beginning is let be."""
    directory, ids = old(where, 3)
    unfinished, beginning, replaced = (directory.with_name(name) for name in (".unfinished", ".beginning", "0" * 32))
    shutil.copytree(directory, unfinished)
    shutil.copytree(directory, replaced)
    (directory / "sources").write_text(f"{replaced.name}\n")
    beginning.mkdir()

    assert rewrite(where).left == []

    assert not unfinished.exists()
    assert not replaced.exists()
    assert beginning.exists()
    assert b"example" not in content(where.path)
    assert journals.found(where.path) == ids


def test_what_a_replaced_directory_stood_for_does_not_come_back(where: Place) -> None:
    """Even where it can't be removed at once, such as on a disk in trouble."""
    directory, ids = old(where, 3)
    stubborn = directory.with_name("0" * 32)
    shutil.copytree(directory, stubborn)
    (directory / "sources").write_text(f"{stubborn.name}\n")
    fd = claim_directory(stubborn)
    assert fd is not None

    class Trouble(Progress):
        def begin(self, total: int) -> None:
            # The lease is given back by now; what was cleared stands there again.
            shutil.copytree(directory, stubborn, dirs_exist_ok=True)
            (directory / "sources").write_text(f"{stubborn.name}\n")

    bring_up(where, POLICY, Trouble())

    assert journals.found(where.path) == ids
    os.close(fd)

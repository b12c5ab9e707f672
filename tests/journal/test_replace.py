"""A rewritten directory in the place of a dead writer's: segments, headers, times and cursors."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors, Key
from obskit.journal.lock import claim_directory
from obskit.journal.place import Place
from obskit.protect.policy import digest
from tests.journal.rewriting import LOGS, POLICY, SPANS, content, headers, old, pending, rewrite
from tests.support import journals


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """The journal."""
    return journals.place(tmp_path / "journal")


def test_each_header_of_a_merged_file_is_stamped(where: Place) -> None:
    """And holds for its own lines as before."""
    from obskit.journal.merge import Standing, merge

    sources = [old(where, 3) for _ in range(3)]
    fds = [claim_directory(directory) for directory, _ in sources]
    standing = Standing(frozenset(), frozenset((LOGS,)))
    merged = merge(where.path / "shop", [directory for directory, _ in sources], standing, where, lambda: None)
    assert merged is not None
    for fd in (*fds, merged.fd):
        assert fd is not None
        os.close(fd)

    summary = rewrite(where)

    assert (summary.rewritten, summary.left) == (1, [])
    assert [header["writer"] for header in headers(where.path)] == [directory.name for directory, _ in sources]
    assert {header["redaction"] for header in headers(where.path)} == {digest(POLICY)}
    (now,) = reader.writers(where.path)
    assert pending(now) == [one for _, ids in sources for one in ids]
    assert b"example" not in content(where.path)
    assert rewrite(where).rewritten == 0


def test_segments_that_are_up_to_the_policy_are_carried_over_as_they_are(where: Place) -> None:
    """Their bytes and cursors in them don't move."""
    directory, ids = old(where, 40, segment_bytes=3000)
    path = directory / "000002.jsonl"
    raw = path.read_bytes().replace(b'"redaction":"r"', b'"redaction":"%b"' % digest(POLICY).encode())
    path.write_bytes(raw)
    end = list(reader.lines(path))[3].end
    Cursors(directory).put(LOGS, Cursor(2, end, 1))
    waiting = pending(directory)

    summary = rewrite(where)

    (now,) = reader.writers(where.path)
    assert summary.rewritten == summary.segments - 1
    assert (now / "000002.jsonl").read_bytes() == raw
    assert pending(now) == waiting
    assert journals.found(where.path) == ids


def test_a_rewritten_segment_is_as_old_as_before_and_as_private(where: Place) -> None:
    """Retention goes by age; the directory and its files are for the owner alone."""
    directory, _ = old(where, 3)
    os.utime(directory / "000001.jsonl", (1_000_000, 1_000_000))

    rewrite(where)

    (now,) = reader.writers(where.path)
    assert (now / "000001.jsonl").stat().st_mtime == 1_000_000
    assert now.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in now.iterdir()} == {0o600}


def test_wherever_a_cursor_stands_the_same_lines_are_pending(where: Place) -> None:
    """Before the first line, behind each one, at the end of a segment, behind one that is gone."""
    directory, _ = old(where, 12, spans=6, segment_bytes=1100)
    (directory / "000002.jsonl").unlink()
    numbers = segment.numbers(directory)
    assert len(numbers) > 3
    places = [(2, 0), (2, 77)]
    for n in numbers:
        places += [(n, 0), *((n, line.end) for line in reader.lines(directory / segment.file_name(n)))]
    cursors = Cursors(directory)
    keys: list[Key] = []
    for count, (n, offset) in enumerate(places):
        signal = "logs" if count % 2 else "spans"
        keys.append((f"t{count}", signal))
        cursors.put((f"t{count}", signal), Cursor(n, offset, count, count // 2))
    before = {key: pending(directory, key) for key in keys}
    assert len({len(found) for found in before.values()}) > 6

    rewrite(where)

    (now,) = reader.writers(where.path)
    assert {key: pending(now, key) for key in keys} == before
    moved = Cursors(now)
    counts = [(at.passed, at.refused) for key in keys if (at := moved.get(key)) is not None]
    assert counts == [(count, count // 2) for count in range(len(places))]


def test_a_target_that_has_everything_still_has_everything(where: Place) -> None:
    """So that merging and retention see it as before."""
    from obskit.journal.retention import has_all

    directory, _ = old(where, 5, spans=2)
    size = (directory / "000001.jsonl").stat().st_size
    Cursors(directory).put(LOGS, Cursor(1, size, 5))
    Cursors(directory).put(SPANS, Cursor())

    rewrite(where)

    (now,) = reader.writers(where.path)
    assert has_all(now, Cursors(now), LOGS)
    assert not has_all(now, Cursors(now), SPANS)

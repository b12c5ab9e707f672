"""Lines under a policy: what they held is gone, all else is as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors
from obskit.journal.place import Place
from obskit.journal.writer import Writer
from obskit.protect.policy import digest
from obskit.settings.options import Redaction
from tests.journal.rewriting import LOGS, POLICY, SECRET, content, headers, old, pending, rewrite
from tests.support import journals


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """The journal."""
    return journals.place(tmp_path / "journal")


def test_a_dead_writers_segments_hold_less_and_the_same_lines(where: Place) -> None:
    """Ids, their order and the numbers of the segments stay; the headers name the policy."""
    directory, ids = old(where, 60, spans=20, segment_bytes=4000)
    numbers = segment.numbers(directory)
    assert len(numbers) > 3

    summary = rewrite(where)

    (now,) = reader.writers(where.path)
    assert journals.found(where.path) == ids
    assert segment.numbers(now) == numbers
    assert {header["redaction"] for header in headers(where.path)} == {digest(POLICY)}
    assert {header["writer"] for header in headers(where.path)} == {directory.name}
    assert b"example" not in content(where.path)
    assert content(where.path).count(b'"amount":12') == 80
    assert (summary.writers, summary.segments, summary.rewritten) == (1, len(numbers), len(numbers))
    assert (summary.tally.lines, summary.tally.changed) == (80, 80)
    assert summary.tally.kinds["email"] == 80
    assert summary.left == []


def test_the_second_time_nothing_is_rewritten(where: Place) -> None:
    """Not even a lock is taken: other processes notice nothing."""
    old(where, 5)
    rewrite(where)
    before = {path: path.stat().st_mtime_ns for path in where.path.rglob("*")}
    (where.path / "keeper.lock").unlink()

    summary = rewrite(where)

    assert (summary.segments, summary.rewritten, summary.left) == (1, 0, [])
    del before[where.path / "keeper.lock"]
    assert {path: path.stat().st_mtime_ns for path in where.path.rglob("*")} == before


def test_a_line_that_is_up_to_the_policy_keeps_its_bytes(where: Place) -> None:
    """Only what holds a secret is written anew."""
    made = journals.writer(where)
    clean, telling = (
        journals.line(f"{made.id}-l1", context={"n": 1.5, "t": "ä"}),
        journals.line(f"{made.id}-l2", context=SECRET),
    )
    assert made.write(clean) is None
    assert made.write(telling) is None
    made.close()

    summary = rewrite(where)

    (path,) = reader.segment_files(where.path)
    assert path.read_bytes().splitlines(keepends=True)[1] == clean
    assert (summary.tally.lines, summary.tally.changed) == (2, 1)


def test_the_next_policy_finds_what_the_former_left(where: Place) -> None:
    """Markers of the former one stay as they are; pseudonyms stand for what is found now."""
    _, ids = old(where, 3)
    rewrite(where)
    made = journals.writer(where)
    journals.fill(made, 1, context={"order": "ORD-123456", "user_email": "[REDACTED:email]"})
    made.close()
    policy = Redaction(custom={"order": r"\bORD-\d{6}\b"}, pseudonym_key="a key")

    summary = rewrite(where, policy)

    assert summary.rewritten == 2
    assert b"ORD-123456" not in content(where.path)
    assert b'"order":"[order:' in content(where.path)
    assert content(where.path).count(b"[REDACTED:email]") == 7
    assert journals.found(where.path)[:3] == ids


def test_what_stands_on_every_line_and_in_the_header_is_judged_too(where: Place) -> None:
    """Correlation ids, the service's fields, resource attributes, and what obskit doesn't know."""
    made = Writer(
        where, "shop", "0" * 31 + "a", {"service.name": "shop", "owner": "ops@example.com"},
        segment_bytes=1 << 20, always_sync=False, boot=headers_boot(), redaction="r",
    )  # fmt: skip
    made.open()
    own = "req-01a207ce8d847d5f8b3c0de1a22f4c55"
    fields = {"correlation_id": "carol@example.com", "host": "dave@example.net", "password": "hunter22"}
    for n, more in enumerate((fields, {"correlation_id": own}), 1):
        assert made.write(journals.line(f"{made.id}-l{n}", **more)) is None
    made.close()

    rewrite(where)

    found = content(where.path)
    assert b"example" not in found
    assert b"hunter22" not in found
    assert own.encode() in found
    assert journals.found(where.path) == [f"{made.id}-l1", f"{made.id}-l2"]


def test_a_key_that_stands_twice_hides_nothing(where: Place) -> None:
    """Whoever wrote such a line: readers see the last value, the file held both."""
    made = journals.writer(where)
    body = b'{"timestamp":"%b","context":{"user_email":"alice@example.com"},"context":{},"id":"%b-l1"}\n'
    assert made.write(body % (journals.STAMP.encode(), made.id.encode())) is None
    made.close()

    rewrite(where)

    assert b"example" not in content(where.path)
    assert journals.found(where.path) == [f"{made.id}-l1"]


def headers_boot() -> str:
    from obskit.journal.boot import boot_id

    return boot_id()


def damaged(where: Place) -> tuple[Path, bytes]:
    """Leave a segment with everything that a crash can leave, each piece with a secret in it."""
    made = journals.writer(where)
    journals.fill(made, 1, context=SECRET)
    whole = journals.line(f"{made.id}-l2", context=SECRET)
    pieces = (
        b'{"timestamp":"2026-01-31T23:59:59.123456Z","level":"INFO","context":{"diagnosis":"flu","card":"4111 11'
        + whole,
        b"\0" * 40 + journals.line(f"{made.id}-l3", context=SECRET),
        b"\0" * 40 + b"\n",
        b'{"timestamp":"2026-01-31T23:59:59.123456Z","context":{"password":"hun\n',
        b"somebody printed diagnosis flu here\n",
        b'{"a":"foreign","diagnosis":"flu"}\n',
        journals.line(f"{made.id}-l4", context=SECRET),
        b'{"timestamp":"2026-01-31T23:59:59.123456Z","context":{"diagnosis":"flu',
    )
    made.close()
    path = made.directory / "000001.jsonl"
    with path.open("ab") as file:
        file.write(b"".join(pieces))
    return made.directory, b"".join(pieces)


def problems(root: Path) -> tuple[int, int]:
    found = reader.Problems()
    for path in reader.segment_files(root):
        for line in reader.lines(path):
            reader.parse(line.raw, found)
    return found.torn, found.foreign


def test_what_is_no_record_is_emptied_and_counts_as_before(where: Place) -> None:
    """Half a secret can't be found, so nothing of it stays; what can be read of a broken line does."""
    damaged(where)
    ids, counts = journals.found(where.path), problems(where.path)
    assert len(ids) == 4
    assert counts == (3, 2)

    summary = rewrite(where, Redaction(deny=["diagnosis"]))

    assert journals.found(where.path) == ids
    assert problems(where.path) == counts
    for secret in (b"flu", b"hun", b"4111", b"example", b"somebody"):
        assert secret not in content(where.path)
    assert summary.tally.emptied == 6
    assert rewrite(where, Redaction(deny=["diagnosis"], ip="keep")).tally.emptied == 5
    assert problems(where.path) == counts


def test_a_segment_that_lost_its_header_gets_one(where: Place) -> None:
    """It says what is known, so that the next run leaves the segment alone; cursors stay behind their lines."""
    directory, ids = old(where, 5)
    path = directory / "000001.jsonl"
    path.write_bytes(path.read_bytes().partition(b"\n")[2])
    os.utime(directory, (1, 1))
    for entry in directory.iterdir():
        os.utime(entry, (1, 1))
    ends = [line.end for line in reader.lines(path)]
    Cursors(directory).put(LOGS, Cursor(1, ends[1], 2))
    for entry in [directory / "cursors", directory]:
        os.utime(entry, (1, 1))

    assert rewrite(where).rewritten == 1
    assert rewrite(where).rewritten == 0

    (now,) = reader.writers(where.path)
    (header,) = headers(where.path)
    assert (header["writer"], header["n"], header["resource"]) == (directory.name, 1, {})
    assert pending(now) == ids[2:]
    assert b"example" not in content(where.path)

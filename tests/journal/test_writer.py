"""Writing segments."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import threading
from pathlib import Path

import orjson
import pytest

from obskit.journal import reader, segment
from tests.support import journals


def test_a_line_is_in_the_file_when_the_call_returns(tmp_path: Path) -> None:
    """Behind the header, whole, with its newline."""
    made = journals.writer(journals.place(tmp_path), service="a/b")

    assert made.write(journals.line(f"{made.id}-l1")) is None

    header, line, rest = made.segment_path(1).read_bytes().split(b"\n")
    assert made.directory == tmp_path / "a%2Fb" / made.id
    assert orjson.loads(header)["resource"] == {"service.name": "a/b", "service.instance.id": made.id}
    assert (orjson.loads(line)["id"], rest) == (f"{made.id}-l1", b"")
    made.close()


def test_a_segment_is_followed_by_the_next_at_its_size(tmp_path: Path) -> None:
    """Each begins with a header of its own; no line is in two."""
    made = journals.writer(journals.place(tmp_path), segment_bytes=2000)
    ids = journals.fill(made, 60)

    assert journals.found(tmp_path) == ids
    numbers = segment.numbers(made.directory)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 3
    for n in numbers:
        header = reader.header_of(made.segment_path(n))
        assert header is not None
        assert header["n"] == n
        assert made.segment_path(n).stat().st_size < 2300
    made.close()


def test_a_segment_is_followed_by_the_next_at_its_age(tmp_path: Path) -> None:
    """After an hour, if there is anything in it."""
    now = [0.0]
    made = journals.writer(journals.place(tmp_path), clock=lambda: now[0])

    now[0] = 4000.0
    made.tend()
    assert made.n == 1
    journals.fill(made, 1)
    made.tend()
    assert made.n == 2
    made.tend()
    assert made.n == 2
    made.close()


def test_the_directory_is_locked_before_it_has_its_name(tmp_path: Path) -> None:
    """Nobody can take a living writer for a dead one; closing gives it up."""
    made = journals.writer(journals.place(tmp_path))
    fd = os.open(made.directory, os.O_RDONLY)
    with pytest.raises(BlockingIOError):
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    made.close()

    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(fd)


def test_eight_threads_lose_no_line_and_tear_none_while_segments_change(tmp_path: Path) -> None:
    """A line goes to the old segment or to the new one, whole."""
    made = journals.writer(journals.place(tmp_path), segment_bytes=3000)

    def write(series: int) -> None:
        for n in range(500):
            assert made.write(journals.line(f"{made.id}-l{series * 1000 + n}")) is None

    threads = [threading.Thread(target=write, args=(series,)) for series in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    raw = [line.raw for path in reader.segment_files(tmp_path) for line in reader.lines(path)]
    ids = [found["id"] for one in raw if "id" in (found := orjson.loads(one))]
    assert sorted(ids) == sorted(f"{made.id}-l{series * 1000 + n}" for series in range(8) for n in range(500))
    assert made.n > 5
    made.close()


def test_the_position_is_behind_every_line_written_so_far(tmp_path: Path) -> None:
    """Segment and offset, also right after a rotation."""
    made = journals.writer(journals.place(tmp_path))
    journals.fill(made, 3)
    assert made.position() == (1, made.segment_path(1).stat().st_size)

    made.rotate()

    assert made.position() == (2, made.segment_path(2).stat().st_size)
    made.close()


def test_what_a_broken_off_rotation_left_stops_no_later_one(tmp_path: Path) -> None:
    """An exception of a signal handler can end it between two steps."""
    made = journals.writer(journals.place(tmp_path))
    made.segment_path(2).write_bytes(b"")

    assert made.rotate()

    journals.fill(made, 1)
    assert made.n == 3
    assert journals.found(tmp_path) == [f"{made.id}-l1"]
    made.close()


def test_an_exception_in_the_middle_of_a_rotation_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C comes at any moment: the next rotation works."""
    made = journals.writer(journals.place(tmp_path))

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "fchmod", interrupt)
        with pytest.raises(KeyboardInterrupt):
            made.rotate()
    assert segment.numbers(made.directory) == [1]

    assert made.rotate()
    assert made.n == 2
    made.close()


def test_a_handler_that_interrupts_a_rotation_writes_to_the_segment_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It doesn't wait for the code that waits for it."""
    made = journals.writer(journals.place(tmp_path))
    create = segment.create

    def interrupted(path: Path, first: bytes, mode: int) -> int:
        assert made.write(journals.line(f"{made.id}-l7")) is None
        assert made.rotate()
        return create(path, first, mode)

    monkeypatch.setattr(segment, "create", interrupted)
    assert made.rotate()
    monkeypatch.undo()

    assert made.n == 2
    assert journals.found(tmp_path) == [f"{made.id}-l7"]
    made.close()


def test_a_removed_directory_is_noticed(tmp_path: Path) -> None:
    """Also where another one has its name by now."""
    made = journals.writer(journals.place(tmp_path))
    assert not made.gone()

    shutil.rmtree(made.directory)
    assert made.gone()
    made.directory.mkdir()
    assert made.gone()
    made.close()


def test_a_removed_segment_is_followed_by_the_next(tmp_path: Path) -> None:
    """Lines would go on into a file that nobody finds."""
    made = journals.writer(journals.place(tmp_path))
    journals.fill(made, 1)
    made.segment_path(1).unlink()

    made.tend()

    ids = journals.fill(made, 1, first=2)
    assert journals.found(tmp_path) == ids
    made.close()


def test_tending_shows_that_the_writer_lives(tmp_path: Path) -> None:
    """Other machines see only the time of the directory."""
    made = journals.writer(journals.place(tmp_path))
    os.utime(made.directory, (0, 0))

    made.tend()

    assert made.directory.stat().st_mtime > 0
    made.close()


def test_a_closed_writer_says_that_it_kept_nothing(tmp_path: Path) -> None:
    """It never writes to a descriptor that is someone else's by now."""
    made = journals.writer(journals.place(tmp_path))
    made.close()
    made.close()

    trouble = made.write(b"x\n")

    assert trouble is not None
    assert trouble.errno == errno.EBADF


def test_a_writer_that_cannot_be_opened_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is asked again and again."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(segment, "create", full)
    with pytest.raises(OSError, match="full"):
        journals.writer(journals.place(tmp_path))

    assert [path.name for path in tmp_path.rglob("*")] == ["shop"]


class Synced:
    """Which files were brought to the disk."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        real = os.fsync

        def fsync(fd: int) -> None:
            self.names.append(Path(os.readlink(f"/proc/self/fd/{fd}")).name)
            real(fd)

        monkeypatch.setattr(os, "fsync", fsync)


def test_with_always_each_line_is_brought_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And so are the names of new segments."""
    synced = Synced(monkeypatch)
    made = journals.writer(journals.place(tmp_path), always_sync=True)
    assert synced.names == [made.id, "shop"]
    synced.names.clear()

    journals.fill(made, 2)
    made.rotate()

    assert synced.names == ["000001.jsonl", "000001.jsonl", made.id, "shop"]
    made.close()


def test_with_always_a_line_in_the_former_segment_is_brought_to_the_disk_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread may begin the next segment between the write and the sync."""
    made = journals.writer(journals.place(tmp_path), always_sync=True)
    synced = Synced(monkeypatch)
    write = os.write

    def slow(fd: int, data: bytes) -> int:
        monkeypatch.setattr(os, "write", write)
        size = write(fd, data)
        made.rotate()
        return size

    monkeypatch.setattr(os, "write", slow)
    journals.fill(made, 1)

    assert "000001.jsonl" in synced.names
    made.close()


def test_a_disk_that_cannot_sync_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the call, not by an exception; a file system without sync is no trouble."""
    made = journals.writer(journals.place(tmp_path), always_sync=True)
    code = errno.EIO

    def fsync(fd: int) -> None:
        raise OSError(code, "broken")

    monkeypatch.setattr(os, "fsync", fsync)
    trouble = made.write(journals.line(f"{made.id}-l1"))
    assert trouble is not None
    assert trouble.errno == errno.EIO
    code = errno.EINVAL
    assert made.write(journals.line(f"{made.id}-l2")) is None
    made.close()


def test_a_sync_brings_every_segment_to_the_disk_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were finished since the last one, and the current one."""
    made = journals.writer(journals.place(tmp_path))
    made.rotate()
    made.rotate()
    synced = Synced(monkeypatch)

    made.sync()
    made.sync()

    assert synced.names == [
        "000001.jsonl",
        "000002.jsonl",
        "000003.jsonl",
        made.id,
        "shop",
        "000003.jsonl",
    ]
    made.close()

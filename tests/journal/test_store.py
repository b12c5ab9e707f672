"""This process's share of the journal."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from obskit.journal import segment
from obskit.journal.lock import claim_directory
from obskit.journal.place import Place
from obskit.journal.store import Store
from obskit.journal.writer import Writer
from tests.support import journals

BODY = journals.line("x-l1")[: -len(b',"id":"x-l1"}\n')] + b"}"
Dropped = list[tuple[str, str]]


@pytest.fixture
def make() -> Iterator[Callable[..., tuple[Store, Dropped]]]:
    """Make stores; all are closed at the end."""
    stores: list[Store] = []

    def store(place: Place | None, **options: Any) -> tuple[Store, Dropped]:
        dropped: Dropped = []
        chosen: dict[str, Any] = {"in_memory": True, "segment_bytes": 1 << 20, "always_sync": False, **options}
        made = Store(
            place,
            service="shop",
            resource=lambda writer: {"service.instance.id": writer},
            redaction="r",
            dropped=lambda reason, detail: dropped.append((reason, detail)),
            **chosen,
        )
        stores.append(made)
        return made, dropped

    yield store
    for made in stores:
        made.forget()


def test_a_line_is_returned_as_it_stands(tmp_path: Path, make: Callable[..., tuple[Store, Dropped]]) -> None:
    """With its id and newline: the console shows the same."""
    store, dropped = make(journals.place(tmp_path))

    line = store.append("logs", BODY)

    session = store.session
    assert session is not None
    assert line == journals.line(f"{session.ids.writer}-l1")
    assert journals.found(tmp_path) == [f"{session.ids.writer}-l1"]
    assert dropped == []


def test_a_process_that_writes_nothing_makes_nothing(
    tmp_path: Path, make: Callable[..., tuple[Store, Dropped]]
) -> None:
    """A writer is made with the first record."""
    store, _ = make(journals.place(tmp_path))

    assert store.session is None
    assert list(tmp_path.iterdir()) == []


def test_threads_that_come_first_share_one_writer(tmp_path: Path, make: Callable[..., tuple[Store, Dropped]]) -> None:
    """Those that came second leave nothing behind, and nobody is told twice."""
    opened: list[int] = []
    store, _ = make(journals.place(tmp_path), opened=lambda: opened.append(1))
    together = threading.Barrier(8)

    def write() -> None:
        together.wait()
        store.append("logs", BODY)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(list((tmp_path / "shop").iterdir())) == len(opened) == 1
    assert len(journals.found(tmp_path)) == 8


def test_without_a_directory_lines_wait_in_memory(make: Callable[..., tuple[Store, Dropped]]) -> None:
    """Under ids like any others."""
    store, dropped = make(None)
    line = store.append("spans", BODY)

    session = store.session
    assert session is not None
    assert session.memory is not None
    assert [entry.line for entry in session.memory.entries("spans")] == [line]
    assert dropped == []


def test_where_nothing_is_kept_lines_have_ids_all_the_same(make: Callable[..., tuple[Store, Dropped]]) -> None:
    """For the console alone."""
    store, dropped = make(None, in_memory=False)

    assert store.append("logs", BODY).endswith(b'-l1"}\n')
    assert store.append("logs", BODY).endswith(b'-l2"}\n')
    assert dropped == []


def test_a_directory_that_cannot_be_written_is_told_of_once(
    tmp_path: Path, make: Callable[..., tuple[Store, Dropped]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And lines are kept in memory, none counted as dropped."""

    def full(*_: object) -> int:
        raise OSError(errno.EROFS, "read-only")

    monkeypatch.setattr(segment, "create", full)
    store, dropped = make(journals.place(tmp_path))
    store.append("logs", BODY)
    store.append("logs", BODY)

    assert [reason for reason, _ in dropped] == [""]
    assert "can't be written ([Errno 30] read-only); keeping lines in memory" in dropped[0][1]
    session = store.session
    assert session is not None
    assert session.memory is not None
    assert session.memory.last() == 2


def test_a_line_that_finds_no_room_is_counted_by_its_reason(
    tmp_path: Path, make: Callable[..., tuple[Store, Dropped]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps its number: the gap shows what is missing."""
    store, dropped = make(journals.place(tmp_path))
    store.append("logs", BODY)
    monkeypatch.setattr(Writer, "write", lambda self, line: OSError(errno.ENOSPC, "full"))
    store.append("logs", BODY)
    monkeypatch.undo()
    store.append("logs", BODY)

    session = store.session
    assert session is not None
    assert [reason for reason, _ in dropped] == ["journal_enospc"]
    assert (session.ids.count("logs"), session.ids.lost("logs")) == (3, 1)
    assert [one[-2:] for one in journals.found(tmp_path)] == ["l1", "l3"]


def test_memory_that_is_full_is_counted(
    make: Callable[..., tuple[Store, Dropped]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For each line that had to go."""
    monkeypatch.setattr("obskit.journal.memory.MemoryQueue.__init__.__defaults__", (300,))
    store, dropped = make(None)
    for _ in range(4):
        store.append("logs", BODY)

    session = store.session
    assert session is not None
    assert dropped == [("memory_full", "")] * 2
    assert session.ids.lost("logs") == 2


def test_a_removed_directory_is_begun_anew(tmp_path: Path, make: Callable[..., tuple[Store, Dropped]]) -> None:
    """With the next record, as another writer."""
    store, dropped = make(journals.place(tmp_path / "j"))
    store.append("logs", BODY)
    assert not store.revive()
    shutil.rmtree(tmp_path / "j")

    assert store.revive()
    store.append("logs", BODY)

    assert len(journals.found(tmp_path / "j")) == 1
    assert len(dropped) == 1


def test_memory_is_left_for_the_disk_under_the_same_ids(
    tmp_path: Path, make: Callable[..., tuple[Store, Dropped]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as the directory can be written."""
    with monkeypatch.context() as patched:
        patched.setattr(segment, "create", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
        store, _ = make(journals.place(tmp_path))
        store.append("logs", BODY)
        assert store.leave_memory() is None
    before = store.session

    assert store.leave_memory() is not None
    store.append("logs", BODY)

    assert before is not None
    assert journals.found(tmp_path) == [f"{before.ids.writer}-l2"]


def test_a_child_lets_go_of_a_writer_that_was_just_being_opened(
    tmp_path: Path, make: Callable[..., tuple[Store, Dropped]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would keep the parent's lock otherwise, for as long as it lives."""
    store, _ = make(journals.place(tmp_path))
    (read, write), (heard, said) = os.pipe(), os.pipe()
    create = segment.create

    def forked(path: Path, first: bytes, mode: int) -> int:
        if os.fork() == 0:
            store.forget()
            os.write(said, b".")
            os.read(read, 1)
            os._exit(0)
        os.read(heard, 1)
        return create(path, first, mode)

    monkeypatch.setattr(segment, "create", forked)
    store.append("logs", BODY)
    session = store.session
    assert session is not None
    assert session.writer is not None
    directory = session.writer.directory
    session.writer.close()

    fd = claim_directory(directory)
    os.write(write, b".")
    os.wait()

    assert fd is not None
    for each in (fd, read, write, heard, said):
        os.close(each)

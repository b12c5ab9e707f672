"""Leases by flock."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from obskit.journal.lock import FileLock, claim_directory, held_by_another


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    """The next gets it once it is given up."""
    first, second = FileLock(tmp_path / "l"), FileLock(tmp_path / "l")

    assert (first.take(), second.take(), first.take()) == (True, False, True)
    assert held_by_another(tmp_path / "l")
    first.release()
    assert not held_by_another(tmp_path / "l")
    assert second.take()


def test_a_lock_that_nobody_made_is_held_by_nobody(tmp_path: Path) -> None:
    """Looking makes no file."""
    assert not held_by_another(tmp_path / "l")
    assert not (tmp_path / "l").exists()


def test_without_a_directory_there_is_no_lease(tmp_path: Path) -> None:
    """No error either: it may come back."""
    assert not FileLock(tmp_path / "missing" / "l").take()


def test_a_lease_on_a_removed_file_is_none(tmp_path: Path) -> None:
    """Two processes would otherwise believe that they hold it."""
    path = tmp_path / "l"
    first, second = FileLock(path), FileLock(path)
    first.take()
    path.unlink()

    assert second.take()
    assert not first.take()
    assert not first.held


def test_a_child_that_lets_go_leaves_the_parents_lock_alone(tmp_path: Path) -> None:
    """Closing what was inherited unlocks nothing."""
    lock = FileLock(tmp_path / "l")
    lock.take()
    child = os.fork()
    if child == 0:
        lock.release()
        os._exit(0 if held_by_another(tmp_path / "l") else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert held_by_another(tmp_path / "l")


def test_a_directory_is_claimed_by_one(tmp_path: Path) -> None:
    """And by nobody while it is held, in the same process too."""
    fd = claim_directory(tmp_path)
    assert fd is not None
    assert claim_directory(tmp_path) is None

    os.close(fd)
    again = claim_directory(tmp_path)
    assert again is not None
    os.close(again)


def test_what_was_replaced_while_it_was_claimed_is_not_claimed(tmp_path: Path, monkeypatch: object) -> None:
    """The lock is on what was there before: whoever is there now has not been asked."""
    path = tmp_path / "w"
    path.mkdir()
    fd = os.open(path, os.O_RDONLY)
    shutil.rmtree(path)
    path.mkdir()

    from obskit.journal import lock

    assert not lock._leads_to(path, fd)
    os.close(fd)

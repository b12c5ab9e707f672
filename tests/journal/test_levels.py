from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from obskit.decide.level_file import Entry
from obskit.journal.levels import LevelFile, Newer, Unusable, identity, place_of
from obskit.journal.place import Place, prepare, service_directory

ENTRY = Entry(10, "shop")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return prepare(tmp_path / "journal")


def test_a_change_is_seen_once(place: Place) -> None:
    """Made, replaced by one of the same size, and removed: each is news once."""
    file, other = LevelFile(place), LevelFile(place)
    assert not file.changed()
    seen = []
    for entries in ([ENTRY], [Entry(20, "shep")], []):
        other.write(entries)
        seen.append((file.changed(), file.changed(), list(file.read())))
    assert seen == [(True, False, [ENTRY]), (True, False, [Entry(20, "shep")]), (True, False, [])]


def test_a_file_that_is_there_already_is_news(place: Place) -> None:
    """A process that starts later takes the levels too."""
    LevelFile(place).write([ENTRY])
    assert LevelFile(place).changed()


@pytest.mark.parametrize(("group", "mode"), [(False, 0o600), (True, 0o660)])
def test_it_has_the_mode_of_the_journals_files(tmp_path: Path, group: bool, mode: int) -> None:
    """Readable for those who may read the journal, whatever the umask; nothing else is left behind."""
    place = Place(tmp_path, group)
    before = os.umask(0o077)
    try:
        LevelFile(place).write([ENTRY])
    finally:
        os.umask(before)
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [("levels.json", mode)]


def test_a_write_that_fails_leaves_the_former_file_whole(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is full or the program is interrupted there is the old file, and no other."""
    file = LevelFile(place)
    file.write([ENTRY])

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        file.write([Entry(50)])
    assert file.read() == (ENTRY,)
    assert [path.name for path in place.path.iterdir()] == ["levels.json"]


def test_what_another_user_owns_is_refused(place: Place) -> None:
    """Levels are set by the journal's owner, or by root."""
    file = LevelFile(place)
    file.write([ENTRY])
    found = file.path.stat()
    foreign = os.stat_result([*found[:4], 64_999, *found[5:]])
    with pytest.raises(Unusable, match="uid 64999 owns it"):
        file._judge(foreign)
    # In a directory that an administrator made for a group its members may.
    LevelFile(Place(place.path, group=True))._judge(foreign)


def test_what_others_can_write_is_refused(place: Place) -> None:
    """With the command that mends it."""
    file = LevelFile(place)
    file.write([ENTRY])
    file.path.chmod(0o666)
    with pytest.raises(Unusable, match="chmod o-w"):
        file.read()


@pytest.mark.parametrize("kind", ["link", "pipe", "directory", "huge", "text"])
def test_what_is_no_plain_small_file_is_refused_at_once(place: Place, kind: str) -> None:
    """Nothing that is put there holds up who looks, and each refusal says what to do."""
    file = LevelFile(place)
    if kind == "link":
        (place.path / "other").write_text('{"format":1,"levels":[]}')
        file.path.symlink_to("other")
    elif kind == "pipe":
        os.mkfifo(file.path, 0o600)
    elif kind == "directory":
        file.path.mkdir(mode=0o700)
    else:
        file.path.write_bytes(b" " * (1 << 20) if kind == "huge" else b"DEBUG")
        file.path.chmod(0o600)
    assert file.changed()
    with pytest.raises(Unusable, match="obskit level reset"):
        file.read()


def test_a_newer_format_is_told_apart(place: Place) -> None:
    """What a newer version wrote must not be replaced by this one."""
    file = LevelFile(place)
    file.path.write_text('{"format": 2}')
    file.path.chmod(0o600)
    with pytest.raises(Newer, match="update obskit-sdk"):
        file.read()


def test_changes_wait_for_each_other(place: Place) -> None:
    """Two programs that set a level at once lose neither: the second waits, for that moment."""
    file = LevelFile(place)
    program = f"""
from pathlib import Path
from obskit.decide.level_file import Entry
from obskit.journal.levels import LevelFile, place_of
file = LevelFile(place_of(Path({str(place.path)!r})))
print("asks", flush=True)
with file.changing():
    file.write([*file.read(), Entry(20, "second")])
"""
    with file.changing():
        other = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "asks\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.3)
        file.write([ENTRY])
    assert other.wait(20) == 0
    other.stdout.close()
    assert file.read() == (ENTRY, Entry(20, "second"))


def test_a_process_has_an_identity_of_its_own() -> None:
    """The same whoever asks, another than any other process's, none once it has ended."""
    program = "import os; from obskit.journal.levels import identity; print(identity(os.getpid())); input()"
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = child.stdout.readline().strip()
    assert told == identity(child.pid) != identity(os.getpid()) != ""
    child.communicate("\n", timeout=20)
    assert identity(child.pid) == ""


def test_a_group_directory_is_known_by_its_mode(tmp_path: Path) -> None:
    """One of a single user's own is none."""
    assert not place_of(tmp_path).group


def test_no_service_takes_the_files_name() -> None:
    """A service of that name has a directory of another."""
    assert service_directory("levels.json") == "levels%2Ejson"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_root_gives_away_the_file_that_it_made_and_no_other(place: Place, tmp_path: Path) -> None:
    """The owner of the directory puts a link in its place meanwhile: what that leads to stays root's."""
    os.chown(place.path, 64_999, 64_999)
    victim = tmp_path / "victim"
    victim.write_bytes(b"")
    file, chown = LevelFile(place), os.fchown

    def swapped(fd: int, uid: int, gid: int) -> None:
        made = Path(os.readlink(f"/proc/self/fd/{fd}"))
        made.unlink()
        made.symlink_to(victim)
        chown(fd, uid, gid)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fchown", swapped)
        file.write([ENTRY])
    assert victim.stat().st_uid == 0
    file.path.unlink()
    file.write([ENTRY])
    assert file.path.stat().st_uid == 64_999

"""The journal's directory."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from obskit.journal.place import Place, Refused, candidates, choose, durability, prepare, service_directory
from tests.support.journals import fill, writer
from tests.support.programs import run

ROOT_ONLY = pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory to another user")


@pytest.fixture
def umask() -> Iterator[None]:
    """A umask that takes as much as people set."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_in_development_the_working_directory_comes_first(tmp_path: Path) -> None:
    """Elsewhere it is no candidate at all."""
    environ = {"HOME": "/home/a"}

    assert candidates("development", environ, tmp_path)[0] == tmp_path / ".obskit"
    assert tmp_path / ".obskit" not in candidates("production", environ, tmp_path)


def test_the_places_outside_of_development_have_an_order(tmp_path: Path) -> None:
    """What systemd gave, then XDG's, then the home directory's, then one for the user in /var/tmp."""
    environ = {"STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "XDG_STATE_HOME": "/x", "HOME": "/home/a"}

    assert candidates("production", environ, tmp_path) == [
        Path("/var/lib/a"),
        Path("/x/obskit"),
        Path("/home/a/.local/state/obskit"),
        Path(f"/var/tmp/obskit-{os.getuid()}"),
    ]


def test_a_user_without_a_home_still_has_a_place(tmp_path: Path) -> None:
    """Neither a missing nor a relative variable counts."""
    assert candidates("production", {"XDG_STATE_HOME": "state"}, tmp_path) == [Path(f"/var/tmp/obskit-{os.getuid()}")]


def test_the_first_place_that_can_be_made_is_taken(tmp_path: Path) -> None:
    """One that can't be is passed over."""
    (tmp_path / "file").write_text("")
    environ = {"STATE_DIRECTORY": str(tmp_path / "file"), "XDG_STATE_HOME": str(tmp_path / "x")}

    assert choose(None, "production", environ, tmp_path).path == tmp_path / "x" / "obskit"


def test_where_one_is_named_no_other_is_tried(tmp_path: Path) -> None:
    """The reason names the directory and what to do."""
    (tmp_path / "file").write_text("")

    with pytest.raises(Refused, match="file: not a directory; remove the file or name another place"):
        choose(tmp_path / "file", "development", {}, tmp_path)
    assert not (tmp_path / ".obskit").exists()


def test_a_relative_name_is_below_the_working_directory(tmp_path: Path) -> None:
    """And stays there when the application changes it."""
    assert choose(Path("a/b"), "production", {}, tmp_path).path == tmp_path / "a" / "b"


def test_a_tilde_is_the_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a shell, where an environment file has none to expand it."""
    monkeypatch.setenv("HOME", str(tmp_path))

    assert choose(Path("~/journal"), "production", {}, Path("/")).path == tmp_path / "journal"


def test_a_tilde_of_nobody_is_refused(tmp_path: Path) -> None:
    """It is no directory called `~nobody-of-that-name`."""
    with pytest.raises(Refused, match="no home directory of that name"):
        choose(Path("~nobody-of-that-name/x"), "production", {}, tmp_path)


@pytest.mark.parametrize("taken", [0o022, 0o077, 0o777])
def test_directories_and_files_are_the_owners_alone(tmp_path: Path, taken: int) -> None:
    """0700 and 0600, whatever the umask."""
    before = os.umask(taken)
    try:
        place = prepare(tmp_path / "j")
        made = writer(place)
        fill(made, 1)
    finally:
        os.umask(before)

    assert [mode(path) for path in (place.path, made.directory.parent, made.directory)] == [0o700] * 3
    assert mode(made.segment_path(1)) == 0o600
    made.close()


def test_git_ignores_a_journal_in_the_working_directory(tmp_path: Path) -> None:
    """It ignores itself, so that nobody's own .gitignore must name it; other places have no such file."""
    prepare(tmp_path / ".obskit")
    prepare(tmp_path / "other")

    assert (tmp_path / ".obskit" / ".gitignore").read_text() == "*\n"
    assert not (tmp_path / "other" / ".gitignore").exists()


def test_a_gitignore_that_somebody_changed_stays(tmp_path: Path) -> None:
    """It is made where there is none."""
    prepare(tmp_path / ".obskit")
    (tmp_path / ".obskit" / ".gitignore").write_text("mine\n")
    prepare(tmp_path / ".obskit")

    assert (tmp_path / ".obskit" / ".gitignore").read_text() == "mine\n"


@pytest.mark.parametrize(("bits", "said"), [(0o777, "others can write to it"), (0o770, "its group can write to it")])
def test_a_directory_that_others_can_write_is_refused(tmp_path: Path, bits: int, said: str) -> None:
    """The reason holds the mode and the command that mends it."""
    path = tmp_path / "j"
    path.mkdir()
    path.chmod(bits)

    with pytest.raises(Refused, match=rf"{said} \(mode 0{bits:o}\); run: chmod"):
        prepare(path)


@ROOT_ONLY
def test_a_directory_of_another_user_is_refused(tmp_path: Path) -> None:
    """Both users are named."""
    path = tmp_path / "j"
    path.mkdir(mode=0o700)
    os.chown(path, 12345, 12345)

    with pytest.raises(Refused, match="owned by uid 12345, not by 0"):
        prepare(path)


@ROOT_ONLY
def test_a_link_that_another_user_made_is_refused(tmp_path: Path) -> None:
    """In /var/tmp anybody can lay one to where this user's own files lie."""
    (tmp_path / "mine").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    assert prepare(tmp_path / "link").path == tmp_path / "link"
    os.lchown(tmp_path / "link", 12345, 12345)

    with pytest.raises(Refused, match="a link that uid 12345 made"):
        prepare(tmp_path / "link")


@ROOT_ONLY
def test_a_groups_directory_of_an_administrator_is_shared_with_the_group(tmp_path: Path, umask: None) -> None:
    """What is made in it is 2770 and 0660 and of that group, cursors and locks too, whatever the umask."""
    from obskit.journal.cursors import Cursor, Cursors
    from obskit.journal.lock import FileLock

    path = tmp_path / "j"
    path.mkdir()
    os.chown(path, 0, 12345)
    path.chmod(0o2770)

    place = prepare(path)
    made = writer(place)
    Cursors(made.directory, place.file_mode).put(("t", "logs"), Cursor())
    FileLock(path / "keeper.lock", place.file_mode).take()

    assert place.group
    assert [mode(found) for found in (made.directory.parent, made.directory)] == [0o2770] * 2
    files = [made.segment_path(1), made.directory / "cursors", path / "keeper.lock"]
    assert [mode(found) for found in files] == [0o660] * 3
    assert {found.stat().st_gid for found in [*files, made.directory]} == {12345}
    made.close()


@ROOT_ONLY
def test_a_user_who_is_not_root_is_told_whose_the_directory_is() -> None:
    """And goes on to the next place, where none was named."""
    program = """
        import os, sys
        from pathlib import Path
        from obskit.journal.place import Refused, choose
        os.setgid(12345), os.setuid(12345)
        environ = {"STATE_DIRECTORY": sys.argv[1], "XDG_STATE_HOME": sys.argv[2]}
        try:
            choose(Path(sys.argv[1]), "production", environ, Path("/"))
        except Refused as reason:
            print(reason)
        print(choose(None, "production", environ, Path("/")).path)
    """
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        top, theirs, free = Path(name), Path(name) / "theirs", Path(name) / "free"
        theirs.mkdir(mode=0o755)
        free.mkdir()
        os.chown(free, 12345, 12345)
        top.chmod(0o755)

        said = run(program, theirs, free).splitlines()

    assert "owned by uid 0, not by 12345" in said[0]
    assert said[1] == str(free / "obskit")


def test_a_name_is_one_safe_component() -> None:
    """No service's name leads out of the journal, hides in it or is taken for something else of it."""
    names = ["shop", "a/b", "..", ".x", "keeper.lock", "café", "a b"]

    found = [service_directory(name) for name in names]

    assert found == ["shop", "a%2Fb", "%2E.", "%2Ex", "keeper%2Elock", "caf%C3%A9", "a b"]


MOUNTS = """overlay / overlay rw 0 0
proc /proc proc rw 0 0
tmpfs /run tmpfs rw 0 0
/dev/sda1 /data ext4 rw 0 0
tmpfs /data/with\\040blank tmpfs rw 0 0
/dev/sda2 /run/kept xfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/srv/x", "container"),
        ("/run/x", "memory"),
        ("/run", "memory"),
        ("/runner", "container"),
        ("/data/x", "host"),
        ("/data/with blank/x", "memory"),
        ("/run/kept/x", "host"),
    ],
)
def test_durability_is_that_of_the_innermost_mount(tmp_path: Path, path: str, expected: str) -> None:
    """A container's own layer goes with the container, a tmpfs with the machine's memory."""
    (tmp_path / "mounts").write_text(MOUNTS)

    assert durability(Path(path), tmp_path / "mounts") == expected


def test_where_there_is_no_table_of_mounts_a_disk_is_assumed(tmp_path: Path) -> None:
    """As on macOS."""
    assert durability(tmp_path, tmp_path / "missing") == "host"


def test_modes_follow_from_the_place() -> None:
    """A group's place shares, another one does not."""
    shared, own = Place(Path("/x"), group=True), Place(Path("/x"), group=False)

    assert (shared.directory_mode, shared.file_mode) == (0o2770, 0o660)
    assert (own.directory_mode, own.file_mode) == (0o700, 0o600)

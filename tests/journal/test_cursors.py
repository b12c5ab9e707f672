"""Cursors."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from obskit.journal.cursors import SLOT, Cursor, Cursors, Key
from tests.support.programs import run

KEY: Key = ("otlp+http://127.0.0.1:4318#0a1b2c3d", "logs")
OTHER: Key = (KEY[0], "spans")


def test_a_cursor_is_read_back(tmp_path: Path) -> None:
    """By whoever opens the directory next."""
    Cursors(tmp_path).put(KEY, Cursor(2, 300, 40, 5))

    assert Cursors(tmp_path).get(KEY) == Cursor(2, 300, 40, 5)
    assert Cursors(tmp_path).get(OTHER) is None


def test_a_missing_file_has_no_cursors(tmp_path: Path) -> None:
    """Nothing was ever sent."""
    assert Cursors(tmp_path).keys() == []


def test_targets_and_signals_are_kept_apart(tmp_path: Path) -> None:
    """Each has a pair of slots of its own, in the order of their first use."""
    cursors = Cursors(tmp_path)
    for n in range(5):
        cursors.put(KEY, Cursor(1, n))
        cursors.put(OTHER, Cursor(2, n))

    found = Cursors(tmp_path)
    assert (found.get(KEY), found.get(OTHER)) == (Cursor(1, 4), Cursor(2, 4))
    assert (tmp_path / "cursors").stat().st_size == 4 * SLOT


@pytest.mark.parametrize("torn", range(2))
def test_a_write_cut_off_in_the_middle_leaves_the_former_position(tmp_path: Path, torn: int) -> None:
    """Whichever slot it was: the other one counts."""
    cursors = Cursors(tmp_path)
    for n in range(4 + torn):
        cursors.put(KEY, Cursor(1, n, n))
    data = bytearray((tmp_path / "cursors").read_bytes())
    newest = (3 + torn) % 2
    data[newest * SLOT + 20 : newest * SLOT + 60] = b"\0" * 40
    (tmp_path / "cursors").write_bytes(data)

    found = Cursors(tmp_path)
    assert found.get(KEY) == Cursor(1, 2 + torn, 2 + torn)

    found.put(KEY, Cursor(1, 9))
    assert Cursors(tmp_path).get(KEY) == Cursor(1, 9)


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 700, b"[1]\n".rjust(SLOT), b"7".ljust(SLOT), b"\xff" * 2 * SLOT])
def test_a_damaged_file_is_no_error(tmp_path: Path, damage: bytes) -> None:
    """What is lost is a position, not a record: it is sent again, under the same ids."""
    (tmp_path / "cursors").write_bytes(damage)
    cursors = Cursors(tmp_path)

    assert cursors.keys() == []
    cursors.put(KEY, Cursor(1, 7))
    assert Cursors(tmp_path).get(KEY) == Cursor(1, 7)


def test_a_value_that_its_checksum_does_not_cover_is_not_believed(tmp_path: Path) -> None:
    """One digit changed is enough."""
    Cursors(tmp_path).put(KEY, Cursor(1, 123456))
    path = tmp_path / "cursors"
    path.write_bytes(path.read_bytes().replace(b"123456", b"923456"))

    assert Cursors(tmp_path).get(KEY) is None


def test_the_format_on_disk_is_fixed(tmp_path: Path) -> None:
    """Another program can read it: lines of JSON, padded, at multiples of 512 bytes."""
    Cursors(tmp_path).put(KEY, Cursor(2, 300, 40, 5))

    slots = (tmp_path / "cursors").read_bytes().split(b"\n")

    assert [len(slot) for slot in slots] == [511, 511, 0]
    first = orjson.loads(slots[0])
    assert first.pop("crc") == "753865af"
    assert first == {
        "target": KEY[0],
        "signal": "logs",
        "seq": 1,
        "segment": 2,
        "offset": 300,
        "passed": 40,
        "refused": 5,
    }
    assert slots[1].strip() == b""


@pytest.mark.parametrize("target", ["x" * 400, "h" * 251, "hôte\n" * 40, "\ud800" * 30])
def test_a_target_of_any_name_fits_its_slots(tmp_path: Path, target: str) -> None:
    """With the largest numbers there are; its neighbour is not touched."""
    cursors, largest = Cursors(tmp_path), Cursor(999_999_999, 1 << 62, 1 << 62, 1 << 62)
    cursors.put(KEY, Cursor(1, 1))
    cursors.put((target, "spans"), largest)
    cursors.put((target, "spans"), largest)

    found = Cursors(tmp_path)
    assert found.get((target, "spans")) == largest
    assert found.get(KEY) == Cursor(1, 1)
    assert found.get((target + "y", "spans")) is None


def test_what_an_agent_wrote_counts_after_loading_again(tmp_path: Path) -> None:
    """Two processes take turns at one file."""
    ours, agents = Cursors(tmp_path), Cursors(tmp_path)
    ours.put(KEY, Cursor(1, 1))
    agents.load()
    agents.put(KEY, Cursor(1, 2))
    agents.put(OTHER, Cursor(1, 3))
    ours.load()

    assert (ours.get(KEY), ours.get(OTHER)) == (Cursor(1, 2), Cursor(1, 3))


def test_a_disk_without_room_leaves_the_former_position(tmp_path: Path) -> None:
    """And says so by an OSError."""
    Cursors(tmp_path).put(KEY, Cursor(1, 7))
    program = """
        import resource, sys
        from pathlib import Path
        from obskit.journal.cursors import Cursor, Cursors
        resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))
        cursors, key = Cursors(Path(sys.argv[1])), (sys.argv[2], "logs")
        try:
            cursors.put(key, Cursor(1, 8))
        except OSError as error:
            print(error.strerror)
        print(cursors.get(key).offset, Cursors(Path(sys.argv[1])).get(key).offset)
    """

    assert run(program, tmp_path, KEY[0]).splitlines() == ["No space left on device", "7 7"]

"""Reading segments."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from obskit.journal import reader
from tests.support import journals

ONE = journals.line("w-l1").rstrip(b"\n")
TWO = journals.line("w-l2").rstrip(b"\n")
SPAN = journals.line("w-s1", "span", events=[{"timestamp": journals.STAMP, "name": "e"}]).rstrip(b"\n")


def read(path: Path, start: int = 0) -> list[bytes]:
    return [line.raw for line in reader.lines(path, start)]


def test_a_line_counts_when_its_newline_is_there(tmp_path: Path) -> None:
    """The last one may still be on its way."""
    path = tmp_path / "s"
    path.write_bytes(ONE + b"\n" + TWO)

    assert read(path) == [ONE]


def test_reading_goes_on_from_any_end(tmp_path: Path) -> None:
    """`end` is the offset behind the newline, also where lines are longer than what is read at once."""
    path = tmp_path / "s"
    whole = [b"a" * 10, b"b" * 300_000, b"", b"c" * 262_144, b"d" * 262_143, b"e"]
    path.write_bytes(b"\n".join(whole) + b"\n")

    found = list(reader.lines(path))

    assert [line.raw for line in found] == whole
    for n, line in enumerate(found):
        assert read(path, line.end) == whole[n + 1 :]


def test_of_an_endless_line_the_end_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A foreign file without newlines is not read into memory whole."""
    monkeypatch.setattr(reader, "_LONGEST", 1_000_000)
    path = tmp_path / "s"
    path.write_bytes(b"\0" * 3_000_000 + ONE + b"\n" + TWO + b"\n")

    first, second = reader.lines(path)

    assert len(first.raw) <= 1_300_000
    assert orjson.dumps(reader.parse(first.raw)) == ONE
    assert (second.raw, second.end) == (TWO, path.stat().st_size)


def test_the_kind_stands_at_a_fixed_place() -> None:
    """So that most lines need no parsing; a log has none."""
    header = b'{"timestamp":"2026-01-31T23:59:59.123456Z","kind":"segment","format":1}'

    assert [reader.kind(raw) for raw in (ONE, SPAN, header, b"", b"junk")] == ["log", "span", "segment", "log", "log"]


def test_a_line_that_cannot_be_of_a_kind_is_told_without_parsing() -> None:
    """What is broken can hold anything."""
    torn = SPAN[:60] + ONE

    assert reader.may_be(ONE, "log")
    assert not reader.may_be(ONE, "span")
    assert reader.may_be(torn, "log")
    assert reader.may_be(b"\0\0" + SPAN, "span")


@pytest.mark.parametrize("cut", [1, 20, 60, len(SPAN) // 2, len(SPAN) - 1])
def test_a_broken_line_is_resumed_where_a_whole_record_begins(cut: int) -> None:
    """A full disk cut one line, the next was written behind the piece."""
    problems = reader.Problems()

    assert reader.parse(SPAN[:cut] + ONE, problems) == orjson.loads(ONE)
    assert reader.parse(ONE[: min(cut, len(ONE) - 1)] + SPAN, problems) == orjson.loads(SPAN)
    assert problems.torn == 2


def test_the_last_start_whose_rest_parses_counts() -> None:
    """An event in a span begins like a line, but its rest is no JSON."""
    problems = reader.Problems()

    assert reader.parse(ONE[:30] + SPAN, problems) == orjson.loads(SPAN)


def test_a_broken_line_without_a_record_is_counted() -> None:
    """It is nobody's any more."""
    problems = reader.Problems()

    assert reader.parse(ONE[:-10], problems) is None
    assert (problems.torn, problems.foreign) == (1, 0)


def test_nul_bytes_are_skipped() -> None:
    """A crash of the machine leaves them; around a record they are counted, alone they are nothing."""
    problems = reader.Problems()

    assert reader.parse(b"\0" * 4096 + ONE, problems) == orjson.loads(ONE)
    assert reader.parse(b"\0" * 4096, problems) is None
    assert (problems.torn, problems.foreign) == (1, 0)


@pytest.mark.parametrize("raw", [b"hello", b"[1]", b'"x"', b"7", b'{"a":1}', b"\xff\xfe", b"null"])
def test_foreign_lines_are_counted(raw: bytes) -> None:
    """Whatever somebody put there."""
    problems = reader.Problems()

    assert reader.parse(raw, problems) is None
    assert problems.foreign == 1


def test_a_segment_of_garbage_is_no_error(tmp_path: Path) -> None:
    """Each of its lines is looked at, none is taken."""
    path = tmp_path / "s"
    path.write_bytes(os.urandom(100_000) + b"\n" + ONE + b"\n")
    problems = reader.Problems()

    found = [reader.parse(line.raw, problems) for line in reader.lines(path)]

    assert [record["id"] for record in found if record is not None] == ["w-l1"]
    assert problems.foreign > 0


def test_hidden_and_foreign_entries_are_no_writers(tmp_path: Path) -> None:
    """What is being made has no name yet; files beside the services are locks."""
    for path in ("shop/w1", "shop/.w2", ".git/x"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "keeper.lock").write_text("")
    (tmp_path / "shop" / "note").write_text("")

    assert [path.name for path in reader.writers(tmp_path)] == ["w1"]
    assert list(reader.writers(tmp_path / "missing")) == []


def test_what_a_merged_directory_stands_for_is_passed_over(tmp_path: Path) -> None:
    """No line is read twice while its sources are being removed."""
    for name in ("a", "b", "m"):
        (tmp_path / "shop" / name).mkdir(parents=True)
    (tmp_path / "shop" / "m" / "sources").write_text("a\ngone\n")

    assert [path.name for path in reader.writers(tmp_path)] == ["b", "m"]


def test_a_header_is_the_first_line(tmp_path: Path) -> None:
    """A segment that begins otherwise has none."""
    made = journals.writer(journals.place(tmp_path))
    made.close()
    path = tmp_path / "other"
    path.write_bytes(ONE + b"\n")

    found: Any = reader.header_of(made.segment_path(1))
    assert found["writer"] == made.id
    assert reader.header_of(path) is None
    assert reader.header_of(tmp_path / "missing") is None


def test_many_lines_come_at_once(tmp_path: Path) -> None:
    """With the offset of the first, from wherever the reading begins."""
    path = tmp_path / "s"
    whole = [b"a" * 10, b"b" * 300_000, b"", b"c" * 262_144, *[b"d%d" % n for n in range(60_000)]]
    path.write_bytes(b"\n".join(whole) + b"\nrest")

    for start in (0, 11):
        found = list(reader.blocks(path, start))

        assert b"".join(raw for _, block in found for raw in block) == b"\n".join(whole)[start:] + b"\n"
        assert all(raw.index(b"\n") == len(raw) - 1 for _, block in found for raw in block)
        begins = [begin for begin, _ in found]
        assert begins == [start, *(begin + sum(map(len, block)) for begin, block in found)][:-1]


@pytest.mark.parametrize(
    ("between", "held"), [((0, 4), True), ((0, 3), False), ((4, 40_000), False), ((4, 40_005), True), ((9, 5), False)]
)
def test_a_whole_line_between_two_offsets_is_found(tmp_path: Path, between: tuple[int, int], held: bool) -> None:
    """It counts with its newline alone."""
    path = tmp_path / "s"
    path.write_bytes(b"abc\n" + b"x" * 40_000 + b"\n")

    assert reader.holds_line(path, *between) is held


def test_a_line_of_one_record_is_told_by_its_beginning() -> None:
    """A second beginning in it can be that of another record, which the first broke off at."""
    found = [reader.is_plain(raw, b'"kind":"span"') for raw in (journals.line("w-s1", "span"), ONE, SPAN, b"x" + SPAN)]

    assert found == [True, False, False, False]

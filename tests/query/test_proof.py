"""The proof that nothing was lost."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from obskit.journal import merge, reader, segment
from obskit.journal.cursors import Cursor, Cursors
from obskit.journal.lock import claim_directory
from obskit.journal.merge import Standing
from obskit.journal.writer import Writer
from obskit.line.encode import encode
from obskit.query.proof import Proof, Scan
from obskit.query.proof_ranges import Gap, Numbers, cut, gaps
from tests.support.journals import line, nothing, place, writer

_BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)
_LOGS, _SPANS = ("otlp+http://a:4318#1", "logs"), ("otlp+http://a:4318#1", "spans")


def put(made: Writer, numbers: Iterable[int], *, every: float = 1.0, letter: str = "l") -> None:
    """Write lines of these numbers, each so many seconds after the one of the number before."""
    for n in numbers:
        when = (_BEGIN + timedelta(seconds=n * every)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        kind = "span" if letter == "s" else "log"
        assert made.write(line(f"{made.id}-{letter}{n}", kind, timestamp=when)) is None


def dropped(made: Writer, n: int, of: str, first: str, last: str, count: int, number: int = 1) -> None:
    """Write the record that tells of a drop, as the keeper does."""
    context = {"writer": first.partition("-")[0], "segment": number, "first": first, "last": last, "count": count}
    record = {
        "timestamp": "2026-01-31T13:00:00.000000Z", "level": "ERROR", "message": "records dropped from the journal",
        "logger": "obskit.journal", "context": {**context, "reason": "disk_cap", "of_service": of},
    }  # fmt: skip
    assert made.write(encode({**record, "id": f"{made.id}-l{n}"}) + b"\n") is None


def prove(root: Path, service: str | None = None, sleep: Callable[[float], None] = lambda _: None) -> Proof:
    """Prove a journal, without waiting."""
    return Scan(root, None if service is None else root / service, sleep=sleep).prove()


def kinds(proof: Proof) -> list[tuple[str, int, int, str]]:
    """Return every number that is in no segment, as ranges with the reason."""
    return [(gap.signal, *gap.found) for each in proof.writers for gap in each.gaps]


# --- numbers ---


@pytest.mark.parametrize("seed", range(20))
def test_numbers_are_a_set(seed: int) -> None:
    """Whatever the order, and whatever comes twice, ranges hold what was added and gaps the rest."""
    draw = random.Random(seed)
    added = [draw.randrange(1, 60) for _ in range(draw.randrange(1, 80))]
    numbers = Numbers()
    for n in added:
        numbers.add(n)
    seen = set(added)
    assert {n for first, last in numbers.ranges() for n in range(first, last + 1)} == seen
    assert (numbers.count, numbers.repeated) == (len(added), len(added) - len(seen))
    missing = {n for gap in gaps([numbers]) for n in range(gap.first, gap.last + 1)}
    assert missing == set(range(1, max(seen))) - seen
    assert all((n in numbers) == (n in seen) for n in range(70))


def test_what_is_dense_takes_no_room() -> None:
    """A million numbers in a row are one range, also where threads wrote them out of turn."""
    numbers = Numbers()
    for n in range(0, 100_000, 4):
        for each in (3, 1, 4, 2):
            numbers.add(n + each)
    assert numbers.ranges() == [(1, 100_000)]


def test_a_gap_is_cut_by_ranges() -> None:
    """Parts within the ranges are told from those outside."""
    found = list(cut(Gap(5, 20), [(1, 6), (10, 12), (20, 30), (40, 50)]))
    assert [(part.first, part.last, inside) for part, inside in found] == [
        (5, 6, True), (7, 9, False), (10, 12, True), (13, 19, False), (20, 20, True),
    ]  # fmt: skip


# --- what is there ---


def test_a_whole_journal(tmp_path: Path) -> None:
    """Where every number up to the highest is there, nothing is missing."""
    where = place(tmp_path)
    for service in ("shop", "stock"):
        made = writer(where, service=service)
        put(made, range(1, 101))
        put(made, range(1, 51), letter="s")
        made.close()
    proof = prove(tmp_path)
    assert proof.holds
    assert [(each.service, each.records, each.highest) for each in proof.writers] == [
        (service, {"logs": 100, "spans": 50}, {"logs": 100, "spans": 50}) for service in ("shop", "stock")
    ]


def test_an_empty_journal(tmp_path: Path) -> None:
    """Without a record there is nothing to miss."""
    proof = prove(tmp_path)
    assert proof.holds
    assert proof.writers == []


def test_threads_out_of_turn(tmp_path: Path) -> None:
    """Lines of several threads stand out of order, also across segments."""
    made = writer(place(tmp_path))
    put(made, [2, 1, 5, 4])
    made.rotate()
    put(made, [3, 8, 6, 7])
    made.close()
    assert prove(tmp_path).holds


def test_a_number_in_no_segment_is_missing(tmp_path: Path) -> None:
    """Each signal's numbers are judged by themselves."""
    made = writer(place(tmp_path))
    put(made, [n for n in range(1, 100) if n not in (7, 8, 9)])
    put(made, [1, 2, 4, *range(5, 40)], letter="s")
    made.close()
    proof = prove(tmp_path)
    assert kinds(proof) == [("logs", 7, 9, "missing"), ("spans", 3, 3, "missing")]
    assert not proof.holds


def test_a_torn_end_does_not_count(tmp_path: Path) -> None:
    """What a kill left without its newline is no record, and its number none that is missing."""
    made = writer(place(tmp_path))
    put(made, range(1, 10))
    os.write(made._fd, line(f"{made.id}-l10")[:-20])
    made.close()
    proof = prove(tmp_path)
    assert proof.holds
    assert proof.writers[0].highest == {"logs": 9}


def test_broken_and_foreign_lines(tmp_path: Path) -> None:
    """A record behind a fragment counts, foreign lines and bytes of any kind are passed over."""
    made = writer(place(tmp_path))
    put(made, range(1, 4))
    os.write(made._fd, line(f"{made.id}-l4")[:30] + b"\0\0\0" + line(f"{made.id}-l4"))
    os.write(made._fd, b'{"a":1,"id":"' + made.id.encode() + b'-l900"}\n' + os.urandom(300).replace(b"\n", b"") + b"\n")
    os.write(made._fd, b'\0\0\0"id":"' + made.id.encode() + b'-l800"}\n')
    put(made, range(5, 9))
    made.close()
    proof = prove(tmp_path)
    assert proof.holds
    assert proof.writers[0].records == {"logs": 8}
    assert proof.problems.torn == 1
    assert proof.problems.foreign >= 2


def test_a_segment_that_was_cut(tmp_path: Path) -> None:
    """Lines that are gone from the middle are missing, for no record tells of them."""
    made = writer(place(tmp_path))
    put(made, range(1, 101))
    made.rotate()
    put(made, range(101, 201))
    made.close()
    first = made.segment_path(1)
    os.truncate(first, first.stat().st_size // 2)
    [(signal, begin, end, kind)] = kinds(prove(tmp_path))
    assert (signal, end, kind) == ("logs", 100, "missing")
    assert 40 < begin < 60


def test_an_id_that_stands_twice_is_counted(tmp_path: Path) -> None:
    """It hides no gap."""
    made = writer(place(tmp_path))
    put(made, [1, 2, 2, 4, 5, 60])
    made.close()
    proof = prove(tmp_path)
    assert proof.writers[0].repeated == 1
    assert kinds(proof) == [("logs", 3, 3, "missing"), ("logs", 6, 59, "missing")]


# --- the last moments of a process ---


def _overtaken(upto: int, *gone: int) -> list[int]:
    """Return numbers as threads write them that overtake each other."""
    return [2, 1, *(n for n in range(3, upto + 1) if n not in gone)]


def test_a_call_that_a_kill_cut_off(tmp_path: Path) -> None:
    """A number that is not there, taken among the last of a killed process, was of a call that never returned."""
    made = writer(place(tmp_path))
    put(made, _overtaken(2000, 1995, 1998), every=0.001)
    made.close()
    proof = prove(tmp_path)
    assert kinds(proof) == [("logs", 1995, 1995, "unreturned"), ("logs", 1998, 1998, "unreturned")]
    assert proof.holds


def test_one_thread_is_never_overtaken(tmp_path: Path) -> None:
    """Where no line ever came behind one of a higher number, no other thread could have gone on."""
    made = writer(place(tmp_path))
    put(made, [n for n in range(1, 2001) if n != 1995], every=0.001)
    made.close()
    assert kinds(prove(tmp_path)) == [("logs", 1995, 1995, "missing")]


def test_before_the_last_moments_it_is_missing(tmp_path: Path) -> None:
    """No call takes longer than a second from its number to its line; each gap is judged by itself."""
    made = writer(place(tmp_path))
    put(made, _overtaken(5000, 3000, 4998), every=0.001)
    made.close()
    assert kinds(prove(tmp_path)) == [("logs", 3000, 3000, "missing"), ("logs", 4998, 4998, "unreturned")]


def test_far_behind_what_threads_were_ever_late_it_is_missing(tmp_path: Path) -> None:
    """A short life is no excuse: the number must be among the last."""
    made = writer(place(tmp_path))
    put(made, _overtaken(1000, 500), every=0.0001)
    made.close()
    assert kinds(prove(tmp_path)) == [("logs", 500, 500, "missing")]


def test_more_than_threads_could_have_taken_is_missing(tmp_path: Path) -> None:
    """A hundred numbers are more than calls were under way."""
    made = writer(place(tmp_path))
    put(made, [100, *range(1, 100), *range(101, 1800), *range(1900, 2001)], every=0.001)
    made.close()
    assert kinds(prove(tmp_path)) == [("logs", 1800, 1899, "missing")]


def test_a_gap_that_may_have_been_there_for_long_is_missing(tmp_path: Path) -> None:
    """Where only the line behind it is of the last moments, it can't be told when the number was taken."""
    made = writer(place(tmp_path))
    put(made, [2, 1, 60])
    made.close()
    [(_, _, _, kind)] = kinds(prove(tmp_path))
    assert kind == "missing"


@pytest.mark.parametrize(("left", "kind"), [("replaced", "missing"), ("exit", "missing"), ("", "unreturned")])
def test_a_writer_that_was_left_in_order(tmp_path: Path, left: str, kind: str) -> None:
    """Its process, or what it did last, went on: its calls returned."""
    made = writer(place(tmp_path))
    put(made, _overtaken(9, 7), every=0.001)
    if left:
        stamp = "2026-01-31T12:00:00.009000Z"
        made.write(f'{{"timestamp":"{stamp}","kind":"close","left":"{left}"}}\n'.encode())
    made.close()
    assert kinds(prove(tmp_path)) == [("logs", 7, 7, kind)]


def test_threads_that_go_on_behind_the_exit(tmp_path: Path) -> None:
    """What a daemon thread began after the process had left its writer is cut off by its end."""
    made = writer(place(tmp_path))
    put(made, _overtaken(9), every=0.001)
    made.write(b'{"timestamp":"2026-01-31T12:00:00.009000Z","kind":"close","left":"exit"}\n')
    put(made, [10, 12], every=0.001)
    made.close()
    assert kinds(prove(tmp_path)) == [("logs", 11, 11, "unreturned")]


def test_what_was_told_of_it_later_is_no_moment_of_its_own(tmp_path: Path) -> None:
    """The records of whoever adopted it, written with a later time, do not hide that a call was cut off."""
    made = writer(place(tmp_path))
    put(made, [2, 1, 4], every=0.001)
    made.rotate()
    told = line(f"{made.id}-l5", timestamp="2026-01-31T12:00:09.000000Z", message="in flight when its process died")
    made.write(told)
    made.close()
    assert kinds(prove(tmp_path)) == [("logs", 3, 3, "unreturned")]


def test_a_living_writer_is_given_time(tmp_path: Path) -> None:
    """A line that comes while the journal is read was never missing; the writer is looked at again."""
    made = writer(place(tmp_path))
    put(made, [1, 2, 4, 5])
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        put(made, [3, 7, 6])

    proof = prove(tmp_path, sleep=sleep)
    assert proof.holds
    assert (waits, proof.writers[0].alive, proof.writers[0].records) == ([1.0], True, {"logs": 7})
    made.close()


def test_of_a_living_writer_what_stays_away_is_missing(tmp_path: Path) -> None:
    """Also where it was one of the last: its process goes on, so its call has returned."""
    made = writer(place(tmp_path))
    put(made, [2, 1, 4, 5], every=0.001)
    assert kinds(prove(tmp_path)) == [("logs", 3, 3, "missing")]
    made.close()


def test_a_writer_that_is_faster_than_the_reader(tmp_path: Path) -> None:
    """A look reads what was there when it began: it comes to an end."""
    made = writer(place(tmp_path), segment_bytes=1 << 30)
    put(made, range(1, 1001))
    written = [1000]

    def pace(_: int) -> None:
        put(made, range(written[0] + 1, written[0] + 2001))
        written[0] += 2000
        assert written[0] < 20_000

    proof = Scan(tmp_path, pace=pace, sleep=lambda _: None).prove()
    assert proof.holds
    assert proof.writers[0].records["logs"] < written[0]
    made.close()


def test_what_lies_behind_the_highest_is_nothing_yet(tmp_path: Path) -> None:
    """A writer that goes on between two looks is judged by what was read of it."""
    made = writer(place(tmp_path))
    put(made, [1, 2, 4])
    turns = iter([[3, 6], [5, 8], [7, 10], [9]])
    proof = prove(tmp_path, sleep=lambda _: put(made, next(turns)))
    assert proof.holds
    made.close()


# --- retention ---


def _segments(made: Writer, sizes: Iterable[int]) -> None:
    n = 1
    for at, size in enumerate(sizes):
        if at:
            made.rotate()
        put(made, range(n, n + size))
        n += size


def test_what_went_after_every_target_had_it(tmp_path: Path) -> None:
    """Numbers of segments that are gone, and that each cursor has passed, are not missing."""
    made = writer(place(tmp_path))
    _segments(made, [100, 100, 100])
    made.close()
    Cursors(made.directory).put(_LOGS, Cursor(3, 500, 201))
    for n in (1, 2):
        made.segment_path(n).unlink()
    proof = prove(tmp_path)
    assert kinds(proof) == [("logs", 1, 200, "removed")]
    assert proof.holds


def test_what_went_before_a_target_had_it_is_missing(tmp_path: Path) -> None:
    """Of a segment that is gone though a target had not passed it no record tells: it counts as missing."""
    made = writer(place(tmp_path))
    _segments(made, [100, 100, 100])
    made.close()
    Cursors(made.directory).put(_LOGS, Cursor(1, 500, 3))
    made.segment_path(2).unlink()
    proof = prove(tmp_path)
    assert kinds(proof) == [("logs", 101, 200, "gone")]
    assert (proof.missing, proof.holds) == (100, False)


def test_stragglers_at_the_edge_of_what_went(tmp_path: Path) -> None:
    """A thread's line in the segment behind its own hides nothing; a gap in what is left is still missing."""
    made = writer(place(tmp_path))
    put(made, range(1, 101))
    made.rotate()
    put(made, range(101, 190))
    put(made, [191, 192, *range(194, 200)])
    made.rotate()
    put(made, [190, 201, 200, 193])
    put(made, [n for n in range(202, 400) if n != 300])
    made.close()
    made.segment_path(2).unlink()
    proof = prove(tmp_path)
    assert {(begin, end) for _, begin, end, kind in kinds(proof) if kind == "missing"} == {(300, 300)}
    assert sum(end - begin + 1 for _, begin, end, kind in kinds(proof) if kind == "removed") == 97


def test_a_drop_explains_its_numbers(tmp_path: Path) -> None:
    """They count as dropped, not as missing; the proof does not hold."""
    where = place(tmp_path)
    made = writer(where)
    _segments(made, [100, 100, 100])
    made.close()
    made.segment_path(1).unlink()
    keeper = writer(where, service="other")
    dropped(keeper, 1, "shop", f"{made.id}-l1", f"{made.id}-l100", 100)
    keeper.close()
    proof = prove(tmp_path)
    assert kinds(proof) == [("logs", 1, 100, "dropped")]
    assert (proof.dropped, proof.count("missing"), proof.holds) == (100, 0, False)
    assert [(drop.service, drop.writer, drop.count, drop.reason) for drop in proof.drops] == [
        ("shop", made.id, 100, "disk_cap")
    ]


def test_a_drop_of_a_writer_that_left_nothing(tmp_path: Path) -> None:
    """It counts all the same, also where only its service is asked for, which another one's record tells of."""
    where = place(tmp_path)
    gone, left = "0" * 31 + "a", writer(where)
    put(left, [1])
    left.close()
    keeper = writer(where, service="other")
    dropped(keeper, 1, "shop", f"{gone}-s5", f"{gone}-s9", 5)
    dropped(keeper, 2, "third", f"{gone}-s5", f"{gone}-s9", 5)
    keeper.close()
    proof = prove(tmp_path, "shop")
    assert (proof.dropped, proof.holds, [each.service for each in proof.writers]) == (5, False, ["shop"])


def test_a_segment_that_goes_while_it_is_read(tmp_path: Path) -> None:
    """What the cap takes meanwhile is told by a record that is written meanwhile; both are seen in the end."""
    where = place(tmp_path)
    made, keeper = writer(where), writer(where, service="alpha")
    _segments(made, [100, 100, 100])
    put(keeper, [1])
    gone: list[int] = []

    def pace(_: int) -> None:
        if not gone:
            gone.append(1)
            made.segment_path(2).unlink()
            dropped(keeper, 2, "shop", f"{made.id}-l101", f"{made.id}-l200", 100, number=2)

    proof = Scan(tmp_path, pace=pace, sleep=lambda _: None).prove()
    assert (proof.count("missing"), proof.count("dropped"), proof.dropped) == (0, 100, 100)
    made.close()
    keeper.close()


# --- memory ---


def test_what_went_from_memory(tmp_path: Path) -> None:
    """Numbers that every target had before there was a directory are known by the cursor's count."""
    made = writer(place(tmp_path))
    put(made, range(31, 41))
    made.close()
    cursors = Cursors(made.directory)
    cursors.put(_LOGS, Cursor(1, made.segment_path(1).stat().st_size, 20 + 10))
    assert kinds(prove(tmp_path)) == [("logs", 1, 20, "delivered"), ("logs", 21, 30, "missing")]
    cursors.put(_LOGS, Cursor(1, made.segment_path(1).stat().st_size, 30 + 10))
    assert prove(tmp_path).holds


# --- targets ---


def test_pending_is_what_lies_behind_a_cursor(tmp_path: Path) -> None:
    """By target and signal; what a writer without any cursor holds waits for the targets of its service."""
    where = place(tmp_path)
    made = writer(where)
    put(made, range(1, 11))
    middle = made.segment_path(1).stat().st_size
    put(made, range(11, 16))
    made.rotate()
    put(made, range(16, 21))
    put(made, range(1, 4), letter="s")
    made.close()
    cursors = Cursors(made.directory)
    cursors.put(_LOGS, Cursor(1, middle, 10))
    cursors.put(_SPANS, Cursor())
    later = writer(where)
    put(later, range(1, 8))
    later.close()
    proof = prove(tmp_path)
    assert {each.id: each.pending for each in proof.writers} == {made.id: {_LOGS: 10, _SPANS: 3}, later.id: {_LOGS: 7}}
    assert proof.holds
    assert proof.silent == {_SPANS}


def test_refused_for_good(tmp_path: Path) -> None:
    """It is told by writer, target and signal, and the proof does not hold."""
    made = writer(place(tmp_path))
    put(made, range(1, 11))
    made.close()
    Cursors(made.directory).put(_LOGS, Cursor(1, made.segment_path(1).stat().st_size, 10, 2))
    proof = prove(tmp_path)
    [one] = proof.refused
    assert (one.service, one.directory, one.merged, one.target, one.signal, one.count) == (
        "shop", made.id, False, *_LOGS, 2,
    )  # fmt: skip
    assert not proof.holds


# --- merged, newer, unreadable ---


def _dead(where: Path, numbers: Iterable[int]) -> Path:
    made = writer(place(where))
    put(made, numbers)
    made.close()
    return made.directory


def _merge(root: Path, directories: list[Path], standing: Standing) -> Path:
    locks = [claim_directory(path) for path in directories]
    merged = merge.merge(root / "shop", directories, standing, place(root), nothing)
    assert merged is not None
    for fd in (*locks, merged.fd):
        assert fd is not None
        os.close(fd)
    return merged.directory


def test_merged_directories(tmp_path: Path) -> None:
    """Each writer whose lines lie in one is judged by itself."""
    directories = [_dead(tmp_path, [1, 2, 3, 4]), _dead(tmp_path, [1, 2, 4, 5, 6]), _dead(tmp_path, [1])]
    for path in directories:
        Cursors(path).put(_LOGS, Cursor())
    merged = _merge(tmp_path, directories, Standing(frozenset(), frozenset({_LOGS})))
    proof = prove(tmp_path)
    assert reader.is_merged(merged)
    found = {each.id: (each.records, each.pending, each.count("missing")) for each in proof.writers}
    assert found == {
        path.name: ({"logs": count}, {_LOGS: count}, gone)
        for path, count, gone in zip(directories, (4, 5, 1), (0, 1, 0), strict=True)
    }


def test_a_merge_while_the_journal_is_read(tmp_path: Path) -> None:
    """No line counts twice, and none is missing, when directories become one in the middle."""
    directories = [_dead(tmp_path, range(1, 50)) for _ in range(4)]
    merged: list[Path] = []

    def pace(_: int) -> None:
        if not merged:
            merged.append(_merge(tmp_path, directories, Standing(frozenset(), frozenset())))

    proof = Scan(tmp_path, pace=pace, sleep=lambda _: None).prove()
    assert merged
    assert proof.holds
    assert [(each.records, each.repeated) for each in proof.writers] == [({"logs": 49}, 0)] * 4


def test_a_newer_format_is_left_alone(tmp_path: Path) -> None:
    """It is said, and what is known here is judged."""
    made = writer(place(tmp_path))
    put(made, range(1, 5))
    made.close()
    header = reader.header_of(made.segment_path(1))
    assert header is not None
    newer = line(f"{made.id}-l5") + line(f"{made.id}-l6")
    made.segment_path(2).write_bytes(encode({**header, "format": 2, "n": 2}) + b"\n" + newer)
    made.segment_path(3).write_bytes(encode({**header, "n": 3}) + b"\n" + line(f"{made.id}-l7"))
    proof = prove(tmp_path)
    assert kinds(proof) == [("logs", 5, 6, "unread")]
    assert (proof.problems.newer, proof.holds) == (1, True)


def test_a_segment_that_cannot_be_read(tmp_path: Path) -> None:
    """What it held is not called missing; yet nothing is proven."""
    made = writer(place(tmp_path))
    _segments(made, [10, 10, 10])
    made.close()
    made.segment_path(2).unlink()
    made.segment_path(2).mkdir()
    proof = prove(tmp_path)
    assert kinds(proof) == [("logs", 11, 20, "unread")]
    assert [path.name for path, _ in proof.unreadable] == [segment.file_name(2)]
    assert not proof.holds

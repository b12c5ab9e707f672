"""What a target still lacks."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.journal import reader
from obskit.journal.cursors import Cursor, Cursors, Key
from obskit.journal.keeper import Keeper
from obskit.journal.memory import MemoryQueue
from obskit.journal.place import Place
from obskit.ship.batch import Batch
from obskit.ship.feed import Feed, SegmentFeed
from obskit.ship.memory_feed import MemoryFeed
from tests.support import journals

LOGS: Key = ("t", "logs")
SPANS: Key = ("t", "spans")


def nothing() -> None:
    """Never pause."""


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """The journal."""
    return journals.place(tmp_path)


def ids(batch: Batch | None) -> list[str]:
    return [record["id"] for record in batch.records] if batch else []


def drain(feed: Feed, key: Key, most: int = 7) -> list[str]:
    """Acknowledge everything that there is; returns the ids in the order of reading."""
    found: list[str] = []
    while (batch := feed.read(key, "logs" if key[1] == "logs" else "spans", most, nothing)) is not None:
        assert len(batch.records) <= most
        found += ids(batch)
        feed.acknowledge(key, batch.end())
    return found


def test_each_signal_is_read_in_the_order_of_the_file(where: Place) -> None:
    """Over all segments; logs and spans each have a cursor of their own."""
    gone, written = journals.dead(where, 40, spans=10, segment_bytes=2000)
    feed = SegmentFeed(gone)

    assert drain(feed, LOGS) == written[:40]
    assert drain(feed, SPANS) == written[40:]
    assert (feed.cursor(LOGS).passed, feed.cursor(SPANS).passed) == (40, 10)


def test_nothing_is_read_twice_before_it_is_acknowledged_elsewhere(where: Place) -> None:
    """What is not acknowledged comes again, to whoever sends from now on."""
    gone, written = journals.dead(where, 10)
    feed = SegmentFeed(gone)

    assert ids(feed.read(LOGS, "logs", 4, nothing)) == written[:4]
    assert ids(feed.read(LOGS, "logs", 4, nothing)) == written[:4]
    feed.release()
    assert ids(SegmentFeed(gone).read(LOGS, "logs", 20, nothing)) == written


def test_only_one_sends_a_writers_lines(where: Place) -> None:
    """Who comes second gets nothing until the first lets go, and then what that one left."""
    gone, written = journals.dead(where, 10)
    first, second = SegmentFeed(gone), SegmentFeed(gone)
    first.begin(LOGS, Cursor())
    batch = second.read(LOGS, "logs", 3, nothing)
    assert batch is not None

    assert first.read(LOGS, "logs", 20, nothing) is None
    second.acknowledge(LOGS, batch.end())
    assert first.read(LOGS, "logs", 20, nothing) is None
    second.release()

    assert ids(first.read(LOGS, "logs", 20, nothing)) == written[3:]
    assert second.read(LOGS, "logs", 20, nothing) is None


def test_what_two_note_at_once_has_a_place_for_each(where: Place) -> None:
    """A target that is made known while another process sends is noted when that one has let go."""
    gone, _ = journals.dead(where, 3)
    agent, own = SegmentFeed(gone), SegmentFeed(gone)
    agent.begin(SPANS, Cursor())
    assert agent.claim()
    own.begin(LOGS, Cursor())
    assert Cursors(gone).keys() == [SPANS]
    agent.release()

    assert own.claim()

    assert sorted(Cursors(gone).keys()) == [LOGS, SPANS]


def test_the_cursor_outlives_the_process(where: Place) -> None:
    """Another one goes on where this one was told that all is taken."""
    gone, written = journals.dead(where, 10)
    feed = SegmentFeed(gone)
    batch = feed.read(LOGS, "logs", 4, nothing)
    assert batch is not None
    feed.acknowledge(LOGS, batch.end(2), refused=1)
    feed.release()

    again = SegmentFeed(gone)

    assert drain(again, LOGS) == written[3:]
    assert (again.cursor(LOGS).passed, again.cursor(LOGS).refused) == (10, 1)


def test_every_target_has_a_cursor_of_its_own(where: Place) -> None:
    """A new one gets everything that there is."""
    gone, written = journals.dead(where, 5)
    feed = SegmentFeed(gone)

    assert drain(feed, LOGS) == drain(feed, ("other", "logs")) == written


def test_a_living_writers_lines_come_as_they_are_written(where: Place) -> None:
    """Segment after segment."""
    made, now = journals.writer(where), [0.0]
    feed = SegmentFeed(made.directory, writes_to=lambda: made.n, clock=lambda: now[0])
    assert drain(feed, LOGS) == []

    first = journals.fill(made, 3)
    assert drain(feed, LOGS) == first
    made.rotate()
    second = journals.fill(made, 3, first=4)
    for now[0] in (0.0, 0.2, 0.3):
        later = drain(feed, LOGS)
    assert later == second
    assert feed.reached(LOGS, made.position())
    made.close()


def test_a_segment_is_left_only_when_its_writer_has_surely_gone_on(where: Place) -> None:
    """The next one is there before lines go to it, and a thread can be in the middle of its write."""
    made, now, writes_to = journals.writer(where), [0.0], [1]
    feed = SegmentFeed(made.directory, writes_to=lambda: writes_to[0], clock=lambda: now[0])
    assert drain(feed, LOGS) == []
    late = made.segment_path(1).open("ab", buffering=0)
    made.rotate()

    now[0] = 100.0
    assert drain(feed, LOGS) == []
    late.write(journals.line("w-l1"))
    assert drain(feed, LOGS) == ["w-l1"]

    writes_to[0] = 2
    assert drain(feed, LOGS) == []
    now[0] = 100.1
    late.write(journals.line("w-l2"))
    assert drain(feed, LOGS) == ["w-l2"]
    now[0] = 100.3
    written = journals.fill(made, 1, first=3)
    assert drain(feed, LOGS) == written
    late.close()
    made.close()


def test_many_segments_of_a_living_writer_are_waited_for_once(where: Place) -> None:
    """What it left long ago does not hold up the reader one by one."""
    made, now = journals.writer(where, segment_bytes=4096), [0.0]
    written = journals.fill(made, 200)
    assert made.n > 5
    feed = SegmentFeed(made.directory, writes_to=lambda: made.n, clock=lambda: now[0])

    first = drain(feed, LOGS)
    now[0] = 0.3
    rest = drain(feed, LOGS)

    assert first + rest == written
    made.close()


def test_a_target_waits_visibly_from_the_start(where: Place) -> None:
    """So that a keeper without targets doesn't take the lines for unwanted."""
    made = journals.writer(where)
    feed = SegmentFeed(made.directory, writes_to=lambda: made.n)
    feed.begin(LOGS, Cursor())
    feed.begin(LOGS, Cursor(9, 9))

    assert Cursors(made.directory).get(LOGS) == Cursor()
    made.close()


def test_a_position_is_reached_when_nothing_whole_is_left_before_it(where: Place) -> None:
    """A line that the full disk cut off doesn't count, nor do lines of the other signal once they are passed."""
    made = journals.writer(where)
    feed = SegmentFeed(made.directory, writes_to=lambda: made.n)
    journals.fill(made, 2, spans=2)
    with made.segment_path(1).open("ab") as file:
        file.write(b'{"timestamp":"2026-')
    assert not feed.reached(LOGS, made.position())

    drain(feed, LOGS)

    assert feed.reached(LOGS, made.position())
    assert not feed.reached(SPANS, made.position())
    made.close()


def test_a_batch_has_one_resource(where: Place) -> None:
    """In a merged segment each header holds until the next; who goes on in the middle knows which that is."""
    written = {path.name: found for path, found in (journals.dead(where, 5) for _ in range(16))}
    keeper = Keeper(where, max_bytes=1 << 30, max_age=1e6, targets=list, dropped=print)
    keeper.tend(nothing, set())
    (merged,) = keeper.adopted

    seen: dict[str, list[str]] = {}
    for _ in itertools.count():
        feed = SegmentFeed(merged)
        batch = feed.read(LOGS, "logs", 2, nothing)
        feed.release()
        if batch is None:
            break
        feed.acknowledge(LOGS, batch.end())
        seen.setdefault(batch.resource["service.instance.id"], []).extend(ids(batch))

    assert seen == written
    keeper.release()


def test_what_is_not_obskits_is_not_shipped(where: Place) -> None:
    """Foreign lines, other kinds and lines without an id; what a torn line still holds is."""
    made = journals.writer(where)
    torn = journals.line("w-s7", "span")[:80]
    with made.segment_path(1).open("ab") as file:
        file.write(b"hello\n")
        file.write(b'{"timestamp":"2026-01-31T23:59:59.123456Z","kind":"open","id":"w-o1"}\n')
        file.write(b'{"timestamp":"2026-01-31T23:59:59.123456Z","level":"INFO"}\n')
        file.write(b"\0\0\0\n")
        file.write(torn + journals.line("w-l1"))
        file.write(b"\0\0" + journals.line("w-s1", "span"))
    made.close()
    feed = SegmentFeed(made.directory)

    assert drain(feed, LOGS) == ["w-l1"]
    assert drain(feed, SPANS) == ["w-s1"]
    assert feed.problems.torn >= 2
    assert feed.problems.foreign >= 1


def test_a_newer_format_is_neither_shipped_nor_passed(where: Place) -> None:
    """Another version finds it where it was."""
    gone, _ = journals.dead(where, 3)
    path = gone / "000001.jsonl"
    header, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(orjson.dumps({**orjson.loads(header), "format": 2}) + b"\n" + rest)
    feed = SegmentFeed(gone)

    assert drain(feed, LOGS) == []
    assert feed.cursor(LOGS) == Cursor()
    assert feed.problems.newer == 1


def test_segments_that_the_cap_took_are_passed(where: Place) -> None:
    """Between two reads, and in the middle of one."""
    gone, written = journals.dead(where, 40, segment_bytes=2000)
    feed = SegmentFeed(gone)
    batch = feed.read(LOGS, "logs", 3, nothing)
    assert batch is not None
    (gone / "000001.jsonl").unlink()
    (gone / "000002.jsonl").unlink()

    feed.acknowledge(LOGS, batch.end())
    left = drain(feed, LOGS)

    assert left == [one for one in written if one in set(journals.found(where.path))]
    assert left


def test_a_directory_that_is_gone_has_nothing(where: Place) -> None:
    """Acknowledging what was read of it is no error."""
    gone, _ = journals.dead(where, 3)
    feed = SegmentFeed(gone)
    batch = feed.read(LOGS, "logs", 3, nothing)
    for path in gone.iterdir():
        path.unlink()
    gone.rmdir()

    assert batch is not None
    feed.acknowledge(LOGS, batch.end())
    assert drain(feed, LOGS) == []


def test_a_segment_that_cannot_be_read_is_waited_for(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not passed over: it may be readable later."""
    gone, written = journals.dead(where, 3)
    feed = SegmentFeed(gone)

    def broken(*_: object, **__: object) -> int:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", broken)
        assert drain(feed, LOGS) == []
    assert drain(feed, LOGS) == written


def test_what_an_agent_acknowledged_is_seen_after_reloading(where: Place) -> None:
    """Two processes, one after the other."""
    gone, written = journals.dead(where, 6)
    ours = SegmentFeed(gone)
    assert ids(ours.read(LOGS, "logs", 2, nothing)) == written[:2]
    ours.release()
    agent = SegmentFeed(gone)
    drain(agent, LOGS, 4)
    agent.release()

    ours.reload()

    assert drain(ours, LOGS) == []
    assert ours.cursor(LOGS).passed == 6


def test_reading_pauses_between_lines(where: Place) -> None:
    """Every few kilobytes; what the pause raises ends it, and nothing has changed."""
    made = journals.writer(where)
    written = journals.fill(made, 30, context={"note": "x" * 3000})
    made.close()
    feed, calls = SegmentFeed(made.directory), iter(range(10))

    def pause() -> None:
        next(calls)

    with pytest.raises(StopIteration):
        feed.read(LOGS, "logs", 100, pause)
    assert drain(feed, LOGS) == written


LINES = [
    *(journals.line(f"w-l{n}") for n in range(1, 4)),
    *(journals.line(f"w-s{n}", "span") for n in range(1, 4)),
    journals.line("w-s4", "span", events=[{"timestamp": journals.STAMP, "name": "e"}]),
    journals.line("w-l4", message='{"timestamp":"', context={"kind": "span"}),
    b'{"timestamp":"2026-01-31T23:59:59.123456Z","kind":"open","id":"w-o1"}\n',
    b'{"timestamp":"2026-01-31T23:59:59.123456Z","level":"INFO"}\n',
    b"hello\n",
    b"\0\0\0",
]


@given(st.lists(st.tuples(st.sampled_from(LINES), st.integers(0, 300)), max_size=12), st.integers(1, 5))
def test_whatever_a_crash_left_each_signal_gets_all_that_is_its_own(pieces: list[tuple[bytes, int]], most: int) -> None:
    """What a look at every line in full finds, and once only."""
    data = b"".join(line if cut > 150 else line[:cut] for line, cut in pieces) + b"\n"
    records = [reader.parse(raw) or {} for raw in data.split(b"\n")]
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "000001.jsonl").write_bytes(data)
        for key, kind in ((LOGS, "log"), (SPANS, "span")):
            wanted = [one["id"] for one in records if "id" in one and one.get("kind", "log") == kind]
            feed = SegmentFeed(Path(place))

            assert drain(feed, key, most) == wanted
            assert feed.cursor(key) == Cursor(1, len(data), len(wanted))


def test_parts_of_a_batch_acknowledge_what_they_hold(where: Place) -> None:
    """And what was taken out behind their records."""
    gone, _ = journals.dead(where, 6, spans=1)
    batch = SegmentFeed(gone).read(LOGS, "logs", 10, nothing)
    assert batch is not None

    ends = [batch.end(at) for at in range(6)]
    first, rest = batch.split(3)
    rest.take_out(1)
    rest.take_out(0)
    first.take_out(2)

    assert [end.passed for end in ends] == [1, 2, 3, 4, 5, 6]
    assert (first.end(), rest.end(0), batch.end()) == (ends[2], ends[5], ends[5])


# --- the queue in memory ---


@pytest.fixture
def memory() -> tuple[MemoryQueue, Callable[..., MemoryFeed]]:
    """A queue, and feeds of it for some targets."""
    queue = MemoryQueue(lambda signal: None)
    return queue, lambda *keys: MemoryFeed(queue, {"service.name": "shop"}, lambda: list(keys))


def test_memory_is_read_like_a_segment(memory: tuple[MemoryQueue, Callable[..., MemoryFeed]]) -> None:
    """By signal, in order, with the resource of this process; what was taken is freed."""
    queue, feeds = memory
    feed = feeds(LOGS, SPANS)
    for n in range(1, 11):
        queue.write("logs", journals.line(f"w-l{n}"))
        queue.write("spans", journals.line(f"w-s{n}", "span"))
    goal = (1, queue.last())

    batch = feed.read(LOGS, "logs", 4, nothing)
    assert batch is not None
    assert batch.resource == {"service.name": "shop"}
    feed.acknowledge(LOGS, batch.end(1))
    assert drain(feed, LOGS) == [f"w-l{n}" for n in range(3, 11)]

    assert (feed.reached(LOGS, goal), feed.reached(SPANS, goal)) == (True, False)
    assert (len(queue.entries("logs")), len(queue.entries("spans"))) == (0, 10)
    assert feed.cursor(LOGS).passed == 10


def test_memory_is_freed_when_every_target_has_a_line(memory: tuple[MemoryQueue, Callable[..., MemoryFeed]]) -> None:
    """Not before."""
    queue, feeds = memory
    other: Key = ("other", "logs")
    feed = feeds(LOGS, other)
    queue.write("logs", journals.line("w-l1"))

    drain(feed, LOGS)
    assert len(queue.entries("logs")) == 1
    assert not feed.taken(queue.entries("logs")[0], "logs")
    drain(feed, other)
    assert queue.entries("logs") == []


def test_a_line_that_comes_out_of_turn_is_sent_all_the_same(
    memory: tuple[MemoryQueue, Callable[..., MemoryFeed]],
) -> None:
    """A thread that took the earlier number may append later."""
    queue, feeds = memory
    feed = feeds(LOGS, ("other", "logs"))
    for n in (1, 2, 3):
        queue.write("logs", journals.line(f"w-l{n}"))
    early = queue.take("logs")
    assert early is not None
    assert drain(feed, LOGS) == ["w-l2", "w-l3"]

    queue._lines["logs"].append(early)

    assert not feed.reached(LOGS, (1, 3))
    assert drain(feed, LOGS) == ["w-l1"]
    assert feed.reached(LOGS, (1, 3))


def test_nothing_is_sent_where_no_descriptor_is_left_to_claim_it(tmp_path: Path) -> None:
    """Nobody knows then whether another process sends it now."""
    directory, _ = journals.dead(journals.place(tmp_path / "j"), 3)
    program = """
import resource, sys
from pathlib import Path
from obskit.ship.feed import SegmentFeed
import obskit.journal.cursors
feed = SegmentFeed(Path(sys.argv[1]))
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (0, most))
first = feed.claim()
resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))
print(first, feed.claim())
"""
    ended = subprocess.run([sys.executable, "-c", program, directory], capture_output=True, text=True, timeout=20)

    assert ended.stdout.split() == ["False", "True"], ended.stderr

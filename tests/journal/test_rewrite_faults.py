"""Rewriting that is killed, finds no room, and runs beside living processes: no line is lost, none is there twice."""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from obskit.journal import reader
from obskit.journal.cursors import Cursor, Cursors
from obskit.journal.place import Place
from tests.journal.rewriting import LOGS, content, pending, rewrite
from tests.support import journals
from tests.support.collector import Batch, Collector, take
from tests.support.programs import run, start

pytestmark = pytest.mark.slow

SECRET = b"alice@example.com"


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """The journal."""
    return journals.place(tmp_path / "journal")


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector."""
    made = Collector()
    yield made
    made.stop()


def old(where: Place, logs: int, **options: Any) -> tuple[Path, list[str]]:
    """Leave what a dead writer wrote under an older policy; a target has the first ten lines."""
    made = journals.writer(where, **options)
    ids = journals.fill(made, logs, context={"note": "ask alice@example.com"})
    ends = [line.end for line in reader.lines(made.directory / "000001.jsonl")]
    Cursors(made.directory).put(LOGS, Cursor(1, ends[10], 10))
    made.close()
    return made.directory, ids


def hidden(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.startswith(".")]


KILLED_AT = """
    import os, signal, sys
    from pathlib import Path
    from obskit.journal import merge, replace, rewrite, segment
    from obskit.journal.place import Place
    from obskit.settings.options import Redaction
    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)
    class Killed(rewrite.Progress):
        if sys.argv[2] == "between lines":
            def advance(self, done, found): die()
    if sys.argv[2] == "before cursors": replace.Cursors = die
    if sys.argv[2] == "before its name": Path.rename = die
    if sys.argv[2] == "with its name": replace.segment.sync_directory = lambda path: path.name[0] == "." or die()
    if sys.argv[2] == "before removal": replace.clear = die
    if sys.argv[2] == "in removal": merge.shutil.rmtree = lambda path, **_: ((path / "000001.jsonl").unlink(), die())
    if sys.argv[2] == "after removal": merge.os.truncate = die
    rewrite.bring_up(Place(Path(sys.argv[1]), False), Redaction(), Killed())
"""
MOMENTS = (
    "between lines",
    "before cursors",
    "before its name",
    "with its name",
    "before removal",
    "in removal",
    "after removal",
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_either_the_old_or_the_new_is_there(where: Place, moment: str) -> None:
    """Whole, with its cursors; the next run finishes and leaves nothing behind."""
    _, ids = old(where, 200, segment_bytes=8000)
    process = start(KILLED_AT, where.path, moment)
    _, err = process.communicate(timeout=30)
    assert process.returncode == -9, err

    (shown,) = reader.writers(where.path)
    assert journals.found(where.path) == ids
    assert pending(shown) == ids[10:]

    assert rewrite(where).left == []
    (now,) = reader.writers(where.path)
    assert journals.found(where.path) == ids
    assert pending(now) == ids[10:]
    assert SECRET not in content(where.path)
    assert [path.name for path in (where.path / "shop").iterdir()] == [now.name]
    assert rewrite(where).rewritten == 0


EMITS = """
    import os, sys, time
    import obskit
    journal = obskit.Journal(path=sys.argv[1], segment_bytes=4000)
    obskit.init("shop", journal=journal, console=False, integrations=[], redaction=obskit.Redaction(detectors=["card"]))
    log, until = obskit.get_logger("shop"), time.monotonic() + float(sys.argv[2])
    n = 0
    while n < 20 or (time.monotonic() < until and os.path.exists(sys.argv[3])):
        n += 1
        log.info("sent", note="ask alice@example.com", n=n)
        time.sleep(0.002)
    print(obskit.state.runtime.store.session.ids.writer, n, flush=True)
"""
REWRITES = """
    import sys
    from pathlib import Path
    from obskit.journal.place import Place
    from obskit.journal.rewrite import Progress, bring_up
    from obskit.settings.options import Redaction
    print("ready", flush=True)
    while True:
        bring_up(Place(Path(sys.argv[1]), False), Redaction(), Progress())
"""


def test_killed_again_and_again_beside_living_writers_nothing_is_lost(where: Place, tmp_path: Path) -> None:
    """Real writers that come and go, one of them the keeper: in the end each line is there once, without its secret."""
    emitted: list[str] = []
    (going := tmp_path / "going").touch()
    writers, seed = [start(EMITS, where.path, 60, going)], random.Random(4)
    try:
        for _ in range(8):
            writers += [start(EMITS, where.path, 0.3, going) for _ in range(2)]
            process = start(REWRITES, where.path)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(seed.uniform(0.0, 1.5))
            process.kill()
            process.communicate()
            once = journals.found(where.path)
            assert len(once) == len(set(once))
    finally:
        going.unlink()
        ended = [_ended(each) for each in writers]
    for each, (out, err) in zip(writers, ended, strict=True):
        assert each.returncode == 0, err
        writer, count = out.split()
        emitted += [f"{writer}-l{n}" for n in range(1, int(count) + 1)]

    assert rewrite(where).left == []
    assert sorted(journals.found(where.path)) == sorted(emitted)
    assert SECRET not in content(where.path)
    assert hidden(where.path) == []
    assert rewrite(where).rewritten == 0


def _ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    try:
        return process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()


LIMITED = """
    import resource, sys
    from pathlib import Path
    from obskit.journal.place import Place
    from obskit.journal.rewrite import Progress, bring_up
    from obskit.settings.options import Redaction
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    summary = bring_up(Place(Path(sys.argv[1]), False), Redaction(), Progress())
    print(summary.rewritten, [left.reason for left in summary.left])
"""


def test_without_room_a_writer_stays_as_it_is(where: Place) -> None:
    """The others are done; what is left is said with its reason, and done when there is room."""
    large, ids = old(where, 400)
    before = {path: path.read_bytes() for path in large.iterdir()}
    _, others = old(where, 20)

    said = run(LIMITED, where.path)

    assert said.startswith("1 ['File too large; nothing of it is lost")
    assert {path: path.read_bytes() for path in large.iterdir()} == before
    assert hidden(where.path) == []
    assert rewrite(where).rewritten == 1
    assert sorted(journals.found(where.path)) == sorted(ids + others)
    assert SECRET not in content(where.path)


SHIPS = """
    import os, sys, time
    import obskit
    chosen = {} if sys.argv[3] == "new" else {"redaction": obskit.Redaction(detectors=["card"])}
    obskit.init("shop", journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False, integrations=[], **chosen)
    log = obskit.get_logger("shop")
    for n in range(int(sys.argv[4])):
        log.info("sent", note="ask alice@example.com", n=n)
    session = obskit.state.runtime.store.session
    print(session.ids.writer if session else "none", flush=True)
    if sys.argv[5] == "die":
        time.sleep(float(sys.argv[6]))
        os.kill(os.getpid(), 9)
    time.sleep(float(sys.argv[6]))
"""


def await_that(condition: Any, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(condition())


def test_a_shipper_afterwards_sends_exactly_what_was_pending(where: Place, collector: Collector) -> None:
    """What the target had acknowledged before is not sent again, the rest is sent once, and without the secret."""
    seen: list[Batch] = []

    def first_only(batch: Batch) -> tuple[int, dict[str, str], bytes]:
        seen.append(batch)
        return take(batch) if len(seen) <= 1 else (503, {}, b"")

    collector.says = first_only
    process = start(SHIPS, where.path, collector.url, "old", 1500, "die", 2)
    out, _ = process.communicate(timeout=30)
    writer = out.strip()
    had = collector.ids()
    assert 0 < len(had) < 1500

    assert rewrite(where).left == []
    collector.says = take
    process = start(SHIPS, where.path, collector.url, "new", 1, "stay", 8)
    expected = [f"{writer}-l{n}" for n in range(1, 1501)]
    try:
        assert await_that(lambda: set(expected) <= set(collector.ids()))
    finally:
        process.kill()
        process.communicate()

    sent = [one for one in collector.ids() if one.startswith(writer)]
    assert sent == expected
    assert collector.server.requests[-1].plain.count(b"alice") == 0


def test_a_living_keeper_lets_go_of_dead_writers_and_ships_them_afterwards(where: Place, collector: Collector) -> None:
    """It is asked, not waited for: nobody has to stop it; each line of the dead arrives once."""
    process = start(SHIPS, where.path, collector.url, "old", 300, "die", 0)
    writer = process.communicate(timeout=30)[0].strip()
    had = len([one for one in collector.ids() if one.startswith(writer)])
    collector.says = lambda batch: (503, {}, b"")
    living = start(SHIPS, where.path, collector.url, "new", 5, "stay", 30)
    try:
        assert living.stdout is not None
        own = living.stdout.readline().strip()
        assert await_that(lambda: _locked(where.path / "shop" / writer))

        began = time.monotonic()
        summary = rewrite(where)
        assert summary.left == []
        assert time.monotonic() - began < 8
        assert SECRET not in content(where.path)
        collector.says = take
        assert await_that(lambda: len(_of(collector, writer)) >= 300 and len(_of(collector, own)) >= 5, 40)
    finally:
        living.kill()
        living.communicate()

    assert had < 300
    assert sorted(_of(collector, writer)) == sorted(f"{writer}-l{n}" for n in range(1, 301))


def test_what_is_in_flight_while_its_directory_is_asked_for_is_not_sent_again(
    where: Place, collector: Collector
) -> None:
    """The process lets go when the target has answered, so that the answer is remembered where it belongs."""
    process = start(SHIPS, where.path, "http://127.0.0.1:9", "old", 300, "die", 0)
    writer = process.communicate(timeout=30)[0].strip()
    collector.gate.clear()
    living = start(SHIPS, where.path, collector.url, "new", 0, "stay", 30)
    answering = threading.Timer(2.5, collector.gate.set)
    try:
        assert await_that(lambda: len(collector.server.requests) > 0)
        answering.start()
        assert rewrite(where).left == []
        assert await_that(lambda: len(_of(collector, writer)) >= 300)
        # Whatever would be sent a second time would be now.
        time.sleep(2.5)
    finally:
        living.kill()
        living.communicate()
        answering.join()

    assert sorted(_of(collector, writer)) == sorted(f"{writer}-l{n}" for n in range(1, 301))


def _of(collector: Collector, writer: str) -> list[str]:
    return [one for one in collector.ids() if one.startswith(writer)]


def _locked(directory: Path) -> bool:
    from obskit.journal.lock import claim_directory

    fd = claim_directory(directory)
    if fd is not None:
        os.close(fd)
    return fd is None


def test_queries_are_answered_whole_or_say_that_something_was_replaced(where: Place) -> None:
    """A query that began before goes on; one that begins later finds all of it, each line once."""
    from datetime import UTC, datetime

    from obskit.query.merge import in_order
    from obskit.query.selection import select
    from obskit.query.source import open_source

    ids = sorted(one for _ in range(10) for one in old(where, 50)[1])
    source = open_source(str(where.path), None)
    items = in_order(source, select(now=datetime.now(UTC), logs_only=False))
    found = [next(items)]
    rewrite(where)
    found += list(items)

    seen = [orjson.loads(item.raw)["id"] for item in found]
    assert len(seen) == len(set(seen))
    assert len(seen) == len(ids) or source.problems.vanished > 0
    again = in_order(open_source(str(where.path), None), select(now=datetime.now(UTC), logs_only=False))
    assert sorted(orjson.loads(item.raw)["id"] for item in again) == ids

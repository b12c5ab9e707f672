"""The keeper: one process at a time, for the dead."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from obskit.journal import reader
from obskit.journal.cursors import Cursor, Cursors, Key
from obskit.journal.keeper import Drop, Keeper
from obskit.journal.place import Place
from tests.support import journals
from tests.support.programs import run, start

LOGS: Key = ("t", "logs")
SPANS: Key = ("t", "spans")


def nothing() -> None:
    """Never pause."""


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Callable[..., tuple[Keeper, list[Drop]]]]:
    """Make keepers of the journal in `tmp_path`; all are released at the end."""
    keepers: list[Keeper] = []

    def make(targets: tuple[Key, ...] = (), **options: Any) -> tuple[Keeper, list[Drop]]:
        drops: list[Drop] = []
        chosen: dict[str, Any] = {"max_bytes": 1 << 30, "max_age": 1e6, **options}
        made = Keeper(journals.place(tmp_path), targets=lambda: list(targets), dropped=drops.append, **chosen)
        keepers.append(made)
        return made, drops

    yield make
    for made in keepers:
        made.release()


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """The journal."""
    return journals.place(tmp_path)


def test_one_process_at_a_time_is_the_keeper(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """The next takes over when it is gone."""
    first, second = keep()[0], keep()[0]
    first.tend(nothing, set())
    second.tend(nothing, set())
    assert (first.holds, second.holds) == (True, False)

    first.release()
    second.tend(nothing, set())

    assert second.holds


def test_a_killed_keeper_is_replaced(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """By whoever looks next: the kernel gives its lease back."""
    program = """
        import sys, time
        from pathlib import Path
        from obskit.journal.keeper import Keeper
        from tests.support import journals
        keeper = Keeper(journals.place(Path(sys.argv[1])), max_bytes=1, max_age=1, targets=list, dropped=print)
        keeper.tend(lambda: None, set())
        print(keeper.holds, flush=True)
        time.sleep(30)
    """
    process = start(program, where.path)
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    keeper, _ = keep()
    keeper.tend(nothing, set())
    assert not keeper.holds

    process.kill()
    process.communicate()
    keeper.tend(nothing, set())

    assert keeper.holds


def test_only_the_dead_are_adopted(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """Of every service; the living once they are gone."""
    living = journals.writer(where)
    gone, _ = journals.dead(where, 3)
    other, _ = journals.dead(where, 3, service="other")
    keeper, _ = keep()

    keeper.tend(nothing, set())
    assert set(keeper.adopted) == {gone, other}

    living.close()
    keeper.tend(nothing, set())
    assert set(keeper.adopted) == {gone, other, living.directory}


def test_another_process_sees_that_a_writer_is_adopted(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """Nobody ships it twice."""
    from obskit.journal.lock import claim_directory

    gone, _ = journals.dead(where, 1)
    keeper, _ = keep()
    keeper.tend(nothing, set())
    assert claim_directory(gone) is None

    keeper.release()
    fd = claim_directory(gone)
    assert fd is not None
    os.close(fd)


def test_a_writer_of_another_boot_is_adopted_only_after_five_minutes_of_silence(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """On a shared disk its lock says nothing here; its files do."""
    gone, _ = journals.dead(where, 1, boot="another machine's")
    now = [time.time()]
    keeper, _ = keep(clock=lambda: now[0])

    for seconds, adopted in ((0, 0), (290, 0), (310, 1)):
        now[0] = gone.stat().st_mtime + seconds
        keeper.tend(nothing, set())
        assert len(keeper.adopted) == adopted


def test_a_writer_that_still_touches_its_directory_is_alive(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """Whatever its lock says on this machine."""
    gone, _ = journals.dead(where, 1, boot="another machine's")
    now = time.time() + 1000
    keeper, _ = keep(clock=lambda: now)
    os.utime(gone, (now - 10, now - 10))

    keeper.tend(nothing, set())

    assert not keeper.adopted


def test_a_newer_format_is_left_alone_and_known(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """Neither adopted nor merged nor removed, however old and however full the disk."""
    gone, _ = journals.dead(where, 3)
    path = gone / "000001.jsonl"
    header, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(orjson.dumps({**orjson.loads(header), "format": 2}) + b"\n" + rest)
    keeper, drops = keep(max_bytes=1, max_age=1, clock=lambda: time.time() + 1e6)

    keeper.tend(nothing, set())
    keeper.tend(nothing, set())

    assert keeper.newer == {gone}
    assert (keeper.adopted, drops) == ({}, [])
    assert path.exists()


def test_garbage_and_empty_directories_do_not_stop_it(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """What has no header is nobody's for five minutes; a dead writer without a segment goes."""
    (where.path / "shop" / "junk").mkdir(parents=True)
    (where.path / "shop" / "junk" / "000001.jsonl").write_bytes(b"\0" * 5000 + b"no json\n")
    (where.path / "shop" / "empty").mkdir()
    gone, _ = journals.dead(where, 1)
    keeper, _ = keep()

    keeper.tend(nothing, set())
    assert set(keeper.adopted) == {gone}
    later, _ = keep(clock=lambda: time.time() + 400)
    keeper.release()
    later.tend(nothing, set())

    assert set(later.adopted) == {gone, where.path / "shop" / "junk"}
    assert not (where.path / "shop" / "empty").exists()


def test_what_never_got_its_name_is_removed(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """A process was killed while it made its directory; one that is making it now is left alone."""
    old, new = where.path / "shop" / ".old", where.path / "shop" / ".new"
    for path in (old, new):
        path.mkdir(parents=True)
        (path / "000001.jsonl").write_bytes(b"x")
    os.utime(old, (0, 0))
    keeper, _ = keep()

    keeper.tend(nothing, set())

    assert (old.exists(), new.exists()) == (False, True)


# --- merging ---


def test_many_small_dead_writers_become_one(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """Every line is there once, under its own id, behind the header of its own writer."""
    ids = [one for _ in range(20) for one in journals.dead(where, 2, spans=1)[1]]
    keeper, _ = keep()

    keeper.tend(nothing, set())

    assert len(list(reader.writers(where.path))) == 5
    assert sorted(journals.found(where.path)) == sorted(ids)
    merged = next(path for path in reader.writers(where.path) if reader.is_merged(path))
    writer = ""
    for line in reader.lines(merged / "000001.jsonl"):
        record = orjson.loads(line.raw)
        writer = record["writer"] if record.get("kind") == "segment" else writer
        assert record.get("id", f"{writer}-").startswith(f"{writer}-")
    assert merged in keeper.adopted


def test_a_merged_directory_belongs_to_its_keeper_alone(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """Its files are as private as any."""
    for _ in range(16):
        journals.dead(where, 1)
    keeper, _ = keep()
    keeper.tend(nothing, set())

    (merged,) = reader.writers(where.path)
    assert {path.stat().st_mode & 0o777 for path in merged.iterdir()} == {0o600}
    assert merged.stat().st_mode & 0o777 == 0o700


def test_only_what_stands_alike_with_every_target_is_merged(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """Done with done, untouched with untouched; what is half sent stays as it is. The cursors go on."""
    done = [journals.dead(where, 3)[0] for _ in range(16)]
    none = [journals.dead(where, 3)[0] for _ in range(16)]
    half = [journals.dead(where, 3)[0] for _ in range(16)]
    for path in done:
        Cursors(path).put(LOGS, Cursor(1, (path / "000001.jsonl").stat().st_size, 3))
    for path in none:
        Cursors(path).put(LOGS, Cursor())
    for path in half:
        lines = list(reader.lines(path / "000001.jsonl"))
        Cursors(path).put(LOGS, Cursor(1, lines[2].end, 2))
    keeper, _ = keep((LOGS,))

    keeper.tend(nothing, set())

    left = set(reader.writers(where.path))
    merged = {path for path in left if reader.is_merged(path)}
    assert left - merged == set(half)
    found = sorted((Cursors(path).get(LOGS) for path in merged), key=str)
    size = max((path / "000001.jsonl").stat().st_size for path in merged)
    assert found == [Cursor(), Cursor(1, size, 48)]


def test_a_writer_that_is_just_being_sent_is_not_merged(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """The answer to what is on its way must find its cursor."""
    paths = [journals.dead(where, 1)[0] for _ in range(16)]
    keeper, _ = keep()

    keeper.tend(nothing, {paths[3]})
    assert set(reader.writers(where.path)) == set(paths)

    keeper.tend(nothing, set())
    assert len(list(reader.writers(where.path))) == 1


def test_a_round_that_is_ended_in_the_middle_of_a_merge_changes_nothing(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """A fork is about to happen, say; the next round does it."""

    class Stopped(Exception):
        pass

    ids = [one for _ in range(16) for one in journals.dead(where, 10)[1]]
    keeper, _ = keep()
    calls = iter(range(10_000))

    def stop() -> None:
        if next(calls) == 130:
            raise Stopped

    with pytest.raises(Stopped):
        keeper.tend(stop, set())
    assert len(list(reader.writers(where.path))) == 16
    assert not [path for path in (where.path / "shop").iterdir() if path.name.startswith(".")]

    keeper.tend(nothing, set())
    assert len(list(reader.writers(where.path))) == 1
    assert sorted(journals.found(where.path)) == sorted(ids)


@pytest.mark.parametrize("calls", [5, *range(18, 36), 60, 92, 93, 94])
def test_a_keeper_that_is_killed_while_it_merges_loses_and_doubles_nothing(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]], calls: int
) -> None:
    """At any step: a reader finds every line once, before and after the next keeper has finished the work."""
    ids = [one for _ in range(16) for one in journals.dead(where, 3)[1]]
    child = os.fork()
    if child == 0:
        # Dies in the middle of the n-th change to the file system, as if by SIGKILL.
        left = iter(range(calls))
        import shutil as changed

        def dying(name: str, module: Any) -> None:
            real = getattr(module, name)

            def call(*args: Any, **kwargs: Any) -> Any:
                if next(left, None) is None:
                    os._exit(0)
                return real(*args, **kwargs)

            setattr(module, name, call)

        for name in ("open", "rename", "mkdir", "unlink", "rmdir", "fsync", "truncate", "pwrite", "utime"):
            dying(name, os)
        dying("rmtree", changed)
        Keeper(where, max_bytes=1 << 30, max_age=1e6, targets=list, dropped=print).tend(nothing, set())
        os._exit(0)
    os.waitpid(child, 0)
    assert sorted(journals.found(where.path)) == sorted(ids)

    keeper, _ = keep(clock=lambda: time.time() + 400)
    keeper.tend(nothing, set())

    assert sorted(journals.found(where.path)) == sorted(ids)
    assert len(list(reader.writers(where.path))) == 1
    assert len(list((where.path / "shop").iterdir())) == 1


def test_a_source_file_that_names_other_places_removes_nothing(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """Only directories beside it are ever its sources."""
    precious = where.path.parent / f"precious-{os.getpid()}"
    precious.mkdir()
    merged, _ = journals.dead(where, 1)
    (merged / "sources").write_text(f"../../{precious.name}\n{precious}\n{merged.name}\n.\n..\n")
    keeper, _ = keep()

    keeper.tend(nothing, set())

    assert precious.exists()
    assert merged.exists()
    shutil.rmtree(precious)


@pytest.mark.slow
def test_a_thousand_children_one_after_another_leave_few_files(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """A keeper that looks now and then keeps up with them; no line is lost, reading stays quick."""
    keeper, _ = keep()
    ids: list[str] = []
    most = 0
    for n in range(1000):
        ids += journals.dead(where, 1)[1]
        if n % 50 == 49:
            keeper.tend(nothing, set())
            most = max(most, len(list((where.path / "shop").iterdir())))

    assert most <= 48
    began = time.perf_counter()
    found = journals.found(where.path)
    assert time.perf_counter() - began < 1
    assert sorted(found) == sorted(ids)


# --- cap and age ---


def segments(where: Place) -> list[str]:
    return sorted(path.name for path in where.path.rglob("*.jsonl"))


def aged(path: Path, seconds: float) -> None:
    """Make the segments of a directory old, the first the oldest."""
    for n, each in enumerate(sorted(path.glob("*.jsonl"))):
        os.utime(each, (time.time() - seconds + n, time.time() - seconds + n))


def test_age_removes_what_no_target_waits_for(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """Without a target, everything; it is no drop."""
    gone, _ = journals.dead(where, 30, segment_bytes=2000)
    aged(gone, 5000)
    keeper, drops = keep(max_age=1000)

    keeper.tend(nothing, set())

    assert (segments(where), drops) == ([], [])
    assert not gone.exists()


@pytest.mark.parametrize("known", [True, False])
def test_age_leaves_what_a_target_waits_for(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]], known: bool
) -> None:
    """A target of this process, or one that another process told of by its cursor."""
    gone, _ = journals.dead(where, 30, segment_bytes=2000)
    before = segments(where)
    aged(gone, 5000)
    if known:
        Cursors(gone).put(LOGS, Cursor(2, 0, 10))
    keeper, _ = keep(() if known else (LOGS,), max_age=1000)

    keeper.tend(nothing, set())

    assert segments(where) == (before[1:] if known else before)


def test_the_segment_that_is_written_to_stays(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """However old it is, and the one that was written to a moment ago."""
    made = journals.writer(where, segment_bytes=2000)
    journals.fill(made, 30)
    aged(made.directory, 5000)
    newest = made.n
    os.utime(made.segment_path(newest - 1))
    keeper, _ = keep(max_age=1000, max_bytes=1)

    keeper.tend(nothing, set())

    assert segments(where) == [f"{n:06d}.jsonl" for n in (newest - 1, newest)]
    made.close()


def test_the_cap_takes_what_is_pending_for_no_target_first_then_the_oldest(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """What every target has is no loss; the rest is reported, by writer, range of ids and reason."""
    old, old_ids = journals.dead(where, 20, spans=5)
    young, _ = journals.dead(where, 20)
    aged(old, 5000)
    aged(young, 10)
    size = (young / "000001.jsonl").stat().st_size
    Cursors(young).put(LOGS, Cursor(1, size, 20))
    Cursors(young).put(SPANS, Cursor(1, size, 0))
    Cursors(old).put(LOGS, Cursor())
    first, drops = keep((LOGS, SPANS), max_bytes=(old / "000001.jsonl").stat().st_size + 1)

    first.tend(nothing, set())
    assert (young.exists(), old.exists(), drops) == (False, True, [])

    first.release()
    second, drops = keep((LOGS, SPANS), max_bytes=100)
    second.tend(nothing, set())
    assert not old.exists()
    assert drops == [
        Drop("shop", old.name, 1, old_ids[0], old_ids[19], "disk_cap", 20),
        Drop("shop", old.name, 1, old_ids[20], old_ids[24], "disk_cap", 5),
    ]


def test_what_stood_nowhere_else_is_reported_without_a_target_too(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """The journal was the only copy."""
    gone, ids = journals.dead(where, 5)
    keeper, drops = keep(max_bytes=10)

    keeper.tend(nothing, set())

    assert drops == [Drop("shop", gone.name, 1, ids[0], ids[-1], "disk_cap", 5)]


def test_a_drop_from_a_merged_segment_names_the_writers_themselves(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """Not the directory that stood for them."""
    writers = {journals.dead(where, 2)[0].name for _ in range(16)}
    first, _ = keep()
    first.tend(nothing, set())
    first.release()
    second, drops = keep(max_bytes=10)

    second.tend(nothing, set())

    assert {drop.writer for drop in drops} == writers
    assert {drop.count for drop in drops} == {2}


def test_cap_and_age_hold_for_each_service_apart(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """A loud one takes nothing from a quiet one."""
    loud, _ = journals.dead(where, 400, service="loud", segment_bytes=5000)
    quiet, ids = journals.dead(where, 5, service="quiet")
    aged(quiet, 9000)
    keeper, drops = keep(max_bytes=20_000)

    keeper.tend(nothing, set())

    assert {drop.service for drop in drops} == {"loud"}
    assert [one for one in journals.found(where.path) if one in set(ids)] == ids
    left = sum(path.stat().st_size for path in loud.glob("*.jsonl"))
    assert 10_000 < left <= 20_000


def test_several_processes_share_a_journal_and_lose_nothing(where: Place) -> None:
    """They come, write, are keepers for a while and go; the last one finds everything."""
    program = """
        import os, sys
        import obskit
        obskit.init("shop", journal=sys.argv[1], console=False)
        for n in range(50):
            obskit.get_logger("shop").info("n", n=n)
        obskit.shutdown()
    """
    processes = [start(program, where.path) for _ in range(4)]
    for process in processes:
        assert process.wait(20) == 0
        process.communicate()
    run(program, where.path)

    found = journals.found(where.path)
    assert len(found) == len(set(found)) == 250

"""The keeper: one process at a time, for the dead."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import orjson

from obskit.journal.cursors import Key
from obskit.journal.keeper import Drop, Keeper
from obskit.journal.place import Place
from tests.support import journals
from tests.support.programs import run, start

LOGS: Key = ("t", "logs")
SPANS: Key = ("t", "spans")


def test_one_process_at_a_time_is_the_keeper(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """The next takes over when it is gone."""
    first, second = keep()[0], keep()[0]
    first.tend(journals.nothing, set())
    second.tend(journals.nothing, set())
    assert (first.holds, second.holds) == (True, False)

    first.release()
    second.tend(journals.nothing, set())

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
    keeper.tend(journals.nothing, set())
    assert not keeper.holds

    process.kill()
    process.communicate()
    keeper.tend(journals.nothing, set())

    assert keeper.holds


def test_only_the_dead_are_adopted(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """Of every service; the living once they are gone."""
    living = journals.writer(where)
    gone, _ = journals.dead(where, 3)
    other, _ = journals.dead(where, 3, service="other")
    keeper, _ = keep()

    keeper.tend(journals.nothing, set())
    assert set(keeper.adopted) == {gone, other}

    living.close()
    keeper.tend(journals.nothing, set())
    assert set(keeper.adopted) == {gone, other, living.directory}


def test_another_process_sees_that_a_writer_is_adopted(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """Nobody ships it twice."""
    from obskit.journal.lock import claim_directory

    gone, _ = journals.dead(where, 1)
    keeper, _ = keep()
    keeper.tend(journals.nothing, set())
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
        keeper.tend(journals.nothing, set())
        assert len(keeper.adopted) == adopted


def test_a_writer_that_still_touches_its_directory_is_alive(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """Whatever its lock says on this machine."""
    gone, _ = journals.dead(where, 1, boot="another machine's")
    now = time.time() + 1000
    keeper, _ = keep(clock=lambda: now)
    os.utime(gone, (now - 10, now - 10))

    keeper.tend(journals.nothing, set())

    assert not keeper.adopted


def test_a_newer_format_is_left_alone_and_known(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """Neither adopted nor merged nor removed, however old and however full the disk."""
    gone, _ = journals.dead(where, 3)
    path = gone / "000001.jsonl"
    header, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(orjson.dumps({**orjson.loads(header), "format": 2}) + b"\n" + rest)
    keeper, drops = keep(max_bytes=1, max_age=1, clock=lambda: time.time() + 1e6)

    keeper.tend(journals.nothing, set())
    keeper.tend(journals.nothing, set())

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

    keeper.tend(journals.nothing, set())
    assert set(keeper.adopted) == {gone}
    later, _ = keep(clock=lambda: time.time() + 400)
    keeper.release()
    later.tend(journals.nothing, set())

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

    keeper.tend(journals.nothing, set())

    assert (old.exists(), new.exists()) == (False, True)


# --- merging ---


# --- cap and age ---


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

"""The keeper: many small writers that are dead become one."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from obskit.journal import reader
from obskit.journal.cursors import Cursor, Cursors, Key
from obskit.journal.keeper import Drop, Keeper
from obskit.journal.place import Place
from tests.support import journals

LOGS: Key = ("t", "logs")
SPANS: Key = ("t", "spans")


def test_many_small_dead_writers_become_one(where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]) -> None:
    """Every line is there once, under its own id, behind the header of its own writer."""
    ids = [one for _ in range(20) for one in journals.dead(where, 2, spans=1)[1]]
    keeper, _ = keep()

    keeper.tend(journals.nothing, set())

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
    keeper.tend(journals.nothing, set())

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

    keeper.tend(journals.nothing, set())

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

    keeper.tend(journals.nothing, {paths[3]})
    assert set(reader.writers(where.path)) == set(paths)

    keeper.tend(journals.nothing, set())
    assert len(list(reader.writers(where.path))) == 1


class Stopped(Exception):
    """A fork is about to happen, say."""


def test_a_round_that_is_ended_in_the_middle_of_a_large_merge_changes_nothing(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """The next round does it."""
    ids = [one for _ in range(16) for one in journals.dead(where, 100)[1]]
    for path in reader.segment_files(where.path):
        with path.open("ab") as file:
            file.write(journals.line(f"{path.parent.name}-l101", context={"note": "x" * 20_000}))
        ids.append(f"{path.parent.name}-l101")
    keeper, _ = keep()
    merging = [len(ids)]

    def stop() -> None:
        if any(path.name.startswith(".") for path in (where.path / "shop").iterdir()):
            merging.append(merging.pop() - 1)
            if merging[0] < len(ids) - 50:
                raise Stopped

    with pytest.raises(Stopped):
        keeper.tend(stop, set())
    assert len(list(reader.writers(where.path))) == 16
    assert not [path for path in (where.path / "shop").iterdir() if path.name.startswith(".")]

    keeper.tend(journals.nothing, set())
    assert len(list(reader.writers(where.path))) == 1
    assert sorted(journals.found(where.path)) == sorted(ids)


def test_rounds_that_are_ended_again_and_again_come_to_their_end_all_the_same(
    where: Place, keep: Callable[..., tuple[Keeper, list[Drop]]]
) -> None:
    """Each goes on where the last one was: a process that forks each moment still merges what its children leave."""
    ids = [one for _ in range(64) for one in journals.dead(where, 3)[1]]
    keeper, _ = keep()

    def stop() -> None:
        raise Stopped

    for _ in range(400):
        with contextlib.suppress(Stopped):
            keeper.tend(stop, set())

    assert len(list(reader.writers(where.path))) == 4
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
        Keeper(where, max_bytes=1 << 30, max_age=1e6, targets=list, dropped=print).tend(journals.nothing, set())
        os._exit(0)
    os.waitpid(child, 0)
    assert sorted(journals.found(where.path)) == sorted(ids)

    keeper, _ = keep(clock=lambda: time.time() + 400)
    keeper.tend(journals.nothing, set())

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

    keeper.tend(journals.nothing, set())

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
            keeper.tend(journals.nothing, set())
            most = max(most, len(list((where.path / "shop").iterdir())))

    assert most <= 48
    began = time.perf_counter()
    found = journals.found(where.path)
    assert time.perf_counter() - began < 1
    assert sorted(found) == sorted(ids)

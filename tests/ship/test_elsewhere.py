"""Delivery where an agent does it, and from memory where no directory can be written."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

import obskit
from obskit import state
from obskit.journal import reader
from tests.ship.shipping import await_that, begin, numbers
from tests.support import journals
from tests.support.collector import Collector, take
from tests.support.programs import start


def test_while_an_agent_is_there_a_process_stands_aside(tmp_path: Path, collector: Collector) -> None:
    """It sends nothing and gives up the keeper's lease, and takes both up again when the agent is gone."""
    from obskit.journal.lock import held_by_another

    journals.place(tmp_path / "j")
    agent = os.open(tmp_path / "j" / "agent.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(agent, fcntl.LOCK_EX)
    log = begin(tmp_path / "j", collector.url)
    log.info("n")
    assert not obskit.flush(0.5)
    assert collector.batches == []
    assert not held_by_another(tmp_path / "j" / "keeper.lock")

    os.close(agent)

    assert obskit.flush(5)
    assert len(collector.ids()) == 1
    assert await_that(lambda: held_by_another(tmp_path / "j" / "keeper.lock"))


def test_what_the_agent_sent_is_not_sent_again(tmp_path: Path, collector: Collector) -> None:
    """Its cursors count when it is gone."""
    from obskit.journal.cursors import Cursor, Cursors

    log = begin(tmp_path / "j", collector.url)
    log.info("n")
    assert obskit.flush(5)
    with (tmp_path / "j" / "agent.lock").open("w") as agent:
        fcntl.flock(agent, fcntl.LOCK_EX)
        assert state.runtime is not None
        assert state.runtime.shipper is not None
        assert await_that(lambda: state.runtime.shipper._aside)
        log.info("theirs")
        (directory,) = reader.writers(tmp_path / "j")
        cursors = Cursors(directory)
        for key in cursors.keys():  # noqa: SIM118 - not a mapping
            cursors.put(key, Cursor(1, (directory / "000001.jsonl").stat().st_size, 2))
        assert obskit.flush(2)
    log.info("ours")

    assert obskit.flush(5)
    assert numbers(collector.ids()) == [1, 3]


def test_without_a_directory_lines_are_shipped_from_memory(tmp_path: Path, collector: Collector) -> None:
    """Told once; the same ids, the same resource."""
    program = """
        import sys
        import obskit
        obskit.init("shop", journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False)
        for n in range(600):
            obskit.get_logger("shop").info("n", n=n)
        print(obskit.flush(10), obskit.stats().pending, obskit.stats().written, obskit.stats().journal)
    """
    (tmp_path / "file").write_text("")
    process = start(program, tmp_path / "file", collector.url)
    out, err = process.communicate(timeout=20)

    assert out.strip() == "True 0 600 {}"
    assert numbers(collector.ids()) == list(range(1, 601))
    assert {batch.resource["service.name"] for batch in collector.batches} == {"shop"}
    assert err.count("obskit:") == 1
    assert "not a directory" in err


def test_what_went_from_memory_to_the_disk_is_sent_once(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some lines were taken before, some after."""
    from obskit.journal import segment

    def full(*_: object) -> int:
        raise OSError(28, "full")

    with monkeypatch.context() as patched:
        patched.setattr(segment, "create", full)
        log = begin(tmp_path / "j", collector.url)
        for n in range(10):
            log.info("n", n=n)
        assert obskit.flush(5)
        collector.says = lambda batch: (503, {}, b"")
        for n in range(10):
            log.info("n", n=n)
        assert not obskit.flush(0.5)
    assert await_that(lambda: len(journals.found(tmp_path / "j")) == 10)
    log.info("n")
    collector.says = take

    assert obskit.flush(15)
    assert numbers(collector.ids()) == list(range(1, 22))
    assert obskit.stats().pending == 0


def test_delivery_goes_on_when_the_journal_is_removed(tmp_path: Path, collector: Collector) -> None:
    """In the directory that is begun anew."""
    log = begin(tmp_path / "j", collector.url)
    log.info("before")
    assert obskit.flush(5)
    shutil.rmtree(tmp_path / "j")

    def again() -> bool:
        log.info("after")
        return obskit.flush(0.2) and len(collector.ids()) > 3

    assert await_that(again)

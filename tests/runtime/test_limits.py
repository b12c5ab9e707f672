"""The limit on one event, seen through `obskit.init` and the lines that come out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import obskit
from obskit.query.weight import of as weight
from obskit.testing import capture

log = obskit.get_logger("shop")
LIMITED = obskit.Sampling(limit=1, burst=5)


def test_a_storm_writes_its_first_records_and_then_one_that_counts_the_others() -> None:
    """Weighed by its rate, the summary stands for all that were left out."""
    with capture(sampling=LIMITED) as found:
        with obskit.scope():
            for number in range(100):
                log.warning("disk slow", number=number)
        assert [record.context["number"] for record in found.records] == [0, 1, 2, 3, 4]
        obskit.flush()
        summary = found.records[-1]
        assert summary.message == "disk slow"
        assert summary.level == "WARN"
        assert summary.context["left_out"] == 95
        assert summary.sampling["reason"] == "limit"
        assert "correlation_id" not in summary
        assert round(sum(weight(record) for record in found.records)) == 100
        assert obskit.stats().left_out == {"limit": 95}


def test_an_exception_loop_is_counted_under_its_fingerprint() -> None:
    """The summary of errors groups with the errors that were written."""
    with capture(sampling=LIMITED) as found:
        for number in range(40):
            try:
                raise ValueError(f"order {number} is not paid")
            except ValueError:
                log.exception("failed")
        obskit.flush()
    assert len(found.records) == 6
    assert {record.error["fingerprint"] for record in found.records} == {found.records[0].error["fingerprint"]}
    assert found.records[-1].error["type"] == "ValueError"
    assert round(sum(weight(record) for record in found.records)) == 40


def test_other_events_are_not_held_up() -> None:
    """Each event has a limit of its own."""
    with capture(sampling=LIMITED) as found:
        for _ in range(10):
            log.info("one")
        log.info("other")
    assert "other" in [record.message for record in found.records]


def test_a_storm_that_goes_on_is_told_of_while_it_does(tmp_path: Path) -> None:
    """Nobody has to wait for the end of the process, and no call of the application is needed for it."""
    with capture(sampling=LIMITED) as found:
        for _ in range(20):
            log.info("again")
        until = time.monotonic() + 10
        while not any("sampling" in record for record in found.records) and time.monotonic() < until:
            time.sleep(0.05)
        assert [record.context["left_out"] for record in found.records if "sampling" in record] == [15]


def test_a_secret_in_an_event_that_was_left_out_stays_inside() -> None:
    """The summary is redacted as every record is."""
    with capture(sampling=LIMITED) as found:
        for _ in range(20):
            log.info("mail to ann@shop.example failed")
        obskit.flush()
    assert len(found.records) == 6
    assert "ann@" not in str(found.records)


def test_a_forked_child_does_not_tell_of_what_its_parent_left_out(
    tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """Every record that was left out is counted once."""
    obskit.init("shop", journal=tmp_path / "journal", console=False, integrations=[], sampling=LIMITED)
    for _ in range(20):
        log.info("again")
    child = os.fork()
    if child == 0:
        obskit.shutdown()
        os._exit(0)
    os.waitpid(child, 0)
    obskit.shutdown()
    assert [line["context"]["left_out"] for line in lines() if "sampling" in line] == [15]


def test_without_a_limit_nothing_is_left_out() -> None:
    """The default loses nothing."""
    with capture() as found:
        for _ in range(2000):
            log.info("again")
    assert len(found.records) == 2000

"""The flight recorder, seen through `obskit.init` and the lines that come out."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import obskit
from obskit import state
from obskit.context import scope
from obskit.decide.recorder import UNIT_BYTES
from obskit.query.weight import of as weight
from obskit.testing import capture

Lines = Callable[[], list[dict[str, Any]]]
log = obskit.get_logger("shop")


def messages(found: obskit.testing.Capture) -> list[str]:
    """Return the messages of what was captured."""
    return [record.message for record in found.records]


def test_a_unit_that_fails_shows_its_debug_lines_in_order_before_the_error() -> None:
    """What level left out comes first, then the error itself."""
    with capture() as found, obskit.scope("req-1"):
        log.debug("read", rows=3)
        log.info("began")
        log.debug("wrote", rows=2)
        log.error("failed")
    assert messages(found) == ["began", "read", "wrote", "failed"]
    assert [record.level for record in found.records] == ["INFO", "DEBUG", "DEBUG", "ERROR"]
    assert {record.correlation_id for record in found.records} == {"req-1"}


def test_a_held_record_keeps_its_own_time_and_its_own_span() -> None:
    """Released later, it says when and where it was logged."""
    with capture() as found, obskit.scope():
        with obskit.span("first") as span:
            log.debug("inside")
        time.sleep(0.01)
        log.error("failed")
    held, failed = found.records
    assert held.timestamp < failed.timestamp
    assert held.span_id == f"{span.get_span_context().span_id:016x}"
    assert "span_id" not in failed


def test_a_unit_that_goes_well_drops_its_debug_lines_and_counts_them() -> None:
    """Nothing of it is written; stats() says how much that was."""
    with capture() as found:
        with obskit.scope():
            for _ in range(3):
                log.debug("read")
            log.info("done")
        assert messages(found) == ["done"]
        assert obskit.stats().left_out == {"level": 3}


def test_after_a_failure_the_unit_is_written_at_every_level() -> None:
    """Its story goes on to its end."""
    with capture() as found, obskit.scope():
        log.error("failed")
        log.debug("cleaning up")
    assert messages(found) == ["failed", "cleaning up"]


def test_keep_releases_at_once() -> None:
    """A marked unit shows what it held, and what follows."""
    with capture() as found, obskit.scope():
        log.debug("before")
        obskit.keep()
        assert messages(found) == ["before"]
        log.debug("after")
    assert messages(found) == ["before", "after"]


def test_an_exception_that_ends_a_unit_releases_it() -> None:
    """Also where nobody logged it."""

    def work() -> None:
        with obskit.scope():
            log.debug("before")
            raise ValueError("no")

    with capture() as found, pytest.raises(ValueError, match="no"):
        work()
    assert messages(found) == ["before"]


def test_a_span_with_error_status_keeps_its_unit() -> None:
    """The lines of the unit and the spans that sampling left out come with it."""
    with capture(sampling=obskit.Sampling(rate=0.0)) as found, obskit.scope():
        log.info("began")
        with obskit.span("well"):
            pass
        with pytest.raises(ValueError, match="no"), obskit.span("badly"):
            raise ValueError("no")
    assert messages(found) == ["began"]
    assert [span.name for span in found.spans] == ["well", "badly"]
    assert [record.sampling for record in found.records] == [{"rate": 1.0, "reason": "kept"}]
    assert [span.sampling for span in found.spans] == [{"rate": 1.0, "reason": "kept"}, None]


def test_what_sampling_left_out_of_a_unit_that_went_well_is_dropped_and_counted() -> None:
    """Lines and spans alike, under the reason of each."""
    with capture(sampling=obskit.Sampling(rate=0.0)) as found:
        with obskit.scope():
            log.info("began")
            log.debug("read")
            with obskit.span("work"):
                pass
        assert found.records == []
        assert found.spans == []
        assert obskit.stats().left_out == {"level": 1, "sampling": 2}


def test_a_slow_unit_is_released_at_that_moment_and_not_at_its_end() -> None:
    """Whoever looks at a request that hangs sees its story while it hangs."""
    with capture(sampling=obskit.Sampling(slow=0.1)) as found, obskit.scope():
        log.debug("before")
        until = time.monotonic() + 5
        while not found.records and time.monotonic() < until:
            time.sleep(0.01)
        assert messages(found) == ["before"]
        log.debug("after")
        assert messages(found) == ["before", "after"]


def test_what_is_held_shows_the_values_of_its_moment() -> None:
    """A change after the call does not reach the line."""
    basket = {"items": [1]}
    with capture() as found, obskit.scope():
        log.debug("basket", basket=basket)
        basket["items"].append(2)
        obskit.keep()
    assert found.records[0].context == {"basket": {"items": [1]}}


def test_what_is_held_is_redacted_on_release() -> None:
    """No secret of a held record leaves: neither in a field, nor in the message, nor in an odd value."""

    class Order:
        def __repr__(self) -> str:
            return "Order(mail=ann@shop.example)"

    with capture() as found, obskit.scope():
        log.debug("mail to ann@shop.example", password="hunter22", order=Order())
        log.debug("card 4111 1111 1111 1111", secret=obskit.secret("xyz"), shown=obskit.safe("bob@shop.example"))
        obskit.keep()
    text = str(found.records)
    assert "ann@" not in text
    assert "hunter22" not in text
    assert "4111" not in text
    assert "xyz" not in text
    assert found.records[1].context["shown"] == "bob@shop.example"


def test_numbers_that_json_has_not_survive_being_held() -> None:
    """Their names stand for them, as in a line that is written at once."""
    with capture() as found, obskit.scope():
        log.debug("odd", ratio=float("nan"), big=1 << 80, none=None)
        obskit.keep()
    assert found.records[0].context == {"ratio": "NaN", "big": str(1 << 80), "none": None}


def test_an_exception_below_the_level_is_held_with_its_trace() -> None:
    """Its stack trace is that of the moment it was logged."""
    with capture() as found, obskit.scope():
        try:
            raise KeyError("x")
        except KeyError:
            log.debug("retrying", exc_info=True)
        obskit.keep()
    assert found.records[0].error["type"] == "KeyError"


def test_without_sampling_nothing_is_held() -> None:
    """`sampling=False` switches the recorder off, too."""
    with capture(sampling=False) as found, obskit.scope():
        log.debug("before")
        log.error("failed")
    assert messages(found) == ["failed"]


def test_a_request_that_logs_a_million_times_holds_no_more_than_its_share() -> None:
    """The oldest go first, and are counted."""
    with capture() as found:
        with obskit.scope():
            for number in range(20_000):
                log.debug("again", number=number)
            recorder = state.runtime.recorder  # type: ignore[union-attr]
            assert recorder.size <= UNIT_BYTES
            obskit.keep()
        numbers = [record.context["number"] for record in found.records]
        assert numbers == list(range(20_000 - len(numbers), 20_000))
        assert obskit.stats().left_out == {"recorder": 20_000 - len(numbers)}
        assert recorder.size == 0


def test_all_units_together_hold_no_more_than_the_process_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many units at once share one bound."""
    with capture():
        recorder = state.runtime.recorder  # type: ignore[union-attr]
        monkeypatch.setattr(recorder, "_process_bytes", 50_000)
        ready, leave = threading.Barrier(9), threading.Event()

        def work() -> None:
            with obskit.scope():
                for number in range(500):
                    log.debug("again", number=number)
                ready.wait()
                leave.wait()

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        ready.wait()
        assert recorder.size <= 50_000
        leave.set()
        for thread in threads:
            thread.join()
        assert recorder.size == 0


def test_a_unit_that_nobody_ended_gives_its_bytes_back() -> None:
    """A unit that is only forgotten takes nothing with it."""
    with capture():
        recorder = state.runtime.recorder  # type: ignore[union-attr]
        unit = scope.Scope()
        frame = scope.enter(unit, {})
        log.debug("held")
        scope.leave(frame)
        assert recorder.size > 0
        del frame, unit
        gc.collect()
        assert recorder.size == 0
        assert obskit.stats().left_out == {"level": 1}


def test_a_forked_child_does_not_tell_what_its_parent_held(tmp_path: Path, lines: Lines) -> None:
    """The story of a unit is written once, by the process that lived it."""
    obskit.init("shop", journal=tmp_path / "journal", console=False, integrations=[])
    with obskit.scope("req-1"):
        log.debug("held by the parent")
        child = os.fork()
        if child == 0:
            log.debug("held by the child")
            log.error("child failed")
            os._exit(0)
        os.waitpid(child, 0)
        log.error("parent failed")
    found = [line["message"] for line in lines()]
    assert sorted(found) == ["child failed", "held by the child", "held by the parent", "parent failed"]


def test_a_thread_that_watches_for_slow_units_is_gone_at_a_fork(tmp_path: Path, lines: Lines) -> None:
    """Forking while it runs warns of nothing, and slow units of the child are still noticed."""
    obskit.init(
        "shop", journal=tmp_path / "journal", console=False, integrations=[], sampling=obskit.Sampling(slow=0.05)
    )
    with obskit.scope():
        log.debug("held by the parent")
        child = os.fork()
        if child == 0:
            with obskit.scope():
                log.debug("held by the child")
                time.sleep(0.5)
                os._exit(0)
        os.waitpid(child, 0)
    assert "held by the child" in [line["message"] for line in lines()]


def test_weights_count_a_failing_unit_once_whether_the_head_kept_it_or_not() -> None:
    """What was kept at the head stands for what was released, which counts for none."""
    with capture(sampling=obskit.Sampling(rate=0.2)) as found:
        for _ in range(3000):
            with obskit.scope():
                log.info("began")
                log.error("failed")
    began = sum(weight(record) for record in found.records if record.message == "began")
    assert len([record for record in found.records if record.message == "began"]) == 3000
    # Five standard deviations of a binomial estimate.
    assert abs(began - 3000) < 5 * (3000 * 0.8 / 0.2) ** 0.5
    assert sum(weight(record) for record in found.records if record.message == "failed") == 3000


def test_what_another_thread_logs_past_the_end_of_a_unit_is_counted_and_takes_no_room() -> None:
    """Also where it comes in the middle of the end."""
    with capture():
        recorder = state.runtime.recorder  # type: ignore[union-attr]
        for _ in range(100):
            with obskit.scope():
                thread = threading.Thread(target=obskit.propagate(lambda: [log.debug("late") for _ in range(20)]))
                thread.start()
                log.debug("own")
            thread.join()
        assert recorder.size == 0
        assert 100 <= obskit.stats().left_out["level"] <= 2100


@pytest.mark.parametrize("odd", [float("nan"), "\ud800", ("password", "sesame"), "y" * 300_000])
def test_a_held_record_or_span_with_odd_or_large_values_pushes_out_nothing_and_tells_nothing(odd: Any) -> None:
    """It is held as the line that it will be."""
    with capture(sampling=obskit.Sampling(rate=0.0)) as found, obskit.scope():
        for number in range(10):
            log.info("story", number=number)
        with obskit.span("odd", value=odd):
            log.info("odd", value=odd)
        log.error("failed")
    assert messages(found) == [*["story"] * 10, "odd", "failed"]
    assert [span.name for span in found.spans] == ["odd"]
    assert "sesame" not in str(found.records) + str(found.spans)


def test_units_that_go_on_over_an_init_are_held_by_the_new_runtime() -> None:
    """Neither of the two counts for the other."""
    with capture() as found, obskit.scope():
        log.debug("before")
        obskit.init("shop", integrations=[])
        log.debug("after")
        log.error("failed")
        assert messages(found) == ["after", "failed"]
        assert state.runtime.recorder.size == 0  # type: ignore[union-attr]

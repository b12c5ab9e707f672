"""One signal on its way to one target."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from obskit.journal.cursors import Key
from obskit.journal.ids import Signal
from obskit.ship.backoff import Backoff
from obskit.ship.encoder import encoder
from obskit.ship.feed import SegmentFeed
from obskit.ship.http import Target
from obskit.ship.lane import Lane
from tests.ship.server import free_port
from tests.support import journals
from tests.support.collector import Collector, take


class Said:
    """What a user was told."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}
        self.aside: list[tuple[str, str]] = []

    def once(self, topic: str, text: str) -> None:
        self.told.setdefault(topic, text)

    def refused(self, target: str, identity: str, detail: str) -> None:
        self.aside.append((identity, detail))


class Way:
    """A lane for each signal, from one dead writer to one collector, on a clock that is moved by hand."""

    def __init__(self, directory: Path, url: str, aim: Callable[..., Target]) -> None:
        self.now = 0.0
        self.said = Said()
        self.feed = SegmentFeed(directory)
        self.logs, self.spans = (self.lane(signal, f"{url}/v1/{path}", aim) for signal, path in PATHS)
        self.logs.sibling, self.spans.sibling = self.spans, self.logs

    def lane(self, signal: Signal, url: str, aim: Callable[..., Target]) -> Lane:
        backoff = Backoff(draw=lambda: 1.0)
        key: Key = ("t", signal)
        return Lane(key, signal, aim(url), encoder("http/json", signal), backoff, self.said, lambda: self.now)

    def step(self, lane: Lane) -> bool:
        """Do one thing and wait for its answer."""
        done = lane.step([self.feed], nothing, Target.ready)
        until = time.monotonic() + 5
        while lane.in_flight and time.monotonic() < until:
            lane.step([self.feed], nothing, Target.ready)
            time.sleep(0.001)
        assert not lane.in_flight
        return done

    def run(self, lane: Lane) -> None:
        """Go on until there is nothing to do now."""
        while self.step(lane):
            pass


PATHS: tuple[tuple[Signal, str], ...] = (("logs", "logs"), ("spans", "traces"))


def nothing() -> None:
    """Never pause."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector."""
    made = Collector()
    yield made
    made.stop()


@pytest.fixture
def lay(tmp_path: Path, collector: Collector, aim: Callable[..., Target]) -> Callable[..., tuple[Way, list[str]]]:
    """Lay the way of a dead writer's lines; returns it with their ids."""

    def make(logs: int, spans: int = 0, **options: Any) -> tuple[Way, list[str]]:
        directory, ids = journals.dead(journals.place(tmp_path / "j"), logs, spans=spans, **options)
        return Way(directory, collector.url, aim), ids

    return make


def test_everything_arrives_once_and_in_order(collector: Collector, lay: Callable[..., tuple[Way, list[str]]]) -> None:
    """In batches, over segments; the cursor stands behind the last."""
    way, ids = lay(1200, 3, segment_bytes=100_000)

    way.run(way.logs)
    way.run(way.spans)

    assert collector.ids("logs") == ids[:1200]
    assert collector.ids("spans") == [f"{n:016x}" for n in (1, 2, 3)]
    assert max(len(batch.ids) for batch in collector.batches) == 512
    assert (way.logs.counts.shipped, way.feed.cursor(("t", "logs")).passed) == (1200, 1200)


def test_a_resource_is_sent_with_its_lines(collector: Collector, lay: Callable[..., tuple[Way, list[str]]]) -> None:
    """That of the process which wrote them."""
    way, _ = lay(1)
    way.run(way.logs)

    assert collector.batches[0].resource == {"service.name": "shop", "service.instance.id": way.feed.directory.name}


@pytest.mark.parametrize("status", [401, 403, 407])
def test_a_target_that_wants_other_credentials_is_failing_and_told_of_once(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]], status: int
) -> None:
    """For both signals together; what was not taken is sent when it is."""
    way, ids = lay(20, 2)
    collector.says = lambda batch: (status, {}, b"who are you")
    for _ in range(4):
        way.step(way.logs)
        way.step(way.spans)
        way.now += 100

    assert (way.logs.failing, way.spans.failing) == (True, True)
    (text,) = way.said.told.values()
    assert f"{status} " in text
    assert "will be retried" in text

    collector.says = take
    way.run(way.logs)
    assert collector.ids() == ids[:20]
    assert not way.logs.failing


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_other_failures_are_retried_without_a_word(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]], status: int
) -> None:
    """They pass by themselves."""
    way, ids = lay(20)
    collector.says = lambda batch: (status, {}, b"")
    way.step(way.logs)
    assert (way.logs.failing, way.said.told) == (True, {})

    collector.says = take
    way.now += 100
    way.run(way.logs)
    assert collector.ids() == ids


def test_nothing_is_tried_before_the_delay_is_over(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]]
) -> None:
    """It doubles from failure to failure, and begins anew after a success."""
    way, _ = lay(20)
    collector.says = lambda batch: (503, {}, b"")
    delays = []
    for _ in range(4):
        assert way.step(way.logs)
        assert not way.step(way.logs)
        delays.append(way.logs.idle_for())
        way.now += delays[-1]
    assert delays == [1.0, 2.0, 4.0, 8.0]

    collector.says = take
    way.step(way.logs)
    collector.says = lambda batch: (503, {}, b"")
    way.step(way.logs)
    assert way.logs.idle_for() == 1.0


def test_a_target_is_left_alone_as_long_as_it_asks(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]]
) -> None:
    """`Retry-After` is a lower bound."""
    way, _ = lay(2)
    collector.says = lambda batch: (429, {"Retry_After": "40"}, b"")
    way.step(way.logs)

    assert way.logs.idle_for() >= 40


def test_after_a_failure_one_record_goes_first(collector: Collector, lay: Callable[..., tuple[Way, list[str]]]) -> None:
    """A probe; the rest follows in order once that is taken."""
    way, ids = lay(600)
    collector.says = lambda batch: (503, {}, b"")
    for _ in range(3):
        way.step(way.logs)
        way.now += 100
    collector.says = take
    way.run(way.logs)

    assert [len(batch.ids) for batch in collector.batches] == [512, 1, 1, 1, 511, 88]
    assert collector.ids() == ids


def test_a_target_that_nobody_serves_for_long_is_told_of_once(tmp_path: Path, aim: Callable[..., Target]) -> None:
    """One line, however often and for whichever signal it is tried."""
    directory, _ = journals.dead(journals.place(tmp_path), 3)
    way = Way(directory, f"http://127.0.0.1:{free_port()}", aim)
    for _ in range(10):
        way.step(way.logs)
        way.now += 1000
    assert len(way.said.told) == 1
    assert "refused; will be retried" in str(way.said.told)


def test_a_target_that_nobody_serves_is_failing(
    tmp_path: Path, collector: Collector, aim: Callable[..., Target]
) -> None:
    """Not raised, not told: it may be starting."""
    directory, ids = journals.dead(journals.place(tmp_path), 3)
    way = Way(directory, f"http://127.0.0.1:{free_port()}", aim)
    way.step(way.logs)
    assert (way.logs.failing, way.said.told) == (True, {})
    assert "refused" in way.logs.detail

    way.logs = way.lane("logs", f"{collector.url}/v1/logs", aim)
    way.run(way.logs)
    assert collector.ids() == ids


def test_a_signal_that_the_target_does_not_know_is_off_once_it_takes_the_other(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]]
) -> None:
    """Jaeger takes no logs: they stay in the journal, which is told once."""
    way, _ = lay(20, 3)
    collector.says = lambda batch: (404, {}, b"") if batch.signal == "logs" else take(batch)
    way.step(way.logs)
    assert (way.logs.off, way.logs.failing) == (False, True)

    way.run(way.spans)

    assert (way.logs.off, way.logs.failing, way.spans.off) == (True, False, False)
    (text,) = way.said.told.values()
    assert "does not take logs" in text
    assert "stay in the journal" in text
    requests = len(collector.batches)
    way.now += 1000
    assert not way.step(way.logs)
    assert len(collector.batches) == requests


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_signal_is_off_at_once_where_the_other_was_taken_before(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]], status: int
) -> None:
    """In either order."""
    way, _ = lay(20, 3)
    collector.says = lambda batch: (status, {}, b"") if batch.signal == "logs" else take(batch)
    way.run(way.spans)
    way.step(way.logs)

    assert way.logs.off
    assert len(way.said.told) == 1


def test_a_target_that_knows_neither_signal_is_failing(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]]
) -> None:
    """A wrong path, or a proxy whose backend is away: it is tried again."""
    way, ids = lay(20, 3)
    collector.says = lambda batch: (404, {}, b"")
    for _ in range(3):
        way.step(way.logs)
        way.step(way.spans)
        way.now += 100
    assert (way.logs.off, way.spans.off) == (False, False)
    assert (way.logs.failing, way.spans.failing) == (True, True)

    collector.says = take
    way.run(way.logs)
    way.run(way.spans)
    assert collector.ids() == ids[:20]


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_poisonous_record_is_set_aside_and_the_rest_goes_on(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]], status: int
) -> None:
    """Found by halves, reported, and passed; every other one is taken once and in order."""
    way, ids = lay(700)
    poison = {ids[0], ids[333], ids[699]}
    collector.says = lambda batch: (status, {}, b"no") if poison & set(batch.ids) else take(batch)

    way.run(way.logs)

    assert collector.ids() == [one for one in ids if one not in poison]
    assert [identity for identity, _ in way.said.aside] == [ids[0], ids[333], ids[699]]
    assert str(status) in way.said.aside[0][1]
    assert (way.logs.counts.shipped, way.logs.counts.refused) == (697, 3)
    at = way.feed.cursor(("t", "logs"))
    assert (at.passed, at.refused) == (700, 3)
    assert len(collector.batches) < 60


def test_a_partial_success_is_counted_and_not_sent_again(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]]
) -> None:
    """The target has said that it will never take them."""
    way, _ = lay(10)
    body = b'{"partialSuccess":{"rejectedLogRecords":"4","errorMessage":"too old"}}'
    collector.says = lambda batch: (200, {"Content_Type": "application/json"}, body)

    way.run(way.logs)

    assert len(collector.batches) == 1
    assert (way.logs.counts.shipped, way.logs.counts.refused) == (6, 4)
    assert way.feed.cursor(("t", "logs")).refused == 4
    (text,) = way.said.told.values()
    assert "too old" in text


def test_a_record_that_cannot_be_encoded_holds_up_nobody(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is set aside like one that a target refuses."""
    way, ids = lay(5)
    encode = way.logs._encoder.record

    def picky(line: dict[str, Any], plain: bool) -> Any:
        if line["id"] in (ids[0], ids[4]):
            raise TypeError("hostile")
        return encode(line, plain)

    monkeypatch.setattr(way.logs._encoder, "record", picky)
    way.run(way.logs)

    assert collector.ids() == ids[1:4]
    assert [identity for identity, _ in way.said.aside] == [ids[0], ids[4]]
    assert way.feed.cursor(("t", "logs")).passed == 5


def test_a_step_that_is_ended_by_its_pause_is_done_again(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]]
) -> None:
    """Wherever that happens: while reading, encoding or compressing."""
    way, ids = lay(300)
    for ends in range(1, 700, 37):
        calls = iter(range(ends))

        def pause(calls: Iterator[int] = calls) -> None:
            next(calls)

        try:
            way.logs.step([way.feed], pause, Target.ready)
        except StopIteration:
            continue
        break
    way.run(way.logs)

    assert collector.ids() == ids


def test_a_child_lets_go_of_what_its_parent_has_in_flight(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]]
) -> None:
    """Its counts begin at zero; what it learned of the target stays."""
    way, _ = lay(20, 3)
    collector.gate.clear()
    way.logs.step([way.feed], nothing, Target.ready)
    assert way.logs.in_flight

    way.logs.abandon()

    assert not way.logs.in_flight
    assert way.logs.working_on is None
    assert way.logs.counts.batches == 0


def test_what_is_in_flight_is_finished_and_nothing_new_begun(
    collector: Collector, lay: Callable[..., tuple[Way, list[str]]]
) -> None:
    """Where an agent takes over: no line is sent twice."""
    way, ids = lay(600)
    collector.gate.clear()
    way.logs.step([way.feed], nothing, Target.ready)
    assert not way.logs.finish(Target.ready)

    collector.gate.set()
    until = time.monotonic() + 5
    while not way.logs.finish(Target.ready) and time.monotonic() < until:
        time.sleep(0.005)

    assert collector.ids() == ids[:512]
    assert way.feed.cursor(("t", "logs")).passed == 512


def test_an_earlier_feed_goes_first(collector: Collector, tmp_path: Path, aim: Callable[..., Target]) -> None:
    """A process sends its own records before those of the dead."""
    place = journals.place(tmp_path)
    first, own = journals.dead(place, 600)
    second, theirs = journals.dead(place, 3)
    way = Way(first, collector.url, aim)
    other = SegmentFeed(second)
    while way.logs.step([way.feed, other], nothing, lambda target: target.ready()) or way.logs.in_flight:
        time.sleep(0.001)

    assert collector.ids() == [*own, *theirs]

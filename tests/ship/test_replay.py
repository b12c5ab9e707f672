"""Sending chosen lines, whatever other targets have."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from obskit.journal.ids import Signal
from obskit.line.encode import encode
from obskit.settings.endpoint import Endpoint
from obskit.ship.backoff import Backoff
from obskit.ship.destination import otlp_lanes
from obskit.ship.lane import Lane
from obskit.ship.replay import Line, Piece, Replay, ReplayFeed
from tests.support.agents import free_address
from tests.support.collector import Collector, take

_KEY = ("target", "logs")
_STAMP = "2026-01-31T23:59:59.123456Z"


def _line(identity: str, text: str = "done") -> Line:
    record = {"timestamp": _STAMP, "level": "INFO", "message": text, "id": identity}
    return encode(record) + b"\n", record


def _piece(name: str, count: int, first: int = 1, text: str = "done", resource: str | None = None) -> Piece:
    def lines(signal: Signal) -> Iterator[Line]:
        if signal == "logs":
            yield from (_line(f"{name}-l{n}", text) for n in range(first, first + count))

    return Piece({"service.instance.id": resource or name}, lines)


def _feed(*pieces: Piece, delivered: set[str] | None = None) -> ReplayFeed:
    return ReplayFeed(lambda: pieces, set() if delivered is None else delivered)


def _read(feed: ReplayFeed, most: int = 512) -> tuple[Mapping[str, Any], list[str]] | None:
    batch = feed.read(_KEY, "logs", most, lambda: None)
    if batch is None:
        return None
    feed.acknowledge(_KEY, batch.end())
    return batch.resource, [record["id"] for record in batch.records]


def test_a_batch_is_of_one_resource() -> None:
    """Pieces of one resource go together, those of another begin the next batch; then there is nothing more."""
    feed = _feed(_piece("a", 2), _piece("a", 1, first=3), _piece("b", 1), _piece("a", 1, first=9))
    assert [_read(feed) for _ in range(4)] == [
        ({"service.instance.id": "a"}, ["a-l1", "a-l2", "a-l3"]),
        ({"service.instance.id": "b"}, ["b-l1"]),
        ({"service.instance.id": "a"}, ["a-l9"]),
        None,
    ]
    assert feed.exhausted(_KEY)


def test_a_batch_has_its_bounds() -> None:
    """At most so many lines, and no more bytes than a server takes."""
    feed = _feed(_piece("a", 5), _piece("b", 3, text="x" * 3_000_000))
    found = [_read(feed, 3) for _ in range(5)]
    assert [len(ids) for ids in (one[1] for one in found if one is not None)] == [3, 2, 1, 1, 1]


def test_what_is_delivered_is_left_out() -> None:
    """And what is acknowledged is delivered from then on; what is handed out is not."""
    delivered = {"a-l1", "a-l3"}
    feed = _feed(_piece("a", 4), delivered=delivered)
    batch = feed.read(_KEY, "logs", 512, lambda: None)
    assert batch is not None
    assert [record["id"] for record in batch.records] == ["a-l2", "a-l4"]
    assert delivered == {"a-l1", "a-l3"}
    assert not feed.exhausted(_KEY)
    feed.acknowledge(_KEY, batch.end(0))
    assert delivered == {"a-l1", "a-l2", "a-l3"}
    feed.acknowledge(_KEY, batch.end())
    assert delivered == {"a-l1", "a-l2", "a-l3", "a-l4"}


def test_a_second_look_finds_what_lies_elsewhere_now() -> None:
    """After `begin_anew` the pieces are gone through again, for what is not delivered."""
    pieces = [_piece("a", 2)]
    feed = ReplayFeed(lambda: pieces, set())
    assert _read(feed) == ({"service.instance.id": "a"}, ["a-l1", "a-l2"])
    assert _read(feed) is None
    pieces[:] = [_piece("a", 4)]
    feed.begin_anew()
    assert not feed.exhausted(_KEY)
    assert _read(feed) == ({"service.instance.id": "a"}, ["a-l3", "a-l4"])


# --- through real lanes ---


class _Quiet:
    """Takes what lanes say."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def once(self, topic: str, text: str) -> None:
        """Say nothing."""

    def refused(self, target: str, identity: str, detail: str) -> None:
        """Remember the record."""
        self.ids.append(identity)


def _lanes(url: str, quiet: _Quiet) -> list[Lane]:
    endpoints = [Endpoint(url=f"{url}/v1/{name}", headers={}) for name in ("logs", "traces")]
    lanes = otlp_lanes(endpoints[0], endpoints[1], quiet)
    for lane in lanes:
        lane._backoff = Backoff(first=0.05, longest=0.05)
    return lanes


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A target that takes everything."""
    made = Collector()
    yield made
    made.stop()


def _run(
    lanes: list[Lane], feed: ReplayFeed, stopping: Callable[[], bool] = lambda: False, patience: float = 10
) -> str:
    try:
        return Replay(lanes, feed, patience=patience, stopping=stopping).run()
    finally:
        for lane in lanes:
            lane.close()


def test_everything_arrives_once(collector: Collector) -> None:
    """In the order of the pieces, whatever their size."""
    pieces = [_piece(f"{n:032x}", n * 100) for n in range(1, 9)]
    assert _run(_lanes(collector.url, _Quiet()), _feed(*pieces)) == "done"
    assert collector.ids() == [f"{n:032x}-l{each}" for n in range(1, 9) for each in range(1, n * 100 + 1)]


def test_nothing_to_send(collector: Collector) -> None:
    """It is done at once."""
    assert _run(_lanes(collector.url, _Quiet()), _feed()) == "done"
    assert collector.batches == []


def test_refused_records_are_set_aside(collector: Collector) -> None:
    """They count as dealt with; the rest arrives."""
    poison = {f"{1:032x}-l7", f"{1:032x}-l8"}
    collector.says = lambda batch: (400, {}, b"") if poison & set(batch.ids) else take(batch)
    quiet, delivered = _Quiet(), set[str]()
    lanes = _lanes(collector.url, quiet)
    assert _run(lanes, _feed(_piece(f"{1:032x}", 40), delivered=delivered)) == "done"
    assert set(quiet.ids) == poison
    assert len(delivered) == 40
    assert len(collector.ids()) == 38


def test_it_stops_when_told_and_takes_the_last_answer(collector: Collector) -> None:
    """What is in flight then counts where its answer comes soon; no more is sent."""
    delivered: set[str] = set()
    told = lambda: len(collector.ids()) >= 512  # noqa: E731 - a predicate
    outcome = _run(_lanes(collector.url, _Quiet()), _feed(_piece(f"{1:032x}", 5000), delivered=delivered), told)
    assert outcome == "stopped"
    assert delivered == set(collector.ids())
    assert 512 <= len(delivered) < 5000


def test_it_gives_up_where_nothing_goes_on() -> None:
    """After so many seconds without progress."""
    begun = time.monotonic()
    lanes = _lanes(f"http://{free_address()}", _Quiet())
    assert _run(lanes, _feed(_piece(f"{1:032x}", 5)), patience=0.5) == "stalled"
    assert 0.5 <= time.monotonic() - begun < 10
    assert lanes[0].detail


def test_progress_is_patience_anew(collector: Collector) -> None:
    """A slow target is waited for as long as it takes a batch now and then."""
    failures = iter([503, 503, 200] * 100)

    def slowly(batch: Any) -> tuple[int, dict[str, str], bytes]:
        time.sleep(0.1)
        return take(batch) if next(failures) == 200 else (503, {}, b"")

    collector.says = slowly
    pieces = [_piece(f"{n:032x}", 1) for n in range(1, 7)]
    assert _run(_lanes(collector.url, _Quiet()), _feed(*pieces), patience=1.5) == "done"
    assert len(collector.ids()) == 6

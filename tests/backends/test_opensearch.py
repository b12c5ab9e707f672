"""Lines in three real OpenSearch nodes, one of which is killed; and spans in Jaeger, which keeps them there."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.demo.services import free_port
from obskit.identity import uuid7
from obskit.ship.feed import SegmentFeed
from obskit.ship.lane import Lane
from obskit.ship.opensearch import opensearch_lanes
from scripts.backends import jaeger as jaeger_backend
from scripts.backends.opensearch import Cluster
from tests.support import journals
from tests.support.agents import Agent
from tests.support.programs import start

# The first test to run pays for the start of the nodes, and on a fresh machine for the build.
pytestmark = pytest.mark.timeout(600)


class Said:
    """What a user was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.aside: list[tuple[str, str]] = []

    def once(self, topic: str, text: str) -> None:
        self.told.append(f"{topic}: {text}")

    def refused(self, target: str, identity: str, detail: str) -> None:
        self.aside.append((identity, detail))


class Way:
    """The lanes of one writer's lines to an OpenSearch."""

    def __init__(self, folder: Path, url: str, **options: Any) -> None:
        self.said = Said()
        # A service of its own is an index of its own.
        self.service = f"shop-{uuid7()[-12:]}"
        self.index = f"obskit-{self.service}-2026-01-31"
        self.url, self.options = url, options
        self.writer = journals.writer(journals.place(folder), service=self.service)
        self.feed = SegmentFeed(self.writer.directory, writes_to=lambda: self.writer.n)
        self.lanes = opensearch_lanes(url, self.said, **options)

    def fill(self, logs: int, **fields: Any) -> list[str]:
        return journals.fill(self.writer, logs, service=self.service, **fields)

    def deliver(self, done: Callable[[], bool] | None = None, seconds: float = 60) -> None:
        """Send until nothing is left to send, or until said."""
        until = time.monotonic() + seconds
        while True:
            busy = any(tuple(map(self.step, self.lanes)))
            if done() if done else not busy and self.is_idle():
                return
            assert time.monotonic() < until, [(lane.counts, lane.detail) for lane in self.lanes]
            if not busy:
                time.sleep(0.01)

    def step(self, lane: Lane) -> bool:
        return lane.step([self.feed], nothing, lambda target: target.ready())

    def is_idle(self) -> bool:
        return not any(lane.in_flight or lane.failing for lane in self.lanes)

    def again(self) -> None:
        """Forget what was acknowledged, as a cut off answer does."""
        for lane in self.lanes:
            lane.close()
        (self.feed.directory / "cursors").unlink()
        self.feed = SegmentFeed(self.writer.directory, writes_to=lambda: self.writer.n)
        self.lanes = opensearch_lanes(self.url, self.said, **self.options)


def nothing() -> None:
    """Never pause."""


@pytest.fixture
def way(opensearch: Cluster, tmp_path: Path) -> Iterator[Callable[..., Way]]:
    """Lay ways; all are closed at the end."""
    laid: list[Way] = []

    def lay(**options: Any) -> Way:
        laid.append(Way(tmp_path / "j", opensearch.url, **options))
        return laid[-1]

    yield lay
    for each in laid:
        for lane in each.lanes:
            lane.close()
        each.writer.close()


def found(cluster: Cluster, index: str, query: dict[str, Any] | None = None, node: int = 0) -> list[str]:
    """Returns the ids of the documents that a query finds."""
    cluster.ask(f"/{index}/_refresh", method="POST", node=node)
    body = {"size": 10_000, "_source": False, "query": query or {"match_all": {}}}
    return [hit["_id"] for hit in cluster.ask(f"/{index}/_search", body, node=node)["hits"]["hits"]]


def test_logs_and_spans_of_a_service_stand_in_the_index_of_their_day(
    opensearch: Cluster, way: Callable[..., Way]
) -> None:
    """Each line once, as it was written, under its id."""
    laid = way()
    ids = laid.fill(1100, spans=40)
    laid.deliver()

    assert sorted(found(opensearch, laid.index)) == sorted(ids)
    stored = opensearch.ask(f"/{laid.index}/_doc/{ids[0]}")["_source"]
    assert stored == json.loads(journals.line(ids[0], service=laid.service))
    assert not laid.said.told
    assert not laid.said.aside


def test_fields_are_mapped_by_the_template(opensearch: Cluster, way: Callable[..., Way]) -> None:
    """Times to the nanosecond, names as keywords, everything that a caller names as one flat object."""
    laid = way(shards=2, replicas=1)
    laid.fill(1, context={"any": 1})
    laid.deliver()

    mapping = opensearch.ask(f"/{laid.index}/_mapping")[laid.index]["mappings"]
    fields = mapping["properties"]
    assert mapping["dynamic"] == "false"
    assert fields["timestamp"]["type"] == "date_nanos"
    assert (fields["service"]["type"], fields["message"]["type"]) == ("keyword", "text")
    assert fields["context"] == fields["attributes"] == fields["events"]["properties"]["attributes"]
    assert fields["context"] == fields["links"]["properties"]["attributes"] == {"type": "flat_object"}
    settings = opensearch.ask(f"/{laid.index}/_settings")[laid.index]["settings"]["index"]
    assert (settings["number_of_shards"], settings["number_of_replicas"]) == ("2", "1")


def test_the_types_of_two_services_do_not_conflict(opensearch: Cluster, way: Callable[..., Way]) -> None:
    """A number, a text and an object under one name are stored and found, in one index."""
    laid = way()
    amounts: list[Any] = [5, "12 EUR", {"value": 5, "unit": "EUR"}, [1, "a", None], True]
    ids = [laid.fill(1, first=n, context={"amount": amount})[0] for n, amount in enumerate(amounts, 1)]
    laid.deliver()

    assert sorted(found(opensearch, laid.index)) == sorted(ids)
    assert found(opensearch, laid.index, {"term": {"context.amount": 5}}) == ids[:1]
    assert found(opensearch, laid.index, {"term": {"context.amount": "12 EUR"}}) == ids[1:2]
    assert found(opensearch, laid.index, {"term": {"context.amount.unit": "EUR"}}) == ids[2:3]


def test_what_opensearch_could_not_index_is_stored_nevertheless(opensearch: Cluster, way: Callable[..., Way]) -> None:
    """Texts longer than a term, names without a character, dots: found by the rest, and whole in `uncut`."""
    laid = way()
    long = "x" * 40_000
    ids = laid.fill(1, context={"sql": long, "short": "y"})
    ids += laid.fill(1, first=2, request={"method": "GET", "": 1, "a..b": 2})
    ids += laid.fill(1, first=3, context={"": {"": None}, "a.b": 1, ".": [], "deep": [[{"a": [[]]}]]})
    ids += laid.fill(1, first=4, message=long, error={"type": "E", "message": long, "stack_trace": long})
    laid.deliver()

    assert sorted(found(opensearch, laid.index)) == sorted(ids)
    assert found(opensearch, laid.index, {"term": {"context.short": "y"}}) == ids[:1]
    assert found(opensearch, laid.index, {"term": {"request.method": "GET"}}) == ids[1:2]
    assert opensearch.ask(f"/{laid.index}/_doc/{ids[0]}")["_source"]["uncut"]["context"]["sql"] == long
    assert not laid.said.aside


def test_what_is_sent_twice_is_stored_once(opensearch: Cluster, way: Callable[..., Way]) -> None:
    """The second time counts as acknowledged."""
    laid = way()
    ids = laid.fill(600)
    laid.deliver()
    laid.again()
    laid.deliver()

    assert sorted(found(opensearch, laid.index)) == sorted(ids)
    assert laid.lanes[0].counts.shipped == 600
    assert laid.lanes[0].counts.refused == 0


def test_a_poisonous_record_is_refused_and_the_rest_is_stored(opensearch: Cluster, way: Callable[..., Way]) -> None:
    """It is reported with OpenSearch's reason, and counted."""
    laid = way()
    ids = laid.fill(10)
    # No line of obskit's own holds this: a context is an object.
    poisonous = laid.fill(1, first=11, context="a text")
    ids += laid.fill(10, first=12)
    laid.deliver()

    assert sorted(found(opensearch, laid.index)) == sorted(ids)
    ((identity, detail),) = laid.said.aside
    assert identity == poisonous[0]
    assert "flat_object" in detail
    assert (laid.lanes[0].counts.shipped, laid.lanes[0].counts.refused) == (20, 1)


@pytest.mark.parametrize("killed", [2, 0])
def test_every_record_is_found_after_a_node_was_killed_under_load(
    opensearch: Cluster, way: Callable[..., Way], killed: int
) -> None:
    """Each once, whether it was the node that the lines go to, which then comes back, or another."""
    laid = way(shards=3, replicas=1)
    ids = laid.fill(100)
    laid.deliver()
    opensearch.await_health(3, 60)
    written = threading.Event()

    def write() -> None:
        for n in range(101, 6101, 20):
            ids.extend(laid.fill(20, first=n))
            time.sleep(0.01)
        written.set()

    writer = threading.Thread(target=write)
    writer.start()
    laid.deliver(lambda: laid.lanes[0].counts.shipped > 1500)
    opensearch.nodes[killed].kill()
    killed_after = laid.lanes[0].counts.shipped
    if killed == 0:
        opensearch.restart(0, wait=False)
    try:
        laid.deliver(lambda: written.is_set() and laid.lanes[0].counts.shipped == 6100, 120)
        assert killed_after < 5000
        assert sorted(found(opensearch, laid.index, node=1)) == sorted(ids)
    finally:
        writer.join()
        if killed != 0:
            opensearch.restart(killed, wait=False)
        opensearch.await_health(3, 90)
    assert sorted(found(opensearch, laid.index)) == sorted(ids)


def test_the_agent_ships_there(opensearch: Cluster, tmp_path: Path) -> None:
    """`obskit ship --to opensearch+http://...` sends logs and spans of a process that is gone."""
    where = journals.place(tmp_path / "j")
    _, ids = journals.dead(where, 50, spans=5)
    agent = Agent(where.path, f"opensearch+{opensearch.url}").at_work()
    until = time.monotonic() + 30
    while not (stored := by_id(opensearch, ids)) and time.monotonic() < until:
        time.sleep(0.2)

    assert agent.stop() == 0
    assert sorted(by_id(opensearch, ids)) == sorted(ids), stored


def by_id(cluster: Cluster, ids: list[str]) -> list[str]:
    # These lines name no service.
    return found(cluster, "obskit-unknown-*", {"terms": {"id": ids}})


LOAD = """
    import sys, time
    import obskit
    obskit.init(sys.argv[3], journal=sys.argv[1], otlp_endpoint=sys.argv[2], console=False, integrations=[])
    for n in range(100):
        with obskit.scope(), obskit.span("work", n=n) as span:
            for part in range(49):
                with obskit.span("part"):
                    pass
        print(format(span.get_span_context().trace_id, "032x"), flush=True)
        time.sleep(0.1)
    print(obskit.flush(60), obskit.stats().dropped, obskit.stats().refused, flush=True)
"""


def test_every_span_is_found_in_jaeger_after_a_node_of_its_store_was_killed_under_load(
    opensearch: Cluster, tmp_path: Path
) -> None:
    """Jaeger keeps its spans in the three nodes; all that obskit sent are found by its query interface."""
    ports = jaeger_backend.Ports(free_port(), free_port(), free_port(), free_port())
    with jaeger_backend.running(tmp_path, ports, 60, jaeger_store(opensearch)) as jaeger:
        process = start(LOAD, tmp_path / "j", jaeger.endpoint, "load", OTEL_LOGS_EXPORTER="none")
        assert process.stdout is not None
        traces = [process.stdout.readline().strip() for _ in range(20)]
        # A shard that has one copy yet is gone with its node.
        opensearch.await_health(3, 30)
        assert process.poll() is None
        opensearch.nodes[1].kill()
        try:
            out, errors = process.communicate(timeout=120)
            *more, last = out.split("\n")[:-1]
            assert last == "True {} 0", (last, errors)
            assert len(more) == 80
            await_spans(jaeger, {*traces, *more}, 50)
        finally:
            opensearch.restart(1)


def await_spans(jaeger: jaeger_backend.Jaeger, traces: set[str], spans: int) -> None:
    until = time.monotonic() + 60
    while lacking := {trace: n for trace in traces if (n := len(spans_of(jaeger, trace))) != spans}:
        assert time.monotonic() < until, lacking
        traces = set(lacking)
        time.sleep(0.5)


def jaeger_store(cluster: Cluster) -> str:
    urls = ", ".join(f'"{node.url}"' for node in cluster.nodes)
    indices = "{index_prefix: jaeger, spans: {shards: 3, replicas: 1}, services: {shards: 1, replicas: 1}}"
    return f"{{opensearch: {{server_urls: [{urls}], indices: {indices}}}}}"


def spans_of(jaeger: jaeger_backend.Jaeger, trace: str) -> set[str]:
    """Returns the ids of a trace's spans, as Jaeger finds them."""
    try:
        with urllib.request.urlopen(f"{jaeger.query}/api/traces/{trace}", timeout=30) as answer:
            (only,) = json.load(answer)["data"]
    except urllib.error.HTTPError as missing:
        missing.close()
        return set()
    return {span["spanID"] for span in only["spans"]}

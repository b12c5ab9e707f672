"""An agent tells over HTTP how it is."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from obskit.journal.keeper import Keeper
from obskit.journal.place import Place
from obskit.ship.agent import Agent
from obskit.ship.destination import lanes_to
from obskit.ship.health import Health
from tests.ship.server import free_port
from tests.support import journals
from tests.support.collector import Collector


class Clock:
    """Stands still until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Silent:
    """Whom lanes tell."""

    def once(self, topic: str, text: str) -> None:
        """Forget it."""

    def refused(self, target: str, identity: str, detail: str) -> None:
        """Forget it."""


class Running:
    """An agent whose rounds the test does, and its health."""

    def __init__(self, place: Place, *urls: str, host: str = "127.0.0.1") -> None:
        lanes = [lane for url in urls for lane in lanes_to(url, Silent())]
        keeper = Keeper(place, max_bytes=1 << 30, max_age=604_800, targets=list, dropped=lambda _: None)
        self.clock = Clock()
        self.agent = Agent(place, lanes, keeper, failed=_raise)
        assert self.agent.take(1)
        self.agent.last_round = self.clock.now
        self.host = host
        self.health = Health(self.agent, host, 0, self.clock)

    def deliver(self, seconds: float = 10) -> None:
        """Work until everything is delivered, or fails."""
        until = time.monotonic() + seconds
        self.agent.run(lambda: time.monotonic() > until - seconds + 0.6, seconds)
        self.agent.last_round = self.clock.now

    def get(self, path: str, method: str = "GET") -> tuple[int, str, dict[str, str]]:
        """Ask over HTTP."""
        connection = http.client.HTTPConnection(self.host, self.health.port, timeout=5)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()}
        finally:
            connection.close()

    def metrics(self) -> dict[str, dict[tuple[str, ...], float]]:
        """Return the samples by name and labels' values."""
        found: dict[str, dict[tuple[str, ...], float]] = {}
        for family in text_string_to_metric_families(self.get("/metrics")[1]):
            for sample in family.samples:
                labels = tuple(sample.labels[name] for name in ("target", "signal", "state") if name in sample.labels)
                found.setdefault(sample.name, {})[labels] = sample.value
        return found

    def close(self) -> None:
        self.health.close()
        self.agent.close()


def _raise(what: str, trouble: Exception) -> None:
    raise AssertionError(what) from trouble


Start = Callable[..., Running]


@pytest.fixture
def where(tmp_path: Path) -> Place:
    """A journal."""
    return journals.place(tmp_path / "j")


@pytest.fixture
def running() -> Iterator[Start]:
    """Start agents; all are closed at the end."""
    started: list[Running] = []

    def start(*arguments: Any, **options: Any) -> Running:
        started.append(Running(*arguments, **options))
        return started[-1]

    yield start
    for each in started:
        each.close()


def test_health_of_an_agent_that_delivers(where: Place, collector: Collector, running: Start) -> None:
    """One object: its state, its writers, each target's state."""
    journals.dead(where, 5)
    agent = running(where, f"otlp+{collector.url}")
    agent.deliver()

    status, body, headers = agent.get("/health")

    found = json.loads(body)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert (found["status"], found["writers"]) == ("delivering", 1)
    assert [(one["signal"], one["state"]) for one in found["targets"]] == [
        ("logs", "delivering"),
        ("spans", "delivering"),
    ]


def test_health_of_an_agent_whose_target_fails(where: Place, running: Start) -> None:
    """Still 200: to start it again would mend nothing. The reason names no password."""
    journals.dead(where, 5)
    agent = running(where, f"otlp+http://user:hunter2@127.0.0.1:{free_port()}")
    agent.deliver(1)

    status, body, _ = agent.get("/health")

    found = json.loads(body)
    assert (status, found["status"]) == (200, "failing")
    assert "refused" in found["targets"][0]["reason"]
    assert "hunter2" not in body


def test_health_of_an_agent_that_is_stuck(where: Place, collector: Collector, running: Start) -> None:
    """503: whoever looks after it starts it again."""
    agent = running(where, f"otlp+{collector.url}")
    agent.clock.now += 61

    status, body, _ = agent.get("/health")

    assert (status, json.loads(body)["status"]) == (503, "stuck")


def test_health_says_what_a_target_does_not_take(where: Place, collector: Collector, running: Start) -> None:
    """As Jaeger takes no logs: that is no failure."""
    journals.dead(where, 5, spans=5)
    collector.says = lambda batch: (404 if batch.signal == "logs" else 200, {}, b"{}")
    agent = running(where, f"otlp+{collector.url}")
    agent.deliver()

    found = json.loads(agent.get("/health")[1])

    assert found["status"] == "delivering"
    assert {one["signal"]: one["state"] for one in found["targets"]} == {"logs": "off", "spans": "delivering"}


def test_metrics_count_what_was_acknowledged(where: Place, collector: Collector, running: Start) -> None:
    """By target and signal, in Prometheus' text form."""
    journals.dead(where, 700, spans=3)
    agent = running(where, f"otlp+{collector.url}")
    agent.deliver()

    found = agent.metrics()

    name = agent.agent.lanes[0].key[0]
    assert found["obskit_ship_records_total"] == {(name, "logs"): 700, (name, "spans"): 3}
    assert found["obskit_ship_batches_total"][name, "logs"] == 2
    assert set(found["obskit_ship_refused_total"].values()) == {0}
    assert set(found["obskit_ship_failing"].values()) == {0}
    assert set(found["obskit_ship_pending_bytes"].values()) == {0}
    assert found["obskit_ship_writers"] == {("dead",): 1, ("living",): 0}


def test_metrics_tell_what_is_pending(where: Place, running: Start) -> None:
    """Bytes behind the cursors of a target that fails, and how often it did."""
    directory, _ = journals.dead(where, 50)
    agent = running(where, f"otlp+http://127.0.0.1:{free_port()}")
    agent.deliver(1)

    found = agent.metrics()

    size = (directory / "000001.jsonl").stat().st_size
    assert set(found["obskit_ship_pending_bytes"].values()) <= {0, size}
    assert max(found["obskit_ship_pending_bytes"].values()) == size
    assert found["obskit_ship_failing"][agent.agent.lanes[0].key] == 1
    assert found["obskit_ship_failures_total"][agent.agent.lanes[0].key] >= 1


def test_metrics_count_what_was_refused(where: Place, collector: Collector, running: Start) -> None:
    """Beside what was taken."""
    _, ids = journals.dead(where, 20)
    collector.says = lambda batch: (400 if ids[3] in batch.ids else 200, {}, b"{}")
    agent = running(where, f"otlp+{collector.url}")
    agent.deliver()

    found = agent.metrics()

    assert found["obskit_ship_refused_total"][agent.agent.lanes[0].key] == 1
    assert found["obskit_ship_records_total"][agent.agent.lanes[0].key] == 19


def test_metrics_tell_of_the_process(where: Place, collector: Collector, running: Start) -> None:
    """Its memory and CPU, and its Python."""
    found = running(where, f"otlp+{collector.url}").metrics()

    assert found["process_resident_memory_bytes"][()] > 1 << 20
    assert found["process_cpu_seconds_total"][()] > 0
    assert "python_info" in found


def test_metrics_name_no_secret(where: Place, running: Start) -> None:
    """A target is named by its host and a digest."""
    agent = running(where, "otlp+http://user:hunter2@127.0.0.1:1/tenant-token")

    assert "hunter2" not in agent.get("/metrics")[1]
    assert "tenant-token" not in agent.get("/metrics")[1]


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics/", "/health/x"])
def test_any_other_path_is_not_there(where: Place, collector: Collector, running: Start, path: str) -> None:
    """The answer says what is."""
    status, body, _ = running(where, f"otlp+{collector.url}").get(path)

    assert status == 404
    assert body == "ask for /health or /metrics\n"


def test_a_query_is_passed_over(where: Place, collector: Collector, running: Start) -> None:
    """Some probes append one."""
    assert running(where, f"otlp+{collector.url}").get("/health?probe=1")[0] == 200


def test_other_methods_are_refused(where: Place, collector: Collector, running: Start) -> None:
    """It only tells."""
    assert running(where, f"otlp+{collector.url}").get("/health", "POST")[0] == 501


def test_a_client_that_says_nothing_holds_up_no_other(where: Place, collector: Collector, running: Start) -> None:
    """Nor does one that leaves in the middle; and nothing of it is printed."""
    agent = running(where, f"otlp+{collector.url}")
    with socket.create_connection(("127.0.0.1", agent.health.port)) as silent:
        silent.sendall(b"GET /metr")
        with socket.create_connection(("127.0.0.1", agent.health.port)) as gone:
            gone.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        assert agent.get("/health")[0] == 200


def test_it_listens_on_ipv6_too(where: Place, collector: Collector, running: Start) -> None:
    """Where the machine has it."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")

    assert running(where, f"otlp+{collector.url}", host="::1").get("/health")[0] == 200

"""Real backends: built where they are missing, started on free ports, stopped by pid. Here nothing is ever skipped."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from examples.demo.run import Run, plain_environ, run
from examples.demo.services import Fleet, free_port, wait_for
from examples.demo.store import undelivered_spans
from scripts.backends import jaeger as backend
from scripts.backends import opensearch as opensearch_backend


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Makes a failure of every skip: a backend that is not there proves nothing."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def jaeger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[backend.Jaeger]:
    ports = backend.Ports(free_port(), free_port(), free_port(), free_port())
    with backend.running(tmp_path_factory.mktemp("jaeger"), ports) as started:
        yield started


@pytest.fixture(scope="module")
def opensearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[opensearch_backend.Cluster]:
    """Three nodes; who kills one starts it again."""
    ports = [opensearch_backend.Ports(free_port(), free_port()) for _ in range(3)]
    with opensearch_backend.running(tmp_path_factory.mktemp("opensearch"), ports) as started:
        yield started


@dataclass
class Traffic:
    """The demo's traffic and all that Jaeger answers about it: its traces by correlation id."""

    run: Run
    answer: str
    traces: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session", params=["http/json", "http/protobuf", "grpc"])
def traffic(
    request: pytest.FixtureRequest, jaeger: backend.Jaeger, tmp_path_factory: pytest.TempPathFactory
) -> Traffic:
    """The same over each protocol."""

    def delivered(fleet: Fleet) -> None:
        wait_for(lambda: undelivered_spans(fleet.folder / "journal") == 0, 20, "delivery to Jaeger")

    endpoint = jaeger.grpc if request.param == "grpc" else jaeger.endpoint
    environ = plain_environ() | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_PROTOCOL": request.param}
    done = run(tmp_path_factory.mktemp("shop"), 60, environ, before_stop=delivered)
    with urllib.request.urlopen(f"{jaeger.query}/api/traces?service=gateway&limit=1000") as answer:
        text = answer.read().decode()
    traces: dict[str, list[dict[str, Any]]] = {one.correlation_id: [] for one in done.answers}
    for trace in json.loads(text)["data"]:
        spans = [span_of(span, trace["processes"]) for span in trace["spans"]]
        for correlation_id in {span["tags"].get("correlation_id") for span in spans} & traces.keys():
            traces[correlation_id].append({"id": trace["traceID"], "spans": {span["id"]: span for span in spans}})
    return Traffic(done, text, traces)


def span_of(span: dict[str, Any], processes: dict[str, Any]) -> dict[str, Any]:
    """Returns what the tests look at in a span as Jaeger tells it."""
    return {
        "id": span["spanID"],
        "name": span["operationName"],
        "service": processes[span["processID"]]["serviceName"],
        "parents": [one["spanID"] for one in span["references"] if one["refType"] == "CHILD_OF"],
        "trace": span["traceID"],
        "tags": {tag["key"]: tag["value"] for tag in span["tags"]},
        "seconds": span["duration"] / 1e6,
        "logs": span["logs"] or [],
    }


@pytest.fixture
def service_output(traffic: Traffic) -> dict[str, str]:
    """What each service printed, stdout and stderr, by file name."""
    folder: Path = traffic.run.folder / "out"
    return {path.name: path.read_text() for path in folder.iterdir()}

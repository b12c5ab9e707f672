"""A target of gRPC and a real server, made with grpcio."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from obskit.ship.grpc import Target
from tests.support.grpc_collector import GrpcCollector

Collect = Callable[..., GrpcCollector]
Aim = Callable[..., Target]


def request(*ids: str, filler: str = "") -> bytes:
    """An export request of one record an id."""
    body = ExportLogsServiceRequest()
    records = body.resource_logs.add().scope_logs.add().log_records
    for one in ids:
        record = records.add()
        record.body.string_value = filler
        record.attributes.add(key="log.record.uid").value.string_value = one
    return body.SerializeToString()


def says(**answer: Any) -> dict[str, str]:
    return {"answer": json.dumps(answer)}


@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_records_arrive_over_one_kept_connection(grpc_collector: Collect, aim_grpc: Aim, compression: str) -> None:
    """Each call is taken, with the user's metadata and the time that is left; the connection stays."""
    server = grpc_collector()
    target = aim_grpc(server.url, compression=compression, headers={"api-key": "obviously-made-up", "x-tenant": "a"})

    outcomes = [target.exchange(request(f"r{n}")) for n in range(3)]

    calls = server.wait_for(3)
    assert [(one.kind, one.detail) for one in outcomes] == [("accepted", f"{server.url}: accepted")] * 3
    assert server.ids("logs") == ["r0", "r1", "r2"]
    assert len({call["peer"] for call in calls}) == 1
    assert {"api-key": "obviously-made-up", "x-tenant": "a"}.items() <= calls[0]["metadata"].items()
    assert 3 < calls[0]["remaining"] <= 5


@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_a_large_call_passes_through_the_servers_windows(
    grpc_collector: Collect, aim_grpc: Aim, compression: str
) -> None:
    """Megabytes that no window holds at once arrive whole, and so do the calls after them."""
    server = grpc_collector()
    target = aim_grpc(server.url, compression=compression, timeout=20.0)
    body = request("large", filler=os.urandom(4_000_000).hex())

    kinds = [target.exchange(one).kind for one in (body, request("small"))]

    assert kinds == ["accepted", "accepted"]
    assert server.wait_for(2)[0]["bytes"] == len(body)
    assert server.ids("logs") == ["large", "small"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1, "failing"),
        (2, "failing"),
        (3, "rejected"),
        (4, "failing"),
        (5, "rejected"),
        (6, "rejected"),
        (7, "failing"),
        (8, "rejected"),
        (9, "rejected"),
        (10, "failing"),
        (11, "failing"),
        (12, "unsupported"),
        (13, "failing"),
        (14, "failing"),
        (15, "failing"),
        (16, "failing"),
    ],
)
def test_the_status_decides(shared: GrpcCollector, aim_grpc: Aim, code: int, kind: str) -> None:
    """Each status is what OTLP says of it; the server's words are told, and who must change something is told once."""
    outcome = aim_grpc(shared.url, headers=says(code=code, message="näin ei käy")).exchange(request("r"))

    assert (outcome.kind, outcome.say_once, outcome.retry_after) == (kind, code in (7, 16), None)
    assert outcome.detail.endswith(": näin ei käy")


@pytest.mark.parametrize("code", [8, 14])
def test_retry_info_is_waited_for(shared: GrpcCollector, aim_grpc: Aim, code: int) -> None:
    """Who says when to come again is failing until then, an exhausted server too."""
    outcome = aim_grpc(shared.url, headers=says(code=code, retry=30)).exchange(request("r"))

    assert (outcome.kind, outcome.retry_after) == ("failing", 30.5)


@pytest.mark.parametrize("signal", ["logs", "spans"])
def test_partial_success_is_counted(shared: GrpcCollector, aim_grpc: Aim, signal: str) -> None:
    """What a server refuses of a call it takes is told with its reason."""
    outcome = aim_grpc(shared.url, signal, headers=says(refused=2)).exchange(b"")

    assert (outcome.kind, outcome.refused) == ("accepted", 2)
    assert outcome.detail == f"{shared.url}: accepted, but 2 refused: some are too old"


def test_a_service_that_is_not_there_is_unsupported(grpc_collector: Collect, aim_grpc: Aim) -> None:
    """As with Jaeger, which takes spans alone."""
    server = grpc_collector(only_logs=True)

    outcome = aim_grpc(server.url, "spans").exchange(b"")

    assert (outcome.kind, outcome.status) == ("unsupported", 501)


def test_a_call_larger_than_the_server_allows_is_rejected(shared: GrpcCollector, aim_grpc: Aim) -> None:
    """So that the lane sends it in smaller pieces."""
    outcome = aim_grpc(shared.url, timeout=20.0).exchange(request("r", filler="x" * (17 << 20)))

    assert outcome.kind == "rejected"
    assert "RESOURCE_EXHAUSTED" in outcome.detail


def test_a_server_that_restarts_is_found_again(grpc_collector: Collect, aim_grpc: Aim) -> None:
    """While it is gone the target is failing; then the next call is taken."""
    first = grpc_collector()
    target = aim_grpc(first.url)
    kinds = [target.exchange(request("before")).kind]
    first.stop()
    kinds.append(target.exchange(request("lost")).kind)
    second = grpc_collector(port=first.port)
    kinds.append(target.exchange(request("after")).kind)

    second.wait_for(1)
    assert kinds == ["accepted", "failing", "accepted"]
    assert second.ids("logs") == ["after"]


def test_a_server_that_hangs_is_failing_after_the_timeout(shared: GrpcCollector, aim_grpc: Aim) -> None:
    """The time-out is the target's own, whatever the server does with the call's deadline."""
    outcome = aim_grpc(shared.url, timeout=0.5, headers=says(sleep=2)).exchange(request("r"))

    assert outcome.kind == "failing"
    assert "no answer within 0.5 s" in outcome.detail or "DEADLINE_EXCEEDED" in outcome.detail


@pytest.fixture(scope="module")
def shared() -> Any:
    """One server for the tests that only ask it."""
    collector = GrpcCollector()
    yield collector
    collector.stop()

"""From obskit.init to a real gRPC server: every log and span, by its id."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.support.agents import agents
from tests.support.grpc_collector import GrpcCollector
from tests.support.programs import run

EMIT = """
    import json, os, signal, sys
    import obskit
    from opentelemetry import trace
    runtime = obskit.init("shop", console=False, journal=sys.argv[1], **json.loads(sys.argv[2]))
    log = obskit.get_logger("shop")
    spans = []
    for n in range(300):
        with obskit.span(f"step {n}"):
            spans.append(format(trace.get_current_span().get_span_context().span_id, "016x"))
            log.info("done", n=n)
    forked = os.fork() if "fork" in sys.argv else -1
    if forked == 0:
        signal.alarm(20)
        with obskit.span("child"):
            log.info("of the child")
        sys.exit()
    if forked > 0:
        os.waitpid(forked, 0)
    print(json.dumps({"spans": spans, "flushed": obskit.flush(15), "stats": repr(obskit.stats())}))
"""
Collect = Callable[..., GrpcCollector]


def settle(server: GrpcCollector, signal: str, count: int) -> list[str]:
    until = time.monotonic() + 15
    while len(server.ids(signal)) < count and time.monotonic() < until:
        time.sleep(0.02)
    return server.ids(signal)


def test_every_log_and_span_arrives_once(grpc_collector: Collect, tmp_path: Path) -> None:
    """Three hundred of each, over gRPC by `init`'s arguments; flush tells the truth."""
    server = grpc_collector()
    settings = {"otlp_protocol": "grpc", "otlp_endpoint": server.url}

    told = json.loads(run(EMIT, tmp_path / "j", json.dumps(settings)))

    spans, logs = settle(server, "spans", 300), settle(server, "logs", 300)
    assert told["flushed"] is True
    assert sorted(spans) == sorted(told["spans"])
    assert (len(logs), len(set(logs))) == (300, 300)


def test_opentelemetrys_variables_lead_there_too(grpc_collector: Collect, tmp_path: Path) -> None:
    """Host and port without a scheme, plain because the variable says so."""
    server = grpc_collector()
    variables = {
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"127.0.0.1:{server.port}",
        "OTEL_EXPORTER_OTLP_INSECURE": "true",
        "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=a",
    }

    told = json.loads(run(EMIT, tmp_path / "j", "{}", **variables))

    assert told["flushed"] is True
    assert sorted(settle(server, "spans", 300)) == sorted(told["spans"])
    assert {call["metadata"].get("x-tenant") for call in server.calls} == {"a"}


def test_a_fork_under_load_neither_loses_nor_doubles(grpc_collector: Collect, tmp_path: Path) -> None:
    """No thread of a library's to be cut off, no warning: parent and child deliver what is theirs."""
    server = grpc_collector()
    settings = {"otlp_protocol": "grpc", "otlp_endpoint": server.url}

    told = json.loads(run(EMIT, tmp_path / "j", json.dumps(settings), "fork"))

    logs, spans = settle(server, "logs", 301), settle(server, "spans", 301)
    assert told["flushed"] is True
    assert (len(logs), len(set(logs))) == (301, 301)
    assert (len(spans), len(set(spans))) == (301, 301)
    assert set(told["spans"]) < set(spans)


def test_a_server_that_takes_logs_alone_switches_the_other_lane_off(grpc_collector: Collect, tmp_path: Path) -> None:
    """UNIMPLEMENTED from a server that takes the other signal: said once, and nothing waits for it."""
    server = grpc_collector(only_logs=True)
    settings = {"otlp_protocol": "grpc", "otlp_endpoint": server.url}

    told = json.loads(run(EMIT, tmp_path / "j", json.dumps(settings)))

    assert told["flushed"] is True
    assert len(set(settle(server, "logs", 300))) == 300
    assert server.ids("spans") == []


KILLED = """
    import json, os, sys
    import obskit
    obskit.init("shop", console=False, journal=sys.argv[1], otlp_protocol="grpc", otlp_endpoint=sys.argv[2])
    for n in range(400):
        with obskit.span(f"step {n}"):
            obskit.get_logger("shop").info("done", n=n)
    os._exit(0)
"""
LATER = """
    import sys, time
    import obskit
    runtime = obskit.init("shop", console=False, journal=sys.argv[1], otlp_protocol="grpc", otlp_endpoint=sys.argv[2])
    until = time.monotonic() + 20
    while time.monotonic() < until and sum(obskit.stats().shipped.values()) < 800:
        time.sleep(0.1)
"""


def test_what_a_dead_process_left_a_later_one_delivers(grpc_collector: Collect, tmp_path: Path) -> None:
    """The server is down for the whole life of a process that ends in os._exit; nothing is lost."""
    first = grpc_collector()
    first.stop()
    run(KILLED, tmp_path / "j", first.url)
    server = grpc_collector(port=first.port)
    run(LATER, tmp_path / "j", server.url)
    logs, spans = settle(server, "logs", 400), settle(server, "spans", 400)

    assert (len(set(logs)), len(set(spans))) == (400, 400)


def test_an_agent_delivers_for_a_service_of_the_same_place(grpc_collector: Collect, tmp_path: Path) -> None:
    """The agent's grpc:// is the service's http://: flush waits for what it delivers, nothing comes twice."""
    server = grpc_collector()
    settings = {"otlp_protocol": "grpc", "otlp_endpoint": server.url}
    with agents() as ship:
        ship(tmp_path / "j", f"otlp+{server.url.replace('http', 'grpc')}").at_work()
        told = json.loads(run(EMIT, tmp_path / "j", json.dumps(settings)))

    logs = settle(server, "logs", 301)
    assert told["flushed"] is True
    # The agent has written a record of its own.
    assert sorted(Counter(one.rpartition("-")[0] for one in set(logs)).values()) == [1, 300]
    assert len(logs) == 301
    assert sorted(settle(server, "spans", 300)) == sorted(told["spans"])


def test_what_the_libraries_log_of_our_calls_is_not_recorded(grpc_collector: Collect, tmp_path: Path) -> None:
    """hpack tells of every header at DEBUG: recorded, it would be sent, and tell again."""  # noqa: D403
    server = grpc_collector()
    settings = {"otlp_protocol": "grpc", "otlp_endpoint": server.url, "level": "TRACE"}

    told = json.loads(run(EMIT, tmp_path / "j", json.dumps(settings)))

    assert told["flushed"] is True
    assert len(settle(server, "logs", 300)) == 300
    assert '"hpack' not in "".join(path.read_text() for path in (tmp_path / "j").rglob("*.jsonl"))

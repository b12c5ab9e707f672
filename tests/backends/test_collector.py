"""A real OpenTelemetry Collector between services and a real Jaeger, and one that reads the journal by itself."""

from __future__ import annotations

import itertools
import json
import re
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from examples.demo.services import free_port, wait_for
from obskit.journal import reader
from scripts.backends import collector as backend
from scripts.backends.jaeger import LOOPBACK, Jaeger
from tests.support.programs import ROOT, run, start

pytestmark = pytest.mark.timeout(300)

LOAD = """
    import sys, time
    import obskit
    obskit.init(sys.argv[3], journal=sys.argv[1], otlp_endpoint=sys.argv[2] or None, console=False, integrations=[])
    log = obskit.get_logger("load")
    until, n = time.monotonic() + float(sys.argv[4]), 0
    while time.monotonic() < until:
        with obskit.scope(), obskit.span("work", n=n):
            log.info("worked", n=n)
            with obskit.span("part of it"):
                time.sleep(0.002)
        n += 1
    print(obskit.flush(60), obskit.stats().dropped, obskit.stats().refused)
"""


def written(journal: Path, kind: str) -> set[str]:
    """Return the ids of what a journal holds: of spans their own, of logs the lines'."""
    found = set()
    for path in reader.segment_files(journal):
        for line in reader.lines(path):
            record = reader.parse(line.raw) or {}
            if record.get("kind", "log") == kind and "id" in record:
                found.add(record["span_id"] if kind == "span" else record["id"])
    return found


def in_jaeger(jaeger: Jaeger, service: str) -> set[str]:
    with urllib.request.urlopen(f"{jaeger.query}/api/traces?service={service}&limit=100000") as answer:
        traces = json.load(answer)["data"]
    return {span["spanID"] for trace in traces for span in trace["spans"]}


def in_file(path: Path) -> list[str]:
    """Return the log ids that a Collector has written; a line that its kill cut off is no line."""
    found = []
    for raw in path.read_bytes().split(b"\n")[:-1]:
        try:
            found += [attribute["value"]["stringValue"] for attribute in attributes(json.loads(raw))]
        except ValueError:
            found += re.findall(r'"log\.record\.uid","value":\{"stringValue":"([^"]+)"\}\}', raw.decode())
    return found


def attributes(request: dict[str, Any]) -> Any:
    records = (
        record
        for resource in request["resourceLogs"]
        for scope in resource["scopeLogs"]
        for record in scope["logRecords"]
    )
    every = itertools.chain.from_iterable(record["attributes"] for record in records)
    return (attribute for attribute in every if attribute["key"] == "log.record.uid")


def test_nothing_is_lost_where_the_collector_is_killed_and_replaced(jaeger: Jaeger, tmp_path: Path) -> None:
    """SIGKILL three times under load, the last time for good: another one takes its place."""
    port, service = free_port(), "behind-collector"
    grpc = jaeger.grpc.removeprefix("http://")
    logs = [tmp_path / "first.json", tmp_path / "second.json"]
    folders = [tmp_path / "first", tmp_path / "second"]
    collectors = []
    for folder, file in zip(folders, logs, strict=True):
        folder.mkdir()
        config = backend.MIDDLE.format(host=LOOPBACK, http=port, jaeger=grpc, logs=file)
        collectors.append(backend.Collector(folder, config, port))
    first, second = collectors
    first.start()
    processes = [start(LOAD, tmp_path / "j", f"http://{LOOPBACK}:{port}", service, 9) for _ in range(3)]
    try:
        for pause in (2, 1):
            time.sleep(pause)
            first.kill()
            time.sleep(1)
            first.start()
        time.sleep(1)
        first.kill()
        second.start()
        ended = [process.communicate(timeout=90) for process in processes]
    finally:
        first.stop()
        second.stop()
        for process in processes:
            process.kill()
    assert [out for out, _ in ended] == ["True {} 0\n"] * 3, ended
    spans = written(tmp_path / "j", "span")
    assert len(spans) > 1_000
    wait_for(lambda: spans <= in_jaeger(jaeger, service), 20, "all spans in Jaeger")
    arrived = [identity for file in logs for identity in in_file(file)]
    assert written(tmp_path / "j", "log") <= set(arrived)


def test_its_filelog_receiver_reads_the_journal_by_itself(tmp_path: Path) -> None:
    """With the configuration that stands in the documentation, word for word but for the paths."""
    page = (ROOT / "docs" / "backends.md").read_text(encoding="utf-8")
    config = re.search(r"```yaml title=\"filelog.yaml\"\n(.*?)```", page, re.DOTALL)
    assert config is not None
    journal, file = tmp_path / "j", tmp_path / "logs.json"
    text = config[1].replace("/var/lib/shop", str(journal)).replace("/var/lib/otelcol/logs.json", str(file))
    run(LOAD, journal, "", "shop", 1)
    # Its own telemetry would listen on a port that is not free on every machine.
    text += "  telemetry: {metrics: {level: none}}\n"
    with backend.running(tmp_path, text, None):
        wait_for(lambda: file.exists() and len(in_file(file)) >= len(written(journal, "log")), 20, "the journal's logs")
        first = json.loads(file.read_bytes().split(b"\n")[0])
    assert sorted(in_file(file)) == sorted(written(journal, "log"))
    (resource,) = (
        {one["key"]: one["value"]["stringValue"] for one in each["resource"]["attributes"]}
        for each in first["resourceLogs"][:1]
    )
    record = first["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    assert resource["service.name"] == "shop"
    assert record["body"] == {"stringValue": "worked"}
    assert record["severityText"] == "INFO"
    assert record["severityNumber"] == 9
    assert len(record["traceId"]) == 32
    assert len(record["spanId"]) == 16
    named = {one["key"] for one in record["attributes"]}
    assert {"log.record.uid", "correlation_id", "context"} <= named

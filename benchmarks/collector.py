"""A collector in a process of its own: takes OTLP over HTTP, answers at once, counts what it took."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.compare import ROOT


class Collector:
    """The handle of a running collector."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def taken(self) -> dict[str, int]:
        """Return how many distinct spans and log records it has acknowledged, and in how many requests and bytes."""
        found: dict[str, int] = self._ask("GET", "/taken")
        return found

    def answer(self, status: int) -> None:
        """Answer with this status from now on."""
        self._ask("PUT", f"/answer/{status}")

    def _ask(self, method: str, path: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextlib.contextmanager
def collector() -> Iterator[Collector]:
    """Run one for the length of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.collector"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield Collector(int(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bodies: list[tuple[str, str, str, bytes]] = []  # noqa: RUF012 - one server a process
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers["Content-Type"]
        if _Handler.status == 200:
            self.bodies.append((self.path, kind, self.headers.get("Content-Encoding", ""), body))
        self._reply(b"{}" if kind == "application/json" else b"", kind, _Handler.status)

    def do_GET(self) -> None:
        self._reply(json.dumps(_count(self.bodies)).encode(), "application/json", 200)

    def do_PUT(self) -> None:
        _Handler.status = int(self.path.rsplit("/", 1)[1])
        self._reply(b"null", "application/json", 200)

    def _reply(self, body: bytes, kind: str, status: int) -> None:
        head = f"HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        self.wfile.write(head + body)

    def log_message(self, *args: object) -> None:
        pass


def _count(bodies: list[tuple[str, str, str, bytes]]) -> dict[str, int]:
    found: Counter[str] = Counter(requests=len(bodies), bytes=sum(len(body) for *_, body in bodies))
    seen: dict[str, set[Any]] = {"spans": set(), "logs": set()}
    for path, kind, encoding, packed in bodies:
        body = gzip.decompress(packed) if encoding == "gzip" else packed
        signal = "logs" if path.endswith("/logs") else "spans"
        found[f"{signal}_sent"] += _records(body, kind, signal, seen[signal])
    return {**found, **{signal: len(ids) for signal, ids in seen.items()}}


def _records(body: bytes, kind: str, signal: str, seen: set[Any]) -> int:
    count = 0
    if kind == "application/json":
        top, scopes, records = ("resourceSpans", "scopeSpans", "spans") if signal == "spans" else (
            "resourceLogs", "scopeLogs", "logRecords")  # fmt: skip
        for resource in json.loads(body).get(top, ()):
            for scope in resource.get(scopes, ()):
                for record in scope[records]:
                    count += 1
                    seen.add(record["spanId"] if signal == "spans" else _uid(record))
        return count
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    if signal == "spans":
        spans = [
            s for r in ExportTraceServiceRequest.FromString(body).resource_spans for c in r.scope_spans for s in c.spans
        ]
        seen.update(span.span_id for span in spans)
        return len(spans)
    logs = [
        x for r in ExportLogsServiceRequest.FromString(body).resource_logs for c in r.scope_logs for x in c.log_records
    ]
    seen.update(log.SerializeToString() for log in logs)
    return len(logs)


def _uid(record: dict[str, Any]) -> str:
    for attribute in record.get("attributes", ()):
        if attribute["key"] == "log.record.uid":
            return str(attribute["value"])
    return json.dumps(record)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()

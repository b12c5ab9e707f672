"""A real gRPC collector, made with grpcio, in a process of its own: its threads would be in the way of every fork.

Takes OTLP's logs and spans, and answers as the call's metadata `answer` asks for, in JSON: `code`, `message`, `retry`
(seconds of a RetryInfo), `refused`, `sleep`.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from concurrent import futures
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_telling = threading.Lock()


@dataclass
class GrpcCollector:
    """Starts the process; `calls` is what it has been asked, in order, `ids` what it took."""

    port: int = 0
    only_logs: bool = False
    key: str = ""
    certificate: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        arguments = [str(self.port), str(int(self.only_logs)), self.key, self.certificate]
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", __file__, *arguments], stdout=subprocess.PIPE, text=True
        )
        self._said: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = int(self._said.get(timeout=20))
        self.url = f"{'https' if self.key else 'http'}://127.0.0.1:{self.port}"

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                self.calls.append(json.loads(line))
            else:
                self._said.put(line)

    def ids(self, signal: str) -> list[str]:
        """Every id that was taken, in the order of arrival."""
        return [one for call in self.calls if call["taken"] and call["signal"] == signal for one in call["ids"]]

    def wait_for(self, count: int, seconds: float = 10) -> list[dict[str, Any]]:
        """Wait until so many calls have come; a call is told of before it is answered, but through a pipe."""
        until = time.monotonic() + seconds
        while len(self.calls) < count and time.monotonic() < until:
            time.sleep(0.01)
        return self.calls

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()


def main(port: str, only_logs: str, key: str, certificate: str) -> None:
    import grpc
    from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as traces

    server = grpc.server(
        futures.ThreadPoolExecutor(4),
        options=[("grpc.max_receive_message_length", 16 << 20), ("grpc.so_reuseport", 0)],
    )

    def handler(service: str, request: Any, response: Any, signal: str) -> Any:
        def export(body: Any, context: Any) -> Any:
            return _export(signal, body, context, response)

        method = grpc.unary_unary_rpc_method_handler(export, request.FromString, response.SerializeToString)
        return grpc.method_handlers_generic_handler(service, {"Export": method})

    package = "opentelemetry.proto.collector"
    handlers = [
        handler(
            f"{package}.logs.v1.LogsService", logs.ExportLogsServiceRequest, logs.ExportLogsServiceResponse, "logs"
        ),
        handler(
            f"{package}.trace.v1.TraceService",
            traces.ExportTraceServiceRequest,
            traces.ExportTraceServiceResponse,
            "spans",
        ),
    ]
    server.add_generic_rpc_handlers(handlers[: 1 if only_logs == "1" else 2])
    address = f"127.0.0.1:{port}"
    if key:
        pair = (Path(key).read_bytes(), Path(certificate).read_bytes())
        bound = server.add_secure_port(address, grpc.ssl_server_credentials([pair]))
    else:
        bound = server.add_insecure_port(address)
    server.start()
    print(bound, flush=True)
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)


def _export(signal: str, body: Any, context: Any, response: Any) -> Any:
    from google.protobuf.any_pb2 import Any as Packed
    from google.protobuf.duration_pb2 import Duration
    from google.rpc.error_details_pb2 import RetryInfo
    from google.rpc.status_pb2 import Status

    metadata = {name: value for name, value in context.invocation_metadata() if isinstance(value, str)}
    answer = json.loads(metadata.get("answer", "{}"))
    code = answer.get("code", 0)
    call = {
        "signal": signal,
        "taken": code == 0,
        "ids": _ids(signal, body),
        "bytes": body.ByteSize(),
        "metadata": metadata,
        "peer": context.peer(),
        "remaining": context.time_remaining(),
    }
    with _telling:
        print(json.dumps(call), flush=True)
    time.sleep(answer.get("sleep", 0))
    if code:
        if "retry" in answer:
            packed = Packed()
            packed.Pack(RetryInfo(retry_delay=Duration(seconds=int(answer["retry"]), nanos=500_000_000)))
            details = Status(code=code, details=[packed]).SerializeToString()
            context.set_trailing_metadata((("grpc-status-details-bin", details),))
        context.set_code(next(one for one in _codes() if one.value[0] == code))
        context.set_details(answer.get("message", ""))
        return response()
    result = response()
    if answer.get("refused"):
        result.partial_success.error_message = "some are too old"
        count = "rejected_log_records" if signal == "logs" else "rejected_spans"
        setattr(result.partial_success, count, answer["refused"])
    return result


def _codes() -> Any:
    import grpc

    return grpc.StatusCode


def _ids(signal: str, body: Any) -> list[str]:
    if signal == "spans":
        return [one.span_id.hex() for part in body.resource_spans for scope in part.scope_spans for one in scope.spans]
    records = (one for part in body.resource_logs for scope in part.scope_logs for one in scope.log_records)
    return [item.value.string_value for one in records for item in one.attributes if item.key == "log.record.uid"]


if __name__ == "__main__":
    main(*sys.argv[1:])

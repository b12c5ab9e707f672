"""A scripted HTTP server on a real socket."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    """A request as the server read it."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def plain(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body


# Called with a connection and the request read from it; returns whether the connection goes on.
Answer = Callable[[Any, Request], bool]


def reply(status: int = 200, body: bytes = b"", *, close: bool = False, **headers: str) -> Answer:
    """An answer with a Content-Length."""

    def answer(connection: Any, request: Request) -> bool:
        lines = [f"HTTP/1.1 {status} Reason", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return not close

    return answer


def raw(data: bytes, *, keep: bool = False) -> Answer:
    """An answer of exactly these bytes."""

    def answer(connection: Any, request: Request) -> bool:
        connection.sendall(data)
        return keep

    return answer


@dataclass
class Server:
    """Answers requests by a script, one entry a request; the last one stays."""

    answers: list[Answer] = field(default_factory=lambda: [reply()])
    context: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    # Where CONNECT requests are carried to.
    tunnels_to: int | None = None
    # 0: one that is free.
    port: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", self.port))
        self.port = self.socket.getsockname()[1]
        self.url = f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}/v1/logs"
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.open: list[Any] = []
        self.threads[0].start()

    def accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(connection)
            thread = threading.Thread(target=self.serve, args=(connection,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, connection: Any) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
                self.open.append(connection)
            with connection, connection.makefile("rb") as stream:
                while (request := read_request(stream)) is not None:
                    self.requests.append(request)
                    if request.line.startswith("CONNECT") and self.tunnels_to is not None:
                        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                        self.carry(connection)
                        return
                    answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                    if not answer(connection, request):
                        return

    def carry(self, connection: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self.tunnels_to or 0)) as other:
            self.open.append(other)
            thread = threading.Thread(target=pump, args=(other, connection), daemon=True)
            thread.start()
            pump(connection, other)
            thread.join(5)

    def stop(self) -> None:
        self.stopping.set()
        for held in [self.socket, *self.open]:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
            held.close()
        for thread in self.threads:
            thread.join(5)


def pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def read_request(stream: Any) -> Request | None:
    line = stream.readline().decode("latin-1").rstrip("\r\n")
    if not line:
        return None
    headers = {}
    while text := stream.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = text.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Request(line, headers, stream.read(int(headers.get("content-length", "0"))))


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])

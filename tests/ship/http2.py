"""A scripted HTTP/2 server on a real socket."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded
from h2.exceptions import H2Error
from h2.settings import SettingCodes, Settings

OK = ((":status", "200"), ("content-type", "application/grpc"))


@dataclass
class Call:
    """A call as the server read it."""

    stream: int
    headers: dict[str, str]
    data: bytes = b""

    @property
    def message(self) -> bytes:
        """Its one message, unpacked."""
        assert int.from_bytes(self.data[1:5], "big") == len(self.data) - 5
        return gzip.decompress(self.data[5:]) if self.data[0] else self.data[5:]


class Line:
    """One connection of the server's."""

    def __init__(self, sock: Any, settings: dict[int, int]) -> None:
        self.sock = sock
        self.http2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.http2.local_settings = Settings(
            client=False, initial_values={SettingCodes.MAX_CONCURRENT_STREAMS: 100, **settings}
        )
        self.http2.initiate_connection()
        self.flush()

    def flush(self) -> None:
        self.sock.sendall(self.http2.data_to_send())

    def headers(self, stream: int, *pairs: tuple[str, str], end: bool = False) -> None:
        self.http2.send_headers(stream, pairs, end_stream=end)
        self.flush()

    def data(self, stream: int, data: bytes) -> None:
        while self.http2.local_flow_control_window(stream) < len(data):
            self.http2.receive_data(self.sock.recv(65536))
        self.http2.send_data(stream, data)
        self.flush()

    def goaway(self, last: int, code: int = 0, words: bytes = b"") -> None:
        """A GOAWAY that h2 doesn't take for the end of everything."""
        payload = last.to_bytes(4, "big") + code.to_bytes(4, "big") + words
        self.sock.sendall(len(payload).to_bytes(3, "big") + b"\x07\x00\x00\x00\x00\x00" + payload)


# Called with a connection and the call read from it; returns whether the connection goes on.
Answer = Callable[[Line, Call], bool]


def status(number: int = 0, *more: tuple[str, str], message: bytes = b"", close: bool = False) -> Answer:
    """An answer with head, message and trailers."""

    def answer(line: Line, call: Call) -> bool:
        line.headers(call.stream, *OK)
        line.data(call.stream, b"\x00" + len(message).to_bytes(4, "big") + message)
        line.headers(call.stream, ("grpc-status", str(number)), *more, end=True)
        return not close

    return answer


def at_once(*pairs: tuple[str, str]) -> Answer:
    """An answer of headers alone."""

    def answer(line: Line, call: Call) -> bool:
        line.headers(call.stream, *pairs, end=True)
        return True

    return answer


@dataclass
class Http2Server:
    """Answers calls by a script, one entry a call; the last one stays."""

    answers: list[Answer] = field(default_factory=lambda: [status()])
    context: ssl.SSLContext | None = None
    settings: dict[int, int] = field(default_factory=dict)
    # Whether a call is answered when its head has come, before its message.
    early: bool = False
    calls: list[Call] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"
        self.stopping = threading.Event()
        self.open: list[Any] = []
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(connection)
            self.threads.append(threading.Thread(target=self.serve, args=(connection,), daemon=True))
            self.threads[-1].start()

    def serve(self, connection: Any) -> None:
        with contextlib.suppress(OSError, H2Error):
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
                self.open.append(connection)
            with connection:
                line, under_way = Line(connection, self.settings), dict[int, Call]()
                while data := connection.recv(65536):
                    for event in line.http2.receive_data(data):
                        if not self.take(event, line, under_way):
                            return
                    line.flush()

    def take(self, event: Event, line: Line, under_way: dict[int, Call]) -> bool:
        if isinstance(event, RequestReceived):
            call = under_way[event.stream_id] = Call(event.stream_id, dict(event.headers))  # type: ignore[arg-type]
            if self.early:
                return self.answer(line, call)
        elif isinstance(event, DataReceived):
            under_way[event.stream_id].data += event.data
            if not self.early:
                line.http2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamEnded) and not self.early:
            return self.answer(line, under_way.pop(event.stream_id))
        return True

    def answer(self, line: Line, call: Call) -> bool:
        self.calls.append(call)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(line, call)

    def stop(self) -> None:
        self.stopping.set()
        for held in [self.socket, *self.open]:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
            held.close()
        for thread in self.threads:
            thread.join(5)

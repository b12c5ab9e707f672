"""A collector that can be told how to fail, and that counts every record it was given."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from tests.ship.server import Request, Server, reply
from tests.ship.shipping import await_that


class Record(NamedTuple):
    """A record as it arrived: its id, and the field `n` by which the program that logged it knows it."""

    id: str
    n: int | None
    fields: dict[str, Any]


# Does what a collector does with one request; returns whether the connection goes on.
Behaviour = Callable[["Receiver", Any, Request], bool]


class Receiver:
    """Takes OTLP's JSON form over HTTP on the loopback; `batches` holds what it ingested, answered or not.

    Args:
        behaviours: One for each request, in order; the last one stays.
        up: Whether it listens from the start.
        **options: Those of the server, such as its TLS `context`.
    """

    def __init__(self, *behaviours: Behaviour, up: bool = True, **options: Any) -> None:
        self.batches: list[list[Record]] = []
        self.asked: list[float] = []
        self._script = list(behaviours) or [accept]
        self._options = options
        self._turn = threading.Lock()
        self._server: Server | None = None
        self.port = quiet_port()
        self.url = f"{'https' if options.get('context') else 'http'}://127.0.0.1:{self.port}"
        if up:
            self.up()

    # --- what it is told ---

    def up(self) -> None:
        """Listen, on the port of before."""
        self._server = Server([self._answer], port=self.port, **self._options)

    def down(self) -> None:
        """Refuse connections and reset those that are open."""
        if self._server is not None:
            self._server.stop()
        self._server = None

    def renew(self, **options: Any) -> None:
        """Listen with other options of the server, on the port of before."""
        self.down()
        self._options = options
        self.up()

    def behave(self, *behaviours: Behaviour) -> None:
        """Answer otherwise from the next request on."""
        with self._turn:
            self._script = list(behaviours)

    def _answer(self, connection: Any, request: Request) -> bool:
        with self._turn:
            self.asked.append(time.monotonic())
            behaviour = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        return behaviour(self, connection, request)

    def wait(self, seconds: float) -> None:
        """Let time pass before an answer, less where it is stopped meanwhile."""
        server = self._server
        if server is not None:
            server.stopping.wait(seconds)

    # --- what it was given ---

    def ingest(self, request: Request) -> None:
        """Count the records of a request as stored."""
        batch = list(records(request))
        with self._turn:
            self.batches.append(batch)

    @property
    def records(self) -> list[Record]:
        """Everything that was ingested, repeats included, in the order of arrival."""
        with self._turn:
            return [one for batch in self.batches for one in batch]

    def missing(self, numbers: Iterable[int]) -> list[int]:
        """Return those of the numbers that never arrived."""
        found = {one.n for one in self.records}
        return sorted(set(numbers) - found)

    def has(self, numbers: Iterable[int], seconds: float = 20) -> bool:
        """Wait until all of the numbers have arrived; returns whether they have."""
        wanted = set(numbers)
        return await_that(lambda: not self.missing(wanted), seconds)

    def repeated(self) -> int:
        """Return how many records arrived that had been there before; a number has one id, an id one number."""
        found = [(one.id, one.n) for one in self.records if one.n is not None]
        pairs = set(found)
        for known, what in ((Counter(one for one, _ in pairs), "id"), (Counter(n for _, n in pairs), "number")):
            twice = [key for key, count in known.items() if count > 1]
            assert not twice, f"one {what}, several records: {twice[:5]}"
        return len(found) - len(pairs)


def quiet_port() -> int:
    """Return a free port that the system gives to nobody of its own accord, so that it stays free."""
    while True:
        port = random.randrange(15_000, 30_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def records(request: Request) -> Iterator[Record]:
    """Read what a request holds."""
    body = json.loads(request.plain)
    for outer, inner, plural in (("resourceLogs", "scopeLogs", "logRecords"), ("resourceSpans", "scopeSpans", "spans")):
        for resource in body.get(outer, ()):
            for scope in resource[inner]:
                for one in scope[plural]:
                    fields = {pair["key"]: next(iter(pair["value"].values()), None) for pair in one["attributes"]}
                    n = fields.get("n")
                    identity = one["spanId"] if plural == "spans" else fields["log.record.uid"]
                    yield Record(identity, None if n is None else int(n), {**one, **fields})


# --- how it may behave ---


def accept(receiver: Receiver, connection: Any, request: Request) -> bool:
    """Store everything and say so."""
    receiver.ingest(request)
    return reply(200, b"{}", Content_Type="application/json")(connection, request)


def refuse(status: int, **headers: str) -> Behaviour:
    """Store nothing and answer with a status."""
    answer = reply(status, b"no", **headers)
    return lambda receiver, connection, request: answer(connection, request)


def late(seconds: float) -> Behaviour:
    """Store everything, but take long to say so."""

    def behave(receiver: Receiver, connection: Any, request: Request) -> bool:
        receiver.wait(seconds)
        return accept(receiver, connection, request)

    return behave


def poisoned(number: int) -> Behaviour:
    """Refuse every batch that holds one particular record."""

    def behave(receiver: Receiver, connection: Any, request: Request) -> bool:
        if any(one.n == number for one in records(request)):
            return reply(400, b"the record is malformed")(connection, request)
        return accept(receiver, connection, request)

    return behave


def hang(receiver: Receiver, connection: Any, request: Request) -> bool:
    """Store nothing and never answer."""
    receiver.wait(60)
    return False


def hang_up(receiver: Receiver, connection: Any, request: Request) -> bool:
    """Store everything and reset the connection in the place of an answer."""
    receiver.ingest(request)
    # Closing with a linger of zero sends a reset, not an end.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def half_close(receiver: Receiver, connection: Any, request: Request) -> bool:
    """Store everything, end the own direction without an answer, and go on reading."""
    receiver.ingest(request)
    connection.shutdown(socket.SHUT_WR)
    with contextlib.suppress(OSError):
        while connection.recv(65536):
            pass
    return False


def cut(answer: bytes) -> Behaviour:
    """Store everything and end the connection in the middle of the answer."""

    def behave(receiver: Receiver, connection: Any, request: Request) -> bool:
        receiver.ingest(request)
        connection.sendall(answer)
        return False

    return behave


def trickle(receiver: Receiver, connection: Any, request: Request) -> bool:
    """Store everything and send the answer byte by byte, for a quarter of a minute."""
    receiver.ingest(request)
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Slow: " + b"." * 150 + b"\r\n\r\n":
        connection.sendall(bytes((byte,)))
        receiver.wait(0.1)
    return False

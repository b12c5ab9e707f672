"""Talk to one OTLP endpoint over gRPC without ever waiting for it (but for the address of its name).

Not grpcio: its threads don't survive a fork. Here h2 frames the bytes, and obskit's own sockets carry them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from hpack import NeverIndexedHeaderTuple

from obskit.ship.compress import gzip
from obskit.ship.grpc_connection import Calls, GrpcConnection
from obskit.ship.grpc_outcome import classify
from obskit.ship.grpc_session import Header, Reply
from obskit.ship.peer import Peer
from obskit.ship.request import sendable

if TYPE_CHECKING:
    from obskit.settings.endpoint import Endpoint
    from obskit.ship.outcome import Outcome
    from obskit.ship.request import Place

__all__ = ["Target"]

_METHODS: Final = {
    "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    "spans": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
}
# Beside what HTTP/1.1 keeps: what HTTP/2 knows under another name or not at all.
_OURS: Final = frozenset(("host", "keep-alive", "proxy-connection", "user-agent"))
_LONGEST_TIMEOUT: Final = 99_999_999


class Target(Peer[Reply, GrpcConnection]):
    """One OTLP endpoint of one signal over gRPC.

    Args:
        endpoint: As for every target; of the URL, the path counts for nothing.
        signal: "logs" or "spans": what is called there.
        **options: As for every target.
    """

    def __init__(self, endpoint: Endpoint, signal: Literal["logs", "spans"], **options: Any) -> None:
        super().__init__(endpoint, **options)
        where, given = self._where, endpoint.headers
        self.name = where.shown.removesuffix("/")
        named = {name.lower(): value for name, value in sendable(given)}
        credentials = {} if where.credentials is None else {"authorization": where.credentials}
        self._head: list[Header] = [
            (":method", "POST"),
            (":scheme", where.scheme),
            (":path", _METHODS[signal]),
            (":authority", named.get("host", where.authority)),
            ("te", "trailers"),
            ("content-type", "application/grpc"),
            ("user-agent", named.get("user-agent", "obskit")),
            ("grpc-encoding", "gzip" if self._gzip else "identity"),
            ("grpc-accept-encoding", "identity"),
        ]
        # Not to be kept in anybody's table of headers: they may be secrets.
        self._metadata: list[Header] = [
            NeverIndexedHeaderTuple(name, value)
            for name, value in {**credentials, **named}.items()
            if name not in _OURS and not name.startswith("grpc-")
        ]

    def _connect(
        self, where: Place, proxy_url: str | None, endpoint: Endpoint, environ: Mapping[str, str]
    ) -> GrpcConnection:
        return GrpcConnection(where, proxy_url, endpoint, self._clock, environ)

    def _request(self, chunks: Iterable[bytes], pause: Callable[[], object]) -> Callable[[], Calls]:
        packed = gzip(chunks, pause) if self._gzip else b"".join(chunks)
        message = b"%c%b%b" % (self._gzip, len(packed).to_bytes(4, "big"), packed)
        return lambda: self._connection.call(self._headers, message, self._until)

    def _headers(self) -> list[Header]:
        left = max(int((self._until - self._clock()) * 1000), 1)
        return [*self._head, ("grpc-timeout", f"{min(left, _LONGEST_TIMEOUT)}m"), *self._metadata]

    def _judged(self, answer: Reply) -> Outcome:
        # The rest of a call that was answered early would be taken for the next one's.
        if not answer.whole:
            self._connection.close()
        return classify(answer, self._clean)

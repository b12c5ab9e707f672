"""Talk to one endpoint over HTTP/1.1 without ever waiting for it (but for the address of its name).

No HTTP library: none can leave a request half way and take it up again after a fork, and instrumentation packages would
trace obskit's own requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from obskit.ship.compress import gzip
from obskit.ship.connection import Connection, Steps
from obskit.ship.outcome import Outcome, classify
from obskit.ship.peer import Peer
from obskit.ship.request import head
from obskit.ship.response import LONGEST_BODY, Response

if TYPE_CHECKING:
    from obskit.settings.endpoint import Endpoint
    from obskit.ship.request import Place

__all__ = ["Outcome", "Target"]

_CONTENT_TYPES = {"http/json": "application/json", "http/protobuf": "application/x-protobuf"}


class Target(Peer[Response, Connection]):
    """One OTLP endpoint of one signal over HTTP/1.1."""

    # In bytes; what is longer is cut.
    longest_answer = LONGEST_BODY

    def __init__(self, endpoint: Endpoint, **options: Any) -> None:
        super().__init__(endpoint, **options)
        self._headers = endpoint.headers
        self._head = self._head_of("POST", self._where.path, _CONTENT_TYPES[endpoint.protocol])

    def _connect(
        self, where: Place, proxy_url: str | None, endpoint: Endpoint, environ: Mapping[str, str]
    ) -> Connection:
        return Connection(where, proxy_url, endpoint, self._clock, environ)

    def _request(self, chunks: Iterable[bytes], pause: Callable[[], object]) -> Callable[[], Steps]:
        return self._asked(self._head, chunks, pause)

    def _judged(self, answer: Response) -> Outcome:
        if not answer.keep_alive:
            self._connection.close()
        return classify(answer, self._wall(), self._clean)

    def _head_of(self, method: str, path: str, content_type: str) -> bytes:
        given = head(
            replace(self._where, path=path),
            self._headers,
            proxied=self._connection.proxied,
            credentials=self._connection.proxy_credentials,
            method=method,
        )
        return given + f"Content-Type: {content_type}\r\n".encode("ascii")

    def _asked(self, head: bytes, chunks: Iterable[bytes], pause: Callable[[], object]) -> Callable[[], Steps]:
        packed = gzip(chunks, pause) if self._gzip else b"".join(chunks)
        encoding = b"Content-Encoding: gzip\r\n" if self._gzip else b""
        request = b"%b%bContent-Length: %d\r\n\r\n%b" % (head, encoding, len(packed), packed)
        return lambda: self._connection.exchange(request, self._until, self.longest_answer)

"""Hold the connection to one endpoint: through a proxy, in TLS, kept alive, without ever waiting."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from obskit.ship.request import Place, place, tunnel_head
from obskit.ship.response import LONGEST_BODY, Incomplete, Response, ResponseReader
from obskit.ship.tls import Contexts
from obskit.ship.wire import Plain, Tls, Waiting, Wire, connect

if TYPE_CHECKING:
    from obskit.settings.endpoint import Endpoint

# Yields what to wait for, returns the response.
Steps = Generator[int, None, Response]


class Refusal(Exception):
    """The way to the endpoint is closed; someone may have to change a setting."""

    def __init__(self, text: str, *, say_once: bool) -> None:
        super().__init__(text)
        self.say_once = say_once


class Connection:
    """At most one connection to an endpoint, made when a request needs it.

    Args:
        where: The endpoint.
        proxy_url: What the environment names as its proxy, or None.
        endpoint: For its certificates.
        clock: Seconds, monotonic.
        environ: Where variables about certificates are read.
    """

    # What the endpoint is asked to speak inside TLS (ALPN, RFC 7301).
    speaks = "http/1.1"

    def __init__(
        self,
        where: Place,
        proxy_url: str | None,
        endpoint: Endpoint,
        clock: Callable[[], float],
        environ: Mapping[str, str],
    ) -> None:
        self.stage = "connecting"
        self.attempt_until: float | None = None
        self._where = where
        self._clock = clock
        files = (endpoint.certificate, endpoint.client_certificate, endpoint.client_key)
        self._contexts = Contexts(*files, environ, self.speaks)
        self._proxy_contexts = Contexts(*files, environ)
        self._socket: socket.socket | None = None
        self._wire: Wire | None = None
        self._proxy: Place | None = None
        self._wrong_proxy = ""
        if proxy_url is not None:
            try:
                self._proxy = place(proxy_url)
            except ValueError as error:
                self._wrong_proxy = f"the proxy that the environment names cannot be used: {error}"

    @property
    def proxied(self) -> bool:
        """Whether requests go to a proxy that reads them, rather than through a tunnel or straight to the endpoint."""
        return self._proxy is not None and self._where.scheme == "http" and self.speaks == "http/1.1"

    @property
    def proxy_credentials(self) -> str | None:
        """What that proxy, and no one else, gets as `Proxy-Authorization`."""
        return self._proxy.credentials if self._proxy is not None and self.proxied else None

    def fileno(self) -> int | None:
        """Return the descriptor of the connection, None where there is none."""
        return self._socket.fileno() if self._socket is not None else None

    def close(self) -> None:
        """Close our descriptor; where a forked process has it too, the peer notices nothing."""
        held, self._socket, self._wire, self.attempt_until = self._socket, None, None, None
        if held is not None:
            held.close()

    def is_kept(self) -> bool:
        """Tell whether there is a connection that its peer has not closed."""
        try:
            return self._wire is not None and self._wire.pull() is None
        except OSError:
            return False

    def exchange(self, request: bytes, until: float, longest_body: int = LONGEST_BODY) -> Steps:
        """Send a request and read its response; begin again once if a kept connection turns out to be gone.

        Args:
            request: Head and body.
            until: Clock time at which the caller gives up.
            longest_body: Of the response, in bytes; what is longer is cut.

        Raises:
            OSError: The peer cannot be reached or trusted, or went away.
            Incomplete: It went away without a whole answer.
            Malformed: It doesn't speak HTTP/1.1.
            Refusal: A proxy is wrong or refuses.
        """
        if self._wire is not None and self.is_kept():
            reader = ResponseReader(longest_body=longest_body)
            try:
                return (yield from self._talk(self._wire, request, reader))
            except (OSError, Incomplete):
                # The peer closed it while it lay idle; from here on it would be an answer cut short.
                if reader.started:
                    raise
        self.close()
        self._wire = yield from self._open(until)
        return (yield from self._talk(self._wire, request, ResponseReader(longest_body=longest_body)))

    def _open(self, until: float) -> Generator[int, None, Wire]:
        if self._wrong_proxy:
            raise Refusal(self._wrong_proxy, say_once=True)
        first = self._proxy or self._where
        self.stage = "connecting" if self._proxy is None else "connecting to the proxy"
        wire: Wire = Plain((yield from self._reach(first, until)))
        if first.scheme == "https":
            wire = yield from self._secure(wire, first, self._contexts if self._proxy is None else self._proxy_contexts)
        if self._proxy is not None and not self.proxied:
            yield from self._tunnel(wire, self._proxy)
            if self._where.scheme == "https":
                wire = yield from self._secure(wire, self._where, self._contexts)
        return wire

    def _reach(self, where: Place, until: float) -> Generator[int, None, socket.socket]:
        addresses = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
        trouble: OSError | None = None
        for tried, (family, kind, proto, _, address) in enumerate(addresses):
            self.close()
            left = len(addresses) - tried
            now = self._clock()
            # An address that never answers must leave time for the next one.
            self.attempt_until = now + max(until - now, 0.0) / left if left > 1 else until
            try:
                self._socket = sock = socket.socket(family, kind, proto)
                sock.settimeout(0.0)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                yield from self._in_time(connect(sock, address))
            except OSError as error:
                trouble = error
                continue
            self.attempt_until = None
            return sock
        raise trouble or OSError("its name has no address")

    def _in_time(self, steps: Waiting) -> Waiting:
        for events in steps:
            if self.attempt_until is not None and self._clock() >= self.attempt_until:
                raise TimeoutError("timed out")
            yield events

    def _secure(self, wire: Wire, where: Place, contexts: Contexts) -> Generator[int, None, Wire]:
        self.stage = "negotiating TLS" if where is self._where else "negotiating TLS with the proxy"
        secured = Tls(wire, contexts.get(), where.host)
        yield from secured.handshake()
        return secured

    def _tunnel(self, wire: Wire, proxy: Place) -> Waiting:
        reader = ResponseReader(tunnel=True)
        response = yield from self._talk(wire, tunnel_head(self._where, proxy.credentials), reader)
        status = response.status
        if not 200 <= status < 300:
            text = f"the proxy answers {status} {response.reason} to CONNECT"
            raise Refusal(text, say_once=status in (401, 403, 407) or 300 <= status < 400)

    def _talk(self, wire: Wire, request: bytes, reader: ResponseReader) -> Steps:
        self.stage = "sending"
        left = memoryview(request)
        broken: OSError | None = None
        while broken is None and (left or not wire.flushed()):
            try:
                if left and (taken := wire.push(left)):
                    left = left[taken:]
                    continue
                # Who refuses a large body may answer and never read the rest of it.
                if (early := _arrived(wire, reader)) is not None:
                    return replace(early, keep_alive=False)
                yield select.POLLIN | select.POLLOUT
            except OSError as error:
                broken = error
        self.stage = "waiting for the answer"
        while True:
            try:
                response = _arrived(wire, reader)
            except (OSError, Incomplete) as error:
                raise broken or error from None
            if response is not None:
                return response if broken is None else replace(response, keep_alive=False)
            if broken is not None:
                raise broken
            yield select.POLLIN


def _arrived(wire: Wire, reader: ResponseReader) -> Response | None:
    while (data := wire.pull()) is not None:
        response = reader.feed(data) if data else reader.end()
        if response is not None:
            return response
    return None

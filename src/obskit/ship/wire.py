"""Carry bytes over a socket, bare or in TLS, without ever waiting.

Everything that has to wait is a generator that yields what it waits for (`select.POLLIN`, `select.POLLOUT` or both) and
is resumed when that has come: it can be left where it is for as long as a fork takes.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
from collections.abc import Generator
from typing import Any, Protocol

_PIECE = 65_536
_NO_SIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)

Waiting = Generator[int, None, None]


class Wire(Protocol):
    """A connected stream of bytes that never blocks."""

    def push(self, data: memoryview) -> int:
        """Take some of the data for sending and return how many bytes; 0 when that has to wait."""

    def pull(self) -> bytes | None:
        """Return what has arrived, b"" at the end, None when nothing has yet."""

    def flushed(self) -> bool:
        """Hand on what is held back; True when nothing is."""


class Plain:
    """A connected, non-blocking socket."""

    __slots__ = ("_socket",)

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def push(self, data: memoryview) -> int:
        """Take some of the data for sending."""
        try:
            # An application may have given SIGPIPE back its deadly default.
            return self._socket.send(data[:_PIECE], _NO_SIGNAL)
        except BlockingIOError:
            return 0

    def pull(self) -> bytes | None:
        """Return what has arrived."""
        try:
            return self._socket.recv(_PIECE)
        except BlockingIOError:
            return None

    def flushed(self) -> bool:
        """Return True: the kernel holds what was taken."""
        return True


class Tls:
    """TLS over another wire, in memory: so it can wrap a tunnel, and writes by our own rules."""

    __slots__ = ("_incoming", "_inner", "_object", "_outgoing", "_waiting")

    def __init__(self, inner: Wire, context: ssl.SSLContext, host: str) -> None:
        self._inner = inner
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._waiting = memoryview(b"")

    def handshake(self) -> Waiting:
        """Negotiate with the peer.

        Raises:
            ssl.SSLError: The peer cannot be trusted, or does not speak TLS.
        """
        while True:
            try:
                self._object.do_handshake()
                break
            except ssl.SSLWantReadError:
                yield from flush(self)
                while not self._fetch():
                    yield select.POLLIN
            except ssl.SSLError:
                # Our alert tells the peer's administrator why we left.
                self.flushed()
                raise
        yield from flush(self)

    def agreed(self) -> str | None:
        """Return what the peer has agreed to speak (ALPN), None where it doesn't say."""
        return self._object.selected_alpn_protocol()

    def push(self, data: memoryview) -> int:
        """Take some of the data for sending."""
        if not self.flushed():
            return 0
        taken = self._object.write(data[:_PIECE])
        self.flushed()
        return taken

    def pull(self) -> bytes | None:
        """Return what has arrived."""
        while True:
            try:
                return self._object.read(_PIECE)
            except ssl.SSLWantReadError:
                # A key update is answered while reading.
                self.flushed()
                if not self._fetch():
                    return None
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def flushed(self) -> bool:
        """Hand on what is held back."""
        if not self._waiting:
            self._waiting = memoryview(self._outgoing.read())
        while self._waiting:
            taken = self._inner.push(self._waiting)
            if not taken:
                return False
            self._waiting = self._waiting[taken:] or memoryview(self._outgoing.read())
        return self._inner.flushed()

    def _fetch(self) -> bool:
        data = self._inner.pull()
        if data is None:
            return False
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        return True


def flush(wire: Wire) -> Waiting:
    """Wait until nothing is held back."""
    while not wire.flushed():
        yield select.POLLOUT


def connect(sock: socket.socket, address: Any) -> Waiting:
    """Connect a non-blocking socket.

    Raises:
        OSError: The peer refused, or cannot be reached.
    """
    try:
        sock.connect(address)
        return
    except BlockingIOError:
        pass
    while True:
        yield select.POLLOUT
        if error := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))
        try:
            sock.getpeername()
            return
        except OSError:
            # Resumed too early: not connected yet, and no error either.
            continue

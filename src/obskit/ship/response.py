"""Read one HTTP/1.1 response from bytes as they arrive (RFC 9112); no input or output of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Enough for any partial_success; what is longer is cut, and the connection not used again.
LONGEST_BODY = 65_536
LONGEST_HEAD = 65_536
_LONGEST_LINE = 8_192
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9]\d\d)(?: (.*))?")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?\r?")


class Malformed(Exception):
    """What came is no HTTP/1.1 response."""


class Incomplete(Exception):
    """The connection ended before the response did."""


@dataclass(frozen=True, slots=True)
class Response:
    """One response; header names in lower case, repeated headers joined by a comma."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes = b""
    cut: bool = False
    keep_alive: bool = False


class ResponseReader:
    """Takes bytes in pieces of any size and gives the response once it is complete.

    Args:
        tunnel: The request was a CONNECT, whose 2xx answer has no body (RFC 9110, section 9.3.6).
        longest_body: In bytes; what is longer is cut.
    """

    __slots__ = (
        "_body",
        "_chunk",
        "_chunked",
        "_head",
        "_held",
        "_in_trailer",
        "_keep",
        "_length",
        "_longest_body",
        "_tunnel",
        "started",
    )

    def __init__(self, *, tunnel: bool = False, longest_body: int = LONGEST_BODY) -> None:
        self.started = False
        self._longest_body = longest_body
        self._tunnel = tunnel
        self._held = bytearray()
        self._body = bytearray()
        self._head: Response | None = None
        self._length: int | None = None
        self._chunked = False
        # Bytes still to come of the current chunk; 0: its line end; -1: the next one's size.
        self._chunk = -1
        self._in_trailer = False
        self._keep = False

    def feed(self, data: bytes) -> Response | None:
        """Take what came next and return the response if that completes it.

        Raises:
            Malformed: It is no HTTP/1.1 response, or its head is longer than `LONGEST_HEAD`.
        """
        self.started = self.started or bool(data)
        self._held += data
        while self._head is None:
            if not self._read_head():
                return None
        if self._chunked:
            return self._read_chunks()
        return self._read_plain()

    def end(self) -> Response:
        """Say that the peer closed the connection and return the response if that completes it.

        Raises:
            Incomplete: It doesn't.
        """
        if self._head is None or self._chunked or self._length is not None:
            raise Incomplete("the connection was closed before the answer was complete")
        return self._finish(cut=False, keep_alive=False)

    def _read_head(self) -> bool:
        found = _END_OF_HEAD.search(self._held)
        if found is None or found.start() > LONGEST_HEAD:
            if len(self._held) > LONGEST_HEAD:
                raise Malformed(f"the head of the answer is longer than {LONGEST_HEAD} bytes")
            return False
        lines = re.split(rb"\r?\n", bytes(self._held[: found.start()]))
        del self._held[: found.end()]
        first = _STATUS_LINE.fullmatch(lines[0])
        if first is None:
            raise Malformed("the answer is not HTTP/1.1")
        status = int(first[2])
        if status == 101:
            raise Malformed("the answer switches to another protocol")
        # Any other 1xx is an interim answer: the final one follows.
        if status >= 200:
            headers = _headers(lines[1:])
            self._head = Response(status, (first[3] or b"").decode("latin-1").strip(), headers)
            self._frame(status, headers, first[1] == b"1")
        return True

    def _frame(self, status: int, headers: dict[str, str], modern: bool) -> None:
        if status in (204, 304) or (self._tunnel and status < 300):
            self._length = 0
        elif "transfer-encoding" in headers:
            # Another coding than chunked ends with the connection.
            self._chunked = headers["transfer-encoding"].lower().rpartition(",")[2].strip() == "chunked"
        elif "content-length" in headers:
            lengths = {part.strip() for part in headers["content-length"].split(",")}
            length = lengths.pop()
            if lengths or not (length.isascii() and length.isdigit()) or len(length) > 18:
                raise Malformed("the answer has no single Content-Length")
            self._length = int(length)
        wishes = {part.strip() for part in headers.get("connection", "").lower().split(",")}
        self._keep = "close" not in wishes and (modern or "keep-alive" in wishes)

    def _read_plain(self) -> Response | None:
        self._body += self._held
        self._held.clear()
        if self._length is not None and len(self._body) >= self._length:
            # More bytes than announced belong to no request of ours: this connection is not to be trusted.
            surplus = len(self._body) > self._length
            del self._body[self._length :]
            return self._finish(cut=False, keep_alive=self._keep and not surplus)
        return self._finish(cut=True, keep_alive=False) if len(self._body) > self._longest_body else None

    def _read_chunks(self) -> Response | None:
        while True:
            if self._chunk > 0:
                taken = self._held[: self._chunk]
                self._body += taken
                del self._held[: len(taken)]
                self._chunk -= len(taken)
                if len(self._body) > self._longest_body:
                    return self._finish(cut=True, keep_alive=False)
            end = self._held.find(b"\n")
            if self._chunk > 0 or end < 0:
                if end < 0 and len(self._held) > _LONGEST_LINE:
                    raise Malformed("a line of the chunked answer is too long")
                return None
            line = bytes(self._held[:end])
            del self._held[: end + 1]
            if self._in_trailer:
                if line in (b"", b"\r"):
                    return self._finish(cut=False, keep_alive=self._keep and not self._held)
            elif self._chunk == 0:
                if line not in (b"", b"\r"):
                    raise Malformed("a chunk of the answer is longer than it says")
                self._chunk = -1
            else:
                self._begin_chunk(line)

    def _begin_chunk(self, line: bytes) -> None:
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            raise Malformed("the answer has a malformed chunk")
        self._chunk = int(found[1], 16)
        self._in_trailer = self._chunk == 0

    def _finish(self, *, cut: bool, keep_alive: bool) -> Response:
        assert self._head is not None
        head = self._head
        body = bytes(self._body[: self._longest_body])
        return Response(head.status, head.reason, head.headers, body, cut, keep_alive)


def _headers(lines: list[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        name = name.strip().lower()
        if not colon or not name:
            continue
        text = value.strip()
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers

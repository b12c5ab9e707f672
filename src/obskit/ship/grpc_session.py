"""Speak HTTP/2 for one gRPC call at a time (RFC 9113); no input or output of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, ResponseReceived, StreamEnded, StreamReset, TrailersReceived
from h2.exceptions import H2Error
from h2.settings import SettingCodes, Settings
from hpack import HeaderTuple
from hpack.exceptions import HPACKError
from hyperframe.exceptions import HyperframeError

from obskit.ship.response import LONGEST_BODY, Incomplete, Malformed

Header = tuple[str, str] | HeaderTuple

_FRAME_HEAD: Final = 9
_LONGEST_FRAME: Final = 16_384
_SETTINGS: Final = 4
_GOAWAY: Final = 7
# Made ready for the socket at once, in bytes.
_SLICE: Final = 65_536
_LAST_STREAM: Final = 2**31 - 1


class NotHttp2(Malformed):
    """What the peer sent first is no HTTP/2."""


class Unprocessed(Incomplete):
    """The peer says that it has not looked at the call."""


@dataclass(slots=True)
class Reply:
    """What came for one call; names in lower case, repeated ones joined by a comma.

    Attributes:
        status: Of HTTP; 0 where no head came.
        reset: HTTP/2's code of the error by which the peer ended the call.
        cut: The body was longer than `LONGEST_BODY`.
        whole: The call was sent to its end.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    trailers: dict[str, str] = field(default_factory=dict)
    reset: int | None = None
    cut: bool = False
    whole: bool = True


class _Connection(H2Connection):
    # One call at a time: late frames are those of the last few.
    MAX_CLOSED_STREAMS = 64


class Session:
    """One HTTP/2 connection from its first byte, one call at a time.

    The peer's bytes go to h2 frame by frame: so they mean the same in whatever pieces they come, and GOAWAY, after
    which h2 would refuse the answer that a peer still owes, never reaches it.
    """

    def __init__(self) -> None:
        self._http2 = _Connection(H2Configuration(client_side=True, header_encoding=None))
        self._http2.local_settings = Settings(
            client=True,
            initial_values={
                SettingCodes.ENABLE_PUSH: 0,
                SettingCodes.MAX_HEADER_LIST_SIZE: H2Connection.DEFAULT_MAX_HEADER_LIST_SIZE,
            },
        )
        self._http2.initiate_connection()
        self._arrived = bytearray()
        self._ready = memoryview(b"")
        self._stream = 0
        self._body = b""
        self._sent = 0
        self._reply: Reply | None = None
        self._received = bytearray()
        self._done = False
        self.settled = False
        self.going_away = ""

    @property
    def usable(self) -> bool:
        """Whether a further call can be begun."""
        room = self._http2.remote_settings.max_concurrent_streams > self._http2.open_outbound_streams
        return not self.going_away and room and self._stream < _LAST_STREAM - 2

    @property
    def answered(self) -> bool:
        """Whether an answer to the current call has begun."""
        return self._reply is not None and self._reply.status > 0

    @property
    def blocked(self) -> bool:
        """Whether a part of the message waits until the peer has room for it."""
        return self._sent < len(self._body)

    def begin(self, headers: Sequence[Header], message: bytes) -> None:
        """Begin a call.

        Args:
            headers: Pseudo-headers first.
            message: The whole body.

        Raises:
            Unprocessed: The peer takes no further call on this connection.
            Malformed: HTTP/2 doesn't allow a header.
        """
        if not self.usable:
            raise Unprocessed(f"the server takes no calls: {self.going_away or 'it allows no stream'}")
        try:
            self._stream = self._http2.get_next_available_stream_id()
            self._http2.send_headers(self._stream, headers)
        except H2Error as error:
            raise Malformed(f"the call can't be begun: {error}") from error
        self._body, self._sent, self._done = message, 0, False
        self._reply = Reply()
        self._received.clear()

    def outgoing(self) -> memoryview:
        """Return what is to be sent next, empty where nothing can be; tell `sent` what was.

        Raises:
            Malformed: The peer's settings and windows contradict each other.
        """
        if not self._ready:
            try:
                self._fill()
            except H2Error as error:
                raise Malformed(f"the call can't be gone on with: {error}") from error
            self._ready = memoryview(self._http2.data_to_send())
        return self._ready

    def sent(self, count: int) -> None:
        """Learn how many of these bytes are on their way."""
        self._ready = self._ready[count:]

    def feed(self, data: bytes) -> Reply | None:
        """Take what came next and return the reply if that completes it; what stands behind it is kept for the next.

        Raises:
            NotHttp2: The peer speaks something else.
            Malformed: The peer breaks the rules of HTTP/2.
            Unprocessed: It will not look at the call.
        """
        self._arrived += data
        while not self._done and (frame := self._next()) is not None:
            if frame[3] == _GOAWAY:
                self._go_away(frame)
                continue
            try:
                for event in self._http2.receive_data(frame):
                    self._take(event)
            except (H2Error, HPACKError, HyperframeError, ValueError) as error:
                raise Malformed(f"the server breaks the rules of HTTP/2: {error}") from error
        return self._finished() if self._done else None

    def drain(self, data: bytes) -> None:
        """Take what came between two calls.

        Raises:
            Malformed: As with `feed`.
            Unprocessed: The peer is going away.
        """
        self._done, self._reply = False, None
        self.feed(data)

    def end(self) -> None:
        """Say that the peer closed the connection.

        Raises:
            NotHttp2: It spoke something else.
            Incomplete: It may have spoken HTTP/2.
        """
        if not self.settled:
            what = NotHttp2 if self._arrived else Incomplete
            raise what("the connection was closed without a word of HTTP/2")
        why = self.going_away and f": {self.going_away}"
        raise Incomplete(f"the connection was closed before the answer was complete{why}")

    def _next(self) -> bytes | None:
        held = self._arrived
        if not self.settled and held and not _may_be_settings(held):
            raise NotHttp2("the answer is not HTTP/2")
        if len(held) < _FRAME_HEAD:
            return None
        length = int.from_bytes(held[:3], "big")
        if length > _LONGEST_FRAME:
            raise Malformed(f"the server sends a frame of {length} bytes, {_LONGEST_FRAME} are allowed")
        end = _FRAME_HEAD + length
        if len(held) < end:
            return None
        self.settled = True
        frame = bytes(held[:end])
        del held[:end]
        return frame

    def _go_away(self, frame: bytes) -> None:
        if len(frame) < _FRAME_HEAD + 8 or int.from_bytes(frame[5:9], "big") & _LAST_STREAM:
            raise Malformed("the server's GOAWAY is malformed")
        last = int.from_bytes(frame[9:13], "big") & _LAST_STREAM
        code = int.from_bytes(frame[13:17], "big")
        words = frame[17:].decode("utf-8", "replace")
        self.going_away = f"it is going away ({_error_name(code)}{words and ': '}{words})"
        if self._reply is not None and self._stream > last:
            raise Unprocessed(f"the server has not looked at the call: {self.going_away}")

    def _take(self, event: Event) -> None:
        reply = self._reply
        if reply is None or getattr(event, "stream_id", self._stream) != self._stream:
            if isinstance(event, DataReceived):
                self._http2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, ResponseReceived):
            reply.headers = _joined(event.headers)
            reply.status = int(reply.headers.pop(":status", "0"))
        elif isinstance(event, TrailersReceived):
            reply.trailers = _joined(event.headers)
        elif isinstance(event, DataReceived):
            self._http2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self._keep(event.data)
        elif isinstance(event, StreamReset):
            if event.error_code == ErrorCodes.REFUSED_STREAM:
                raise Unprocessed("the server has not looked at the call: it refused the stream")
            reply.reset = int(event.error_code)
            self._done = True
        elif isinstance(event, StreamEnded):
            self._done = True

    def _keep(self, data: bytes) -> None:
        reply = self._reply
        assert reply is not None
        self._received += data[: LONGEST_BODY - len(self._received)]
        reply.cut = reply.cut or len(self._received) == LONGEST_BODY

    def _finished(self) -> Reply:
        reply = self._reply
        assert reply is not None
        reply.body = bytes(self._received)
        reply.whole = self._sent >= len(self._body) and reply.reset is None
        self._body, self._sent, self._reply = b"", 0, None
        return reply

    def _fill(self) -> None:
        """Hand h2 as much of the message as the peer's windows allow, a slice at a time."""
        room = _SLICE
        while room > 0 and not self._done and (left := len(self._body) - self._sent) > 0:
            window = self._http2.local_flow_control_window(self._stream)
            size = min(window, self._http2.max_outbound_frame_size, left)
            if size <= 0:
                return
            piece = self._body[self._sent : self._sent + size]
            self._http2.send_data(self._stream, piece, end_stream=size == left)
            self._sent += size
            room -= size


def _may_be_settings(held: bytearray) -> bool:
    """Tell whether the first bytes can be those of a SETTINGS frame, which a server sends first (RFC 9113, 3.4)."""
    return (len(held) < 4 or held[3] == _SETTINGS) and held[0] == 0


def _error_name(code: int) -> str:
    try:
        return ErrorCodes(code).name
    except ValueError:
        return f"error {code}"


def _joined(headers: Sequence[tuple[bytes | str, bytes | str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = _text(name).lower(), _text(value)
        found[key] = f"{found[key]},{text}" if key in found else text
    return found


def _text(data: bytes | str) -> str:
    return data if isinstance(data, str) else data.decode("latin-1")

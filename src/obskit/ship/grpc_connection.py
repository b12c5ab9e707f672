"""Hold the HTTP/2 connection to one gRPC endpoint, kept alive, without ever waiting."""

from __future__ import annotations

import select
import ssl
from collections.abc import Callable, Generator, Sequence

from obskit.ship.connection import Connection, Refusal
from obskit.ship.grpc_session import Header, NotHttp2, Reply, Session
from obskit.ship.response import Incomplete, Malformed
from obskit.ship.wire import Tls, Waiting, Wire

Calls = Generator[int, None, Reply]

_ADVICE = (
    "name the server's port for gRPC, usually 4317, and http:// or https:// as it speaks there, "
    "or set otlp_protocol to http/protobuf"
)


class GrpcConnection(Connection):
    """At most one HTTP/2 connection to an endpoint, made when a call needs it."""

    speaks = "h2"
    _session: Session | None = None

    def close(self) -> None:
        """Close our descriptor; where a forked process has it too, the peer notices nothing."""
        self._session = None
        super().close()

    def call(self, headers: Callable[[], Sequence[Header]], message: bytes, until: float) -> Calls:
        """Make a call and read its reply; begin again once if a kept connection turns out to be gone.

        Args:
            headers: Asked when the call is sent.
            message: The whole body.
            until: Clock time at which the caller gives up.

        Raises:
            OSError: The peer cannot be reached or trusted, or went away.
            Incomplete: It went away without a whole answer.
            Malformed: It breaks the rules of HTTP/2.
            Refusal: A proxy is wrong or refuses, or there is no gRPC.
        """
        wire, session = self._wire, self._session
        if wire is not None and session is not None and _is_quiet(wire, session):
            try:
                return (yield from self._ask(wire, session, headers(), message))
            except (OSError, Incomplete):
                # The peer closed it while it lay idle; from here on it would be an answer cut short.
                if session.answered:
                    raise
        self.close()
        self._wire = wire = yield from self._secured(until)
        self._session = session = Session()
        yield from self._greet(wire, session)
        return (yield from self._ask(wire, session, headers(), message))

    def _secured(self, until: float) -> Generator[int, None, Wire]:
        try:
            wire = yield from self._open(until)
        except ssl.SSLError as error:
            if self.stage == "negotiating TLS" and error.reason in _NOT_TLS:
                text = f"the server speaks no TLS with HTTP/2 ({error.reason}); {_ADVICE}"
                raise Refusal(text, say_once=True) from None
            raise
        if isinstance(wire, Tls) and self._where.scheme == "https" and wire.agreed() != "h2":
            text = f"the server agrees to no HTTP/2 in TLS (ALPN h2), which gRPC needs; {_ADVICE}"
            raise Refusal(text, say_once=True)
        return wire

    def _greet(self, wire: Wire, session: Session) -> Waiting:
        """Wait for the peer's settings: what else comes tells that gRPC is not spoken there."""
        self.stage = "waiting for the server's HTTP/2 settings"
        try:
            while not session.settled:
                held = not _pushed(wire, session)
                _arrived(wire, session)
                if not session.settled:
                    yield select.POLLIN | (select.POLLOUT if held else 0)
        except NotHttp2 as trouble:
            raise Refusal(f"{trouble}: gRPC is not spoken there; {_ADVICE}", say_once=True) from None
        except Incomplete as trouble:
            # As also happens behind a balancer while the server is down.
            raise Refusal(f"{trouble}; where that stays so, {_ADVICE}", say_once=False) from None

    def _ask(self, wire: Wire, session: Session, headers: Sequence[Header], message: bytes) -> Calls:
        self.stage = "sending"
        session.begin(headers, message)
        broken: OSError | None = None
        while True:
            held = False
            try:
                held = broken is None and not _pushed(wire, session)
            except OSError as error:
                # Who refuses a large message may have answered and never read the rest of it.
                broken = error
            try:
                reply = _arrived(wire, session)
            except (OSError, Incomplete) as error:
                raise broken or error from None
            if reply is not None:
                reply.whole = reply.whole and broken is None
                return reply
            if broken is not None:
                raise broken
            # What arrived may have opened a window.
            if held or not session.outgoing():
                self.stage = "sending" if held or session.blocked else "waiting for the answer"
                yield select.POLLIN | (select.POLLOUT if held else 0)


# What OpenSSL calls the answer of a peer that knows no TLS, or refuses HTTP/2 within it.
_NOT_TLS = frozenset(
    (
        "WRONG_VERSION_NUMBER",
        "RECORD_LAYER_FAILURE",
        "PACKET_LENGTH_TOO_LONG",
        "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
        "TLSV13_ALERT_NO_APPLICATION_PROTOCOL",
    )
)


def _pushed(wire: Wire, session: Session) -> bool:
    """Send what there is to send; False where that has to wait."""
    while data := session.outgoing():
        taken = wire.push(data)
        if not taken:
            return False
        session.sent(taken)
    return wire.flushed()


def _arrived(wire: Wire, session: Session) -> Reply | None:
    while (data := wire.pull()) is not None:
        if not data:
            session.end()
        reply = session.feed(data)
        if reply is not None:
            return reply
    return None


def _is_quiet(wire: Wire, session: Session) -> bool:
    """Tell whether a kept connection can take a further call."""
    try:
        session.drain(b"")
        while (data := wire.pull()) is not None:
            if not data:
                return False
            session.drain(data)
    except (OSError, Incomplete, Malformed):
        return False
    return session.usable

"""A session of HTTP/2 means the same in whatever pieces its bytes come."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from hypothesis import given
from hypothesis import strategies as st

from obskit.ship.grpc_outcome import classify
from obskit.ship.grpc_session import NotHttp2, Reply, Session, Unprocessed
from obskit.ship.response import Incomplete, Malformed

HEADERS = [
    (":method", "POST"),
    (":scheme", "http"),
    (":path", "/"),
    (":authority", "a"),
    ("te", "trailers"),
    ("content-type", "application/grpc"),
]
OK = [(":status", "200"), ("content-type", "application/grpc")]


def begun() -> tuple[Session, H2Connection]:
    """A session with a call under way, and the server that has read it."""
    session = Session()
    server = H2Connection(H2Configuration(client_side=False))
    server.initiate_connection()
    greeting = server.data_to_send()
    session.feed(greeting)
    session.begin(HEADERS, b"\x00\x00\x00\x00\x01x")
    while data := session.outgoing():
        server.receive_data(bytes(data))
        session.sent(len(data))
    server.data_to_send()
    return session, server


def goaway(last: int, code: int = 0, words: bytes = b"") -> bytes:
    payload = last.to_bytes(4, "big") + code.to_bytes(4, "big") + words
    return len(payload).to_bytes(3, "big") + b"\x07\x00\x00\x00\x00\x00" + payload


def answers(server: H2Connection, kind: str) -> bytes:
    """The bytes of an answer of some kind."""
    if kind == "reset":
        server.reset_stream(1, 8)
        return server.data_to_send()
    if kind == "headers alone":
        server.send_headers(1, [*OK, ("grpc-status", "8"), ("grpc-message", "%41")], end_stream=True)
        return server.data_to_send()
    if kind == "gone":
        return goaway(0, 11, b"calm")
    server.send_headers(1, OK)
    server.send_data(1, b"\x00\x00\x00\x00\x04\x0a\x02\x08\x03")
    server.ping(b"12345678")
    first = server.data_to_send()
    server.send_headers(1, [("grpc-status", "0")], end_stream=True)
    rest = server.data_to_send()
    if kind == "nonsense in the middle":
        return first + b"\x00\x00\x04\x08\x00\x00\x00\x00\x01\x00\x00\x00\x00" + rest
    if kind == "nonsense behind":
        return first + rest + b"\xff" * 40
    return first + goaway(1) + rest if kind == "gone behind it" else first + rest


def told(session: Session, pieces: Iterable[bytes]) -> Any:
    """What comes of a call whose answer arrives in these pieces, then ends."""
    try:
        for piece in pieces:
            reply = session.feed(piece)
            if reply is not None:
                return classify(reply, str)
        session.end()
    except (Malformed, Incomplete) as trouble:
        return type(trouble), str(trouble)
    raise AssertionError("an end without an end")


@pytest.mark.parametrize(
    "kind",
    ["plain", "headers alone", "reset", "gone", "gone behind it", "nonsense in the middle", "nonsense behind"],
)
@given(cuts=st.lists(st.integers(0, 200), max_size=12), end=st.integers(0, 200) | st.none())
def test_any_split_of_the_received_bytes_gives_the_same_outcome(kind: str, cuts: list[int], end: int | None) -> None:
    """Also where the answer is cut short."""
    whole_session, server = begun()
    data = answers(server, kind)[:end]
    places = sorted({0, *(cut for cut in cuts if cut < len(data)), len(data)})
    pieces = [data[start:stop] for start, stop in pairwise(places)]

    assert told(begun()[0], pieces) == told(whole_session, [data])


@given(data=st.binary(max_size=200), pieces=st.integers(1, 9))
def test_no_bytes_of_a_stranger_raise_anything_else(data: bytes, pieces: int) -> None:
    """Whatever comes first is HTTP/2's settings, or told as no HTTP/2."""
    session = Session()
    try:
        for start in range(0, len(data), pieces):
            session.feed(data[start : start + pieces])
    except (Malformed, Incomplete):
        pass


@given(data=st.binary(max_size=200))
def test_no_bytes_in_a_call_raise_anything_else(data: bytes) -> None:
    """Broken frames are told as broken."""
    session, _ = begun()
    try:
        session.feed(data)
    except (Malformed, Incomplete):
        pass


def test_a_goaway_below_the_call_means_that_nobody_looked_at_it() -> None:
    """So that it can be made again elsewhere without a doubt."""
    session, _ = begun()
    with pytest.raises(Unprocessed, match="NO_ERROR: bye"):
        session.feed(goaway(0, 0, b"bye"))
    assert not session.usable


@pytest.mark.parametrize(
    "frame", [goaway(1)[:3] + b"\x07\x00\x00\x00\x00\x01" + goaway(1)[9:], b"\x00\x00\x02\x07" + b"\x00" * 7]
)
def test_a_malformed_goaway_is_told(frame: bytes) -> None:
    """One of a stream, or one that is too short (RFC 9113, section 6.8)."""
    session, _ = begun()
    with pytest.raises(Malformed, match="GOAWAY"):
        session.feed(frame)


def test_a_frame_that_is_too_long_is_not_waited_for() -> None:
    """Its head says enough."""
    session, _ = begun()
    with pytest.raises(Malformed, match="frame of 16385 bytes"):
        session.feed(b"\x00\x40\x01\x00\x00\x00\x00\x00\x01")


def test_an_end_before_the_settings_is_no_http2() -> None:
    """A server that hangs up in the middle of its first words speaks something else; one without words may be down."""
    session = Session()
    with pytest.raises(Incomplete):
        session.end()
    session.feed(b"\x00\x00")
    with pytest.raises(NotHttp2):
        session.end()


def test_calls_follow_each_other() -> None:
    """What stands behind an answer is read before the next call."""
    session, server = begun()
    reply = session.feed(answers(server, "plain") + goaway(1))
    assert isinstance(reply, Reply)
    assert session.usable
    session.drain(b"")
    assert not session.usable

"""Responses as they come out of a socket: in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.ship.response import LONGEST_BODY, LONGEST_HEAD, Incomplete, Malformed, Response, ResponseReader

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: 1\r\nx: 2\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nT: 1\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + PLAIN
LENIENT = b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"


def read(data: bytes, *, tunnel: bool = False) -> Response:
    reader = ResponseReader(tunnel=tunnel)
    return reader.feed(data) or reader.end()


@given(st.sampled_from([PLAIN, CHUNKED, INTERIM, LENIENT]), st.data())
def test_pieces_of_any_size_make_the_same_response(whole: bytes, data: st.DataObject) -> None:
    """However the network cuts it, the response is complete with its last byte and not before."""
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=10)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    reader = ResponseReader()

    early = [reader.feed(piece) for piece in pieces[:-1]]
    response = reader.feed(pieces[-1])

    assert [None] * len(early) == early
    assert response is not None
    assert (response.status, response.body, response.cut, response.keep_alive) == (200, b"hello", False, True)


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_can_break_the_reader(data: bytes, headed: bool) -> None:
    """Whatever comes is a response, an unfinished one, or named as malformed."""
    whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" * headed + data
    try:
        response = read(whole)
    except (Incomplete, Malformed):
        return

    assert 200 <= response.status < 1000


def test_repeated_headers_are_joined() -> None:
    """Names are lower case, values of one name joined by a comma."""
    assert read(PLAIN).headers["x"] == "1, 2"


@pytest.mark.parametrize(
    ("data", "keep"),
    [
        (b"HTTP/1.1 204 No\r\n\r\n", True),
        (b"HTTP/1.1 204 No\r\nConnection: Close\r\n\r\n", False),
        (b"HTTP/1.0 204 No\r\n\r\n", False),
        (b"HTTP/1.0 204 No\r\nConnection: keep-alive\r\n\r\n", True),
        (PLAIN + b"surplus", False),
        (CHUNKED + b"surplus", False),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", False),
    ],
)
def test_a_connection_is_kept_only_where_it_is_in_order(data: bytes, keep: bool) -> None:
    """Version, header and leftover bytes decide whether the connection can carry another request."""
    assert keep == read(data).keep_alive


def test_a_body_without_length_ends_with_the_connection() -> None:
    """Neither Content-Length nor chunks: the end of the connection is the end of the body."""
    assert read(b"HTTP/1.1 200 OK\r\n\r\nuntil the end").body == b"until the end"


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\nConte", PLAIN[:-1], CHUNKED[:-3], CHUNKED[:-20], INTERIM[:40]]
)
def test_a_response_cut_short_is_incomplete(data: bytes) -> None:
    """What was announced and did not come is no response."""
    with pytest.raises(Incomplete, match="closed before the answer was complete"):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"3" * 9000,
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * LONGEST_HEAD + b"\r\n\r\n",
        b"x" * (LONGEST_HEAD + 1),
    ],
)
def test_what_is_no_response_is_refused(data: bytes) -> None:
    """Other protocols, contradictions and endless lines are named, not guessed at."""
    with pytest.raises(Malformed):
        read(data)


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 99999999\r\n\r\n",
        b"X: 1\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\n",
    ],
)
def test_a_body_without_end_is_cut(framing: bytes) -> None:
    """Reading stops at the bound, and the connection is not kept."""
    reader = ResponseReader()
    response = reader.feed(b"HTTP/1.1 200 OK\r\n" + framing + b"x" * (LONGEST_BODY + 1))

    assert response is not None
    assert (len(response.body), response.cut, response.keep_alive) == (LONGEST_BODY, True, False)


def test_a_tunnel_begins_after_the_head() -> None:
    """What follows a 2xx to CONNECT is no body, whatever the headers say."""
    assert read(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", tunnel=True).body == b""

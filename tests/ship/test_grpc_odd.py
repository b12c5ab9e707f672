"""A target of gRPC and servers that do what real ones seldom do."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from h2.settings import SettingCodes

from obskit.ship.grpc import Target
from tests.ship.http2 import OK, Call, Http2Server, Line, at_once, status
from tests.ship.server import Server, raw, reply

Script = Callable[..., Http2Server]
Aim = Callable[..., Target]
BODY = os.urandom(300_000)


def hang(line: Line, call: Call) -> bool:
    return True


def cut(line: Line, call: Call) -> bool:
    """Close without a word."""
    return False


def begin_and_cut(line: Line, call: Call) -> bool:
    line.headers(call.stream, *OK)
    return False


def reset(code: int) -> Callable[[Line, Call], bool]:
    def answer(line: Line, call: Call) -> bool:
        line.http2.reset_stream(call.stream, code)
        line.flush()
        return True

    return answer


def test_what_is_sent_is_a_call_of_otlp(script: Script, aim_grpc: Aim) -> None:
    """Method, path, framing and encodings are gRPC's; of the user's headers those that frame a call are left out."""
    server = script()
    headers = {"x-tenant": "a", "te": "gzip", "content-type": "text/plain", "grpc-timeout": "1H", "keep-alive": "5"}

    aim_grpc(server.url, "spans", headers=headers).exchange(b"body")

    (call,) = server.calls
    assert (call.message, call.data[0]) == (b"body", 1)
    timeout = call.headers.pop("grpc-timeout")
    assert timeout.endswith("m") and 0 < int(timeout[:-1]) <= 5000
    assert call.headers == {
        ":method": "POST",
        ":scheme": "http",
        ":path": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        ":authority": f"127.0.0.1:{server.port}",
        "te": "trailers",
        "content-type": "application/grpc",
        "user-agent": "obskit",
        "grpc-encoding": "gzip",
        "grpc-accept-encoding": "identity",
        "x-tenant": "a",
    }


def test_small_windows_and_frames_only_slow_a_call_down(script: Script, aim_grpc: Aim) -> None:
    """A window of 100 bytes is filled again and again."""
    server = script(settings={SettingCodes.INITIAL_WINDOW_SIZE: 1000})
    target = aim_grpc(server.url, compression="none", timeout=20.0)

    kinds = [target.exchange(body).kind for body in (BODY, b"x")]

    assert (kinds, [call.message for call in server.calls]) == (["accepted"] * 2, [BODY, b"x"])
    assert server.connections == 1


def test_a_server_that_opens_no_window_is_failing_after_the_timeout(script: Script, aim_grpc: Aim) -> None:
    """What can't be sent is told as that."""
    server = script(settings={SettingCodes.INITIAL_WINDOW_SIZE: 0})

    outcome = aim_grpc(server.url, timeout=0.3).exchange(BODY)

    assert (outcome.kind, outcome.detail) == ("failing", f"{server.url}: no answer within 0.3 s (sending)")


def test_a_server_that_allows_no_stream_is_failing(script: Script, aim_grpc: Aim) -> None:
    """Nothing is sent to it."""
    server = script(settings={SettingCodes.MAX_CONCURRENT_STREAMS: 0})

    outcome = aim_grpc(server.url).exchange(b"x")

    assert (outcome.kind, server.calls) == ("failing", [])
    assert outcome.detail.endswith("the server takes no calls: it allows no stream")


def test_an_answer_of_headers_alone_counts(script: Script, aim_grpc: Aim) -> None:
    """gRPC's "trailers-only": the status stands where others have headers."""  # noqa: D403
    server = script(at_once(*OK, ("grpc-status", "14"), ("grpc-message", "busy%20%e2%9c%93")), status())
    target = aim_grpc(server.url)

    outcomes = [target.exchange(b"x") for _ in range(2)]

    assert [(one.kind, one.detail) for one in outcomes] == [
        ("failing", f"{server.url}: UNAVAILABLE: busy ✓"),
        ("accepted", f"{server.url}: accepted"),
    ]
    assert server.connections == 1


def test_an_answer_before_the_call_is_sent_counts(script: Script, aim_grpc: Aim) -> None:
    """Who refuses a large call at once is heard; the connection is not used again."""
    server = script(at_once(*OK, ("grpc-status", "16")), early=True)
    target = aim_grpc(server.url, compression="none")

    outcomes = [target.exchange(BODY) for _ in range(2)]

    assert [(one.kind, one.say_once, one.status) for one in outcomes] == [("failing", True, 401)] * 2
    assert server.connections == 2


def test_a_server_that_goes_away_after_its_answer_is_replaced_silently(script: Script, aim_grpc: Aim) -> None:
    """A graceful GOAWAY lets the call in flight end; the next one takes a new connection."""

    def last_one(line: Line, call: Call) -> bool:
        line.goaway(2**31 - 1)
        line.goaway(call.stream)
        return status()(line, call)

    server = script(last_one, status())
    target = aim_grpc(server.url)

    kinds = [target.exchange(body).kind for body in (b"one", b"two")]

    assert (kinds, [call.message for call in server.calls]) == (["accepted"] * 2, [b"one", b"two"])
    assert server.connections == 2


@pytest.mark.parametrize("refuse", [lambda line, call: bool(line.goaway(0)), reset(7), cut])
def test_a_kept_connection_that_takes_no_more_calls_is_replaced_once(
    script: Script, aim_grpc: Aim, refuse: Any
) -> None:
    """Refused, gone away from or closed while it lay idle: the call is made again on a new connection."""
    server = script(status(), refuse, status())
    target = aim_grpc(server.url)

    kinds = [target.exchange(body).kind for body in (b"one", b"two")]

    assert (kinds, [call.message for call in server.calls]) == (["accepted"] * 2, [b"one", b"two", b"two"])
    assert server.connections == 2


@pytest.mark.parametrize(
    ("refuse", "words"),
    [
        (lambda line, call: bool(line.goaway(0, 11, b"too_many_pings")), "ENHANCE_YOUR_CALM: too_many_pings"),
        (reset(7), "it refused the stream"),
        (reset(2), "INTERNAL: the server ended the call (HTTP/2 error 2)"),
        (reset(8), "CANCELLED: the server ended the call (HTTP/2 error 8)"),
        (reset(11), "RESOURCE_EXHAUSTED: the server ended the call (HTTP/2 error 11)"),
        (cut, "the connection was closed before the answer was complete"),
        (begin_and_cut, "the connection was closed before the answer was complete"),
    ],
)
def test_a_call_that_breaks_off_is_failing(script: Script, aim_grpc: Aim, refuse: Any, words: str) -> None:
    """On a new connection it is not made again by the target: that is the lane's to decide. The next one is taken."""
    server = script(refuse, status())
    target = aim_grpc(server.url)

    outcomes = [target.exchange(b"x") for _ in range(2)]

    assert [one.kind for one in outcomes] == ["failing", "accepted"]
    assert words in outcomes[0].detail


@pytest.mark.parametrize(
    ("pairs", "say_once", "words"),
    [
        (((":status", "404"), ("content-type", "text/html")), True, "HTTP 404 with text/html instead of an answer"),
        (((":status", "200"), ("content-type", "text/html")), True, "HTTP 200 with text/html instead of an answer"),
        (((":status", "503"),), False, "HTTP 503 instead of an answer of gRPC: gRPC is not served there"),
        (((":status", "401"),), True, "HTTP 401 instead of an answer"),
        (OK, False, "the answer has no grpc-status"),
    ],
)
def test_an_answer_that_is_not_grpcs_is_failing(
    script: Script, aim_grpc: Aim, pairs: Any, say_once: bool, words: str
) -> None:
    """A web server or a proxy spoke: the text says where to look; it never means that a signal is unsupported."""
    outcome = aim_grpc(script(at_once(*pairs)).url).exchange(b"x")

    assert (outcome.kind, outcome.say_once) == ("failing", say_once)
    assert words in outcome.detail


@pytest.mark.parametrize(
    "answer",
    [reply(400), raw(b"<!DOCTYPE HTML>\n<html></html>"), raw(b"\x15\x03\x01\x00\x02\x02\x16")],
)
def test_a_server_that_speaks_no_http2_is_failing_with_advice(
    serve: Callable[..., Server], aim_grpc: Aim, answer: Any
) -> None:
    """HTTP/1.1, TLS, anything: said once, with what to change."""
    url = serve(answer).url.removesuffix("/v1/logs")

    outcome = aim_grpc(url).exchange(b"x")

    assert (outcome.kind, outcome.say_once, outcome.status) == ("failing", True, None)
    assert "gRPC is not spoken there" in outcome.detail
    assert "usually 4317" in outcome.detail and "http/protobuf" in outcome.detail


def test_a_server_that_hangs_up_without_a_word_may_be_down(serve: Callable[..., Server], aim_grpc: Aim) -> None:
    """As behind a balancer: not told at once, but with what to look at if it stays so."""
    server = serve(raw(b""))

    outcome = aim_grpc(server.url.removesuffix("/v1/logs")).exchange(b"x")

    assert (outcome.kind, outcome.say_once, outcome.status) == ("failing", False, None)
    assert "closed without a word of HTTP/2; where that stays so, name the server's port" in outcome.detail


@pytest.mark.parametrize("answer", [hang, lambda line, call: line.headers(call.stream, *OK) is None])
def test_a_server_that_hangs_is_failing_after_the_timeout(script: Script, aim_grpc: Aim, answer: Any) -> None:
    """The timeout holds for the whole call, answer included."""
    server = script(answer)
    began = time.monotonic()

    outcome = aim_grpc(server.url, timeout=0.3).exchange(b"x")

    assert outcome.detail == f"{server.url}: no answer within 0.3 s (waiting for the answer)"
    assert (outcome.kind, 0.3 <= time.monotonic() - began < 3) == ("failing", True)


def test_pings_and_settings_are_answered_on_the_way(script: Script, aim_grpc: Aim) -> None:
    """A server that asks whether we live, and changes its windows in the middle, gets its call."""

    def nervous(line: Line, call: Call) -> bool:
        line.http2.ping(b"12345678")
        line.http2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 10, SettingCodes.MAX_FRAME_SIZE: 20_000})
        line.flush()
        return status()(line, call)

    server = script(nervous)
    target = aim_grpc(server.url, compression="none")

    kinds = [target.exchange(body).kind for body in (b"x" * 50_000,) * 3]

    assert (kinds, server.connections) == (["accepted"] * 3, 1)


def test_a_long_answer_is_cut_and_counts(script: Script, aim_grpc: Aim) -> None:
    """Nobody makes us keep what a server babbles."""

    def babble(line: Line, call: Call) -> bool:
        line.headers(call.stream, *OK)
        for _ in range(5):
            line.data(call.stream, b"x" * 16_384)
        line.headers(call.stream, ("grpc-status", "0"), end=True)
        return True

    target = aim_grpc(script(babble).url)

    assert [target.exchange(b"x").kind for _ in range(5)] == ["accepted"] * 5


def test_no_header_value_is_told(script: Script, aim_grpc: Aim) -> None:
    """A server that repeats a secret in its words does not bring it into a text of ours."""
    server = script(status(16, ("grpc-message", "key obviously-made-up is unknown")))

    outcome = aim_grpc(server.url, headers={"api-key": "obviously-made-up"}).exchange(b"x")

    assert outcome.detail == f"{server.url}: UNAUTHENTICATED: key [REDACTED:header] is unknown"


def test_a_second_call_while_one_is_in_flight_is_refused(script: Script, aim_grpc: Aim) -> None:
    """One at a time, as with every target."""
    target = aim_grpc(script(hang).url)
    target.send(b"x")

    with pytest.raises(RuntimeError, match="in flight"):
        target.send(b"x")


@pytest.mark.parametrize("number", ["99", "999999999999999999"])
def test_an_unknown_status_is_failing(script: Script, aim_grpc: Aim, number: str) -> None:
    """A newer server may know more of them."""
    assert aim_grpc(script(at_once(*OK, ("grpc-status", number))).url).exchange(b"x").kind == "failing"


@pytest.mark.parametrize("details", ["!", "AAAA", "CAgSAA", "", "é"])
def test_details_that_cannot_be_read_change_nothing(script: Script, aim_grpc: Aim, details: str) -> None:
    """The status itself is clear."""
    server = script(at_once(*OK, ("grpc-status", "14"), ("grpc-status-details-bin", details)))

    outcome = aim_grpc(server.url).exchange(b"x")

    assert (outcome.kind, outcome.retry_after) == ("failing", None)


@pytest.mark.parametrize("message", [b"", b"\xff\xff", b"\x0a\x04\x08"])
def test_an_accepted_call_stays_accepted_whatever_its_message_holds(
    script: Script, aim_grpc: Aim, message: bytes
) -> None:
    """The status has said that the records are taken."""
    assert aim_grpc(script(status(message=message)).url).exchange(b"x").kind == "accepted"

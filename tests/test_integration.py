from __future__ import annotations

import contextvars
import io
from typing import Any

import pytest
from opentelemetry import baggage, trace

import obskit
from obskit import integration

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def start(**arguments: Any) -> None:
    obskit.init(service="s", console=False, journal=False, integrations=[], **arguments)


def test_an_inbound_carrier_becomes_scope_and_server_span(obskit_capture: Any) -> None:
    """Trace, parent, baggage and correlation id are the caller's; one access line and one span come out."""
    unit = integration.begin(
        "GET", headers=[(b"TraceParent", PARENT.encode()), ("x-correlation-id", "c-1"), ("baggage", "k=v")],
        request={"method": "GET", "path": "/x"},
    )  # fmt: skip
    assert baggage.get_baggage("k") == "v"
    unit.rename("GET /x")
    unit.finish(message="GET /x 200", request={"status_code": 200})
    line, span = obskit_capture.records[0], obskit_capture.spans[0]
    assert (line.correlation_id, line.trace_id, line.span_id) == ("c-1", TRACE, span.span_id)
    assert line.request["status_code"] == 200
    assert line.request["duration_ms"] >= 0
    assert (span.name, span.span_kind, span.parent_span_id, span.parent_remote) == (
        "GET /x", "SERVER", "00f067aa0ba902b7", True
    )  # fmt: skip
    assert unit.headers() == [("X-Correlation-ID", "c-1")]


def test_a_unit_ends_once_and_leaves_nothing_behind(obskit_capture: Any) -> None:
    """The second finish does nothing; scope, span and baggage are as before."""
    unit = integration.begin("x", headers=[("baggage", "k=v")])
    unit.finish(message="done")
    unit.finish(message="again")
    assert [line.message for line in obskit_capture.records] == ["done"]
    assert obskit.correlation_id() is None
    assert baggage.get_baggage("k") is None
    assert not trace.get_current_span().get_span_context().is_valid


def test_an_interrupt_while_a_unit_ends_passes_and_leaves_nothing_behind() -> None:
    """Ctrl-C in the middle of the access line: scope and span have ended, what is current is as before."""

    class Interrupted(io.StringIO):
        def write(self, text: str, /) -> int:
            raise KeyboardInterrupt

    obskit.init(service="s", console="json", stream=Interrupted(), journal=False, integrations=[])
    unit = integration.begin("x", headers=[("baggage", "k=v")])
    with pytest.raises(KeyboardInterrupt):
        unit.finish(message="done")
    assert unit.scope.sealed
    assert not unit.span.is_recording()
    assert obskit.correlation_id() is None
    assert baggage.get_baggage("k") is None
    assert not trace.get_current_span().get_span_context().is_valid


def test_a_span_that_cannot_be_started_leaves_no_scope_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in `begin` doesn't leak a unit into the next request on the same thread."""
    start()

    def broken(*_: Any) -> Any:
        raise RuntimeError("no tracer")

    monkeypatch.setattr(trace, "get_tracer", broken)
    with pytest.raises(RuntimeError, match="no tracer"):
        integration.begin("x")
    assert obskit.correlation_id() is None


def test_a_unit_can_be_finished_in_another_context(obskit_capture: Any) -> None:
    """A response that another task closes ends the unit all the same."""
    unit = contextvars.copy_context().run(integration.begin, "x")
    contextvars.Context().run(lambda: unit.finish(message="done", error=ValueError("v")))
    assert obskit_capture.records[0].correlation_id == unit.correlation_id
    assert obskit_capture.records[0].span_id == obskit_capture.spans[0].span_id
    assert obskit_capture.spans[0].status.code == "ERROR"


def test_a_unit_can_be_entered_elsewhere(obskit_capture: Any) -> None:
    """`active` makes scope and span current for a block."""
    unit = contextvars.copy_context().run(integration.begin, "x")
    assert obskit.correlation_id() is None
    with unit.active():
        obskit.get_logger("t").info("inside")
    assert obskit.correlation_id() is None
    assert obskit_capture.records[0].correlation_id == unit.correlation_id


@pytest.mark.parametrize("bad", ["a" * 129, "a b", "a\r\nSet-Cookie: x", "é", "user@shop.example", "4111111111111111"])
def test_an_unacceptable_incoming_id_is_replaced_and_never_shown(obskit_capture: Any, bad: str) -> None:
    """Too long, of the wrong form, or holding something to redact."""
    unit = integration.begin("x", headers=[("X-Correlation-ID", bad)])
    unit.finish(message="done")
    assert unit.correlation_id.startswith("req-")
    assert bad not in str(obskit_capture.records + obskit_capture.spans)


def test_a_request_id_is_accepted_where_there_is_no_correlation_id(obskit_capture: Any) -> None:
    """`X-Request-ID` counts, after the configured header."""
    first = integration.begin("x", headers=[("X-Request-ID", "r-1")])
    first.finish()
    second = integration.begin("x", headers=[("X-Request-ID", "r-1"), ("X-Correlation-ID", "c-1")])
    second.finish()
    assert (first.correlation_id, second.correlation_id) == ("r-1", "c-1")


def test_an_internet_facing_edge_starts_anew_and_links() -> None:
    """With `trust_incoming=False` the caller's trace and id are a hint."""
    from obskit.testing import capture

    with capture(trust_incoming=False) as seen:
        unit = integration.begin(
            "x", headers=[("traceparent", PARENT), ("X-Correlation-ID", "c-1"), ("baggage", "k=v")]
        )
        assert baggage.get_baggage("k") is None
        unit.finish()
    assert unit.correlation_id != "c-1"
    assert seen.spans[0].trace_id != TRACE
    assert seen.spans[0].links[0]["trace_id"] == TRACE


def test_the_outbound_carrier_holds_what_the_unit_has() -> None:
    """Trace context goes everywhere, correlation id and baggage only to the hosts named."""
    start(propagate_to=["*.internal", "api.example"])
    unit = integration.begin("x", headers=[("baggage", "k=v"), ("traceparent", PARENT)])
    inside = dict(integration.outbound("db.internal"))
    outside = dict(integration.outbound("elsewhere.example"))
    unit.finish()
    assert inside.keys() == {"traceparent", "baggage", "X-Correlation-ID"}
    assert outside.keys() == {"traceparent"}
    assert inside["traceparent"].split("-")[1] == TRACE


def test_without_a_span_the_unit_is_a_scope_with_an_access_line(obskit_capture: Any) -> None:
    """Where another instrumentation makes the span, obskit makes none."""
    with trace.get_tracer("other").start_as_current_span("theirs") as theirs:
        unit = integration.begin("x", span=False)
        unit.finish(message="done")
        assert theirs.is_recording()
    assert obskit_capture.records[0].span_id == obskit_capture.spans[0].span_id
    assert [span.name for span in obskit_capture.spans] == ["theirs"]


def test_guard_counts_what_fails_and_lets_control_flow_through() -> None:
    """Exceptions end there; interrupts and exits pass."""
    start()
    with integration.guard():
        raise RuntimeError("ours")
    assert obskit.stats().internal_errors == 1
    with pytest.raises(KeyboardInterrupt), integration.guard():
        raise KeyboardInterrupt


def test_a_last_resort_record_does_not_tell_of_an_exception_twice(obskit_capture: Any) -> None:
    """Uvicorn's own line about an exception that an access line has told of is left out."""
    import logging

    error = ValueError("x")
    unit = integration.begin("x")
    unit.finish(message="GET / 500", error=error)
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)
    logging.getLogger("uvicorn.error").error("another", exc_info=ValueError("y"))
    assert [line.message for line in obskit_capture.records] == ["GET / 500", "another"]


def test_before_init_a_plug_in_can_ask_whether_obskit_is_there() -> None:
    """`enabled` is False before `init` and after `shutdown`."""
    assert not integration.enabled()
    start()
    assert integration.enabled()
    obskit.shutdown()
    assert not integration.enabled()


def test_a_doubled_traceparent_counts_for_nothing(obskit_capture: Any) -> None:
    """Two of them are none (W3C Trace Context Level 2), over two headers as over one."""
    for headers in ([("traceparent", PARENT)] * 2, [("traceparent", f"{PARENT},{PARENT}")]):
        integration.begin("x", headers=headers).finish()
    assert TRACE not in str(obskit_capture.spans)


def test_a_list_in_several_headers_is_one(obskit_capture: Any) -> None:
    """Baggage that came in parts is put together, whatever each part's type."""
    unit = integration.begin("x", headers=[("baggage", "a=1"), (b"Baggage", b"b=2")])
    assert dict(baggage.get_all()) == {"a": "1", "b": "2"}
    unit.finish()


def test_headers_are_sifted_once_for_all() -> None:
    """What obskit looks at is kept by its name in lower case, the first of each; a WSGI environ gives the same."""
    start()
    pairs = [(b"X-Request-Id", b"r-1"), ("HOST", "shop.example"), ("Cookie", "c"), ("x-request-id", "r-2")]
    found = integration.sift(pairs)
    assert (dict(found), found.host, found.agent) == ({"x-request-id": b"r-1"}, "shop.example", None)
    environ = {"HTTP_X_REQUEST_ID": "r-1", "HTTP_HOST": "shop.example", "HTTP_COOKIE": "c", "CONTENT_TYPE": "t"}
    other = integration.sift_environ(environ)
    assert (dict(other), other.host, other.agent) == ({"x-request-id": "r-1"}, "shop.example", None)


def test_a_correlation_header_of_ones_own_is_found(obskit_capture: Any) -> None:
    """A new `init` is a new name to look for, in headers and in a WSGI environ."""
    from obskit.testing import capture

    assert not integration.sift([("Order-Id", "o-1")])
    with capture(correlation_header="Order-Id"):
        assert integration.sift([("Order-Id", "o-1")]) == {"order-id": "o-1"}
        assert integration.sift_environ({"HTTP_ORDER_ID": "o-1"}) == {"order-id": "o-1"}


@pytest.mark.parametrize("header", [("traceparent", PARENT), ("X-Correlation-ID", "c-1")])
def test_a_caller_is_told_that_the_unit_is_kept(obskit_capture: Any, header: tuple[str, str]) -> None:
    """One that may have obskit too; as soon as it is known, and not before."""
    unit = integration.begin("x", headers=[header])
    assert len(unit.headers()) == 1
    obskit.keep()
    assert unit.headers()[1:] == integration.kept_header(unit) == [("X-Obskit-Kept", "1")]
    unit.finish()


def test_who_has_no_obskit_is_told_nothing(obskit_capture: Any) -> None:
    """A request id alone is nearly every proxy's."""
    unit = integration.begin("x", headers=[("X-Request-ID", "r-1")])
    unit.keep()
    assert unit.scope.kept
    assert len(unit.headers()) == 1
    unit.finish()


def test_an_internet_facing_edge_tells_nobody() -> None:
    """With `trust_incoming=False` a caller learns nothing of what is kept."""
    from obskit.testing import capture

    with capture(trust_incoming=False):
        unit = integration.begin("x", headers=[("traceparent", PARENT)])
        unit.keep()
        assert len(unit.headers()) == 1
        unit.finish()


@pytest.mark.parametrize(
    ("host", "value", "kept"),
    [("db.internal", "1", True), ("db.internal", b"1", True), ("db.internal", "0", False), ("db.internal", None, False),
     ("elsewhere.example", "1", False)],
)  # fmt: skip
def test_what_a_callee_has_kept_its_caller_keeps(host: str, value: str | bytes | None, kept: bool) -> None:
    """Where the callee is one of `propagate_to`, and says so."""
    start(propagate_to=["*.internal"])
    with obskit.scope() as unit:
        integration.heed(host, value)
    assert unit.kept is kept


def test_a_unit_runs_in_turns(obskit_capture: Any) -> None:
    """Between its steps nothing of it is current; each begins with what the last one has left, in whatever thread."""
    unit = integration.begin("x", headers=[("baggage", "k=v")])
    turns = unit.turns()
    assert obskit.correlation_id() is None
    assert not trace.get_current_span().get_span_context().is_valid
    left = obskit.span("left open")
    with turns:
        assert baggage.get_baggage("k") == "v"
        left.__enter__()
    assert not trace.get_current_span().get_span_context().is_valid

    def last() -> None:
        with turns:
            obskit.get_logger("t").info("inside")
            left.__exit__(None, None, None)
            unit.finish(message="done")

    contextvars.Context().run(last)
    inside, done = obskit_capture.records
    assert inside.correlation_id == done.correlation_id == unit.correlation_id
    assert [span.name for span in obskit_capture.spans] == ["left open", "x"]
    assert (inside.span_id, done.span_id) == tuple(span.span_id for span in obskit_capture.spans)
    assert obskit.correlation_id() is None


def test_a_line_at_the_end_belongs_to_the_units_own_span(obskit_capture: Any) -> None:
    """A span that the application has left open doesn't get the access line."""
    unit = integration.begin("x")
    obskit.span("left open").__enter__()
    unit.finish(message="done")
    assert obskit_capture.records[0].span_id == obskit_capture.spans[0].span_id
    assert not trace.get_current_span().get_span_context().is_valid


def test_a_call_carries_its_own_span() -> None:
    """`outbound` takes the span that it is given, without its being current."""
    start()
    with obskit.scope(), obskit.span("around"):
        span = integration.client_span("GET")
        sent = dict(integration.outbound("x.example", span))
        span.end()
    assert sent["traceparent"].split("-")[2] == f"{span.get_span_context().span_id:016x}"

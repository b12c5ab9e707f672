from __future__ import annotations

import logging
import threading
import time
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.trace import Link, SpanContext, StatusCode, TraceFlags

from obskit.tracing import local
from obskit.tracing.span import Span

REMOTE = SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=TraceFlags(1))


class Hostile(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


def under(context: SpanContext) -> Context:
    return trace.set_span_in_context(trace.NonRecordingSpan(context), Context())


def test_it_is_a_span_of_opentelemetry(tracer) -> None:
    """Code that checks for OpenTelemetry's Span accepts it."""
    span = tracer.start_span("a", context=Context())
    assert isinstance(span, trace.Span)
    assert type(span) is Span
    assert f"{span.trace_id:032x}" in repr(span)


def test_the_context_is_made_once(tracer) -> None:
    """The span context is the same object whenever it is asked for."""
    span = tracer.start_span("a", context=Context())
    assert span.get_span_context() is span.context is span.get_span_context()
    assert (span.context.trace_id, span.context.span_id) == (span.trace_id, span.span_id)
    assert span.context.is_valid


def test_a_child_knows_its_parent(tracer) -> None:
    """A local child's parent is the parent's context."""
    parent = tracer.start_span("a", context=under(REMOTE))
    child = tracer.start_span("b", context=trace.set_span_in_context(parent, Context()))
    assert child.parent == parent.context
    assert child.parent_id == parent.span_id
    assert not child.parent_remote
    assert parent.parent is REMOTE
    assert parent.parent_remote


def test_a_root_has_no_parent(tracer) -> None:
    """A root says so."""
    span = tracer.start_span("a", context=Context())
    assert (span.parent, span.parent_id, span.parent_remote) == (None, 0, False)


@pytest.mark.parametrize("flags", [0, 1, 2, 3])
def test_a_child_keeps_the_flags_of_a_remote_parent(tracer, flags, ended) -> None:
    """Sampled and random follow the parent, and an unsampled span is recorded too."""
    remote = SpanContext(0xABC, 0xDEF, is_remote=True, trace_flags=TraceFlags(flags))
    with tracer.start_as_current_span("a", context=under(remote)) as span:
        assert span.is_recording()
        tracer.start_span("b").end()
    assert [int(each.context.trace_flags) for each in ended] == [flags, flags]


def test_what_is_read_is_a_copy(tracer) -> None:
    """Who reads a span can't change it, and can read it while others write."""
    span = tracer.start_span("a", context=Context(), attributes={"k": 1})
    span.attributes["x"] = 1
    assert span.attributes == {"k": 1}
    assert span.events == ()
    assert span.links == ()


def test_given_links_stay_as_they_are(tracer) -> None:
    """The caller's Link objects aren't touched."""
    attributes = {"a": [1]}
    link = Link(REMOTE, attributes)
    span = tracer.start_span("a", context=Context(), links=[link])
    assert link.attributes is attributes
    assert span.links[0].attributes == {"a": (1,)}


def test_children_share_one_wall_clock(tracer, monkeypatch) -> None:
    """A wall clock that is set back while a trace runs doesn't turn its spans round."""
    root = tracer.start_span("root", context=Context())
    monkeypatch.setattr(local, "time_ns", lambda: 5)
    context = trace.set_span_in_context(root, Context())
    child = tracer.start_span("child", context=context)
    child.add_event("moment")
    child.end()
    root.end()
    (event,) = child.events
    assert root.start_time <= child.start_time <= event.timestamp <= child.end_time <= root.end_time
    assert abs(root.start_time - time.time_ns()) < 60 * 10**9


def test_a_remote_parent_begins_a_new_clock(tracer, monkeypatch) -> None:
    """Each local root looks at the wall clock."""
    monkeypatch.setattr(local, "time_ns", lambda: 10**18)
    span = tracer.start_span("root", context=under(REMOTE))
    assert 10**18 <= span.start_time < 10**18 + 10**9
    assert span.start_time <= span.now() < 10**18 + 60 * 10**9


@pytest.mark.parametrize(("moment", "expected"), [(1.5, 1), (True, 1)])
def test_times_are_whole_nanoseconds(tracer, moment, expected) -> None:
    """A time that isn't an int is made one."""
    span = tracer.start_span("a", context=Context(), start_time=moment)
    span.end(end_time=moment)
    assert (span.start_time, span.end_time) == (expected, expected)


def test_a_time_that_is_none_at_all(tracer) -> None:
    """Nonsense for a time doesn't raise: it becomes now."""
    span = tracer.start_span("a", context=Context(), start_time="soon")
    assert abs(span.start_time - time.time_ns()) < 60 * 10**9


def test_hostile_exceptions_are_recorded(tracer) -> None:
    """An exception whose text can't be made doesn't raise another one."""
    span = tracer.start_span("a", context=Context())
    span.record_exception(Hostile())
    (event,) = span.events
    assert event.attributes["exception.message"] == "<unprintable Hostile>"
    assert event.attributes["exception.type"].endswith("Hostile")
    assert "Hostile" in event.attributes["exception.stacktrace"]


def test_a_hostile_exception_leaves_the_block(tracer, ended) -> None:
    """The application gets its own exception, not one of obskit's."""
    with pytest.raises(Hostile), tracer.start_as_current_span("a", context=Context()):
        raise Hostile
    with pytest.raises(Hostile), tracer.start_span("b", context=Context()):
        raise Hostile
    assert [span.status.description for span in ended] == ["Hostile: <unprintable Hostile>"] * 2


def test_a_status_of_another_kind_changes_nothing(tracer) -> None:
    """Nonsense for a status doesn't raise."""
    span = tracer.start_span("a", context=Context())
    span.set_status(2)
    span.set_status(None)
    assert span.status.status_code is StatusCode.UNSET


@pytest.mark.parametrize("context", [None, "text", object()])
def test_a_link_to_nothing_is_left_out(tracer, context) -> None:
    """Nonsense for a link doesn't raise."""
    span = tracer.start_span("a", context=Context(), links=[None])
    span.add_link(context, {"a": 1})
    assert span.links == ()


def test_only_one_thread_ends_a_span(tracer, ended) -> None:
    """Threads that end the same span at once hand it on once."""
    logging.getLogger("obskit.tracing").setLevel(logging.CRITICAL)
    try:
        for _ in range(50):
            span = tracer.start_span("a", context=Context())
            start = threading.Barrier(4)

            def end(span: Any = span, start: threading.Barrier = start) -> None:
                start.wait()
                span.end()

            threads = [threading.Thread(target=end) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        logging.getLogger("obskit.tracing").setLevel(logging.NOTSET)
    assert len(ended) == 50


def test_reading_while_others_write(tracer) -> None:
    """A span can be read in one thread while another fills it."""
    span = tracer.start_span("a", context=Context())
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            span.set_attribute(f"k{number % 300}", number)
            span.add_event("e")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        until = time.monotonic() + 0.3
        while time.monotonic() < until:
            assert len(span.attributes) <= 128
            assert len(span.events) <= 128
    finally:
        stop.set()
        writer.join()


def test_the_warning_names_the_span_and_the_method(tracer, caplog) -> None:
    """A call on an ended span says which call on which span."""
    span = tracer.start_span("checkout", context=Context())
    span.end()
    span.set_attribute("a", 1)
    assert "set_attribute" in caplog.text
    assert "checkout" in caplog.text


def test_the_correlation_id_is_taken_at_the_start(provider, make_engine, ended) -> None:
    """A span belongs to the unit of work in which it began."""
    current = ["req-1"]
    provider.swap(make_engine(correlation_id=lambda: current[0]))
    span = provider.get_tracer("t").start_span("a", context=Context())
    current[0] = "req-2"
    span.end()
    assert ended[0].correlation_id == "req-1"


def test_a_forked_child_can_use_an_open_span() -> None:
    """Nothing of a span is held by a thread that the child doesn't have."""
    import subprocess
    import sys

    script = (
        "import os, threading\n"
        "from obskit.tracing.provider import facade\n"
        "tracer = facade().get_tracer('t')\n"
        "span = tracer.start_span('a')\n"
        "stop = threading.Event()\n"
        "def busy():\n"
        "    while not stop.is_set():\n"
        "        tracer.start_span('b', attributes={'a': 1}).end(); span.set_attribute('k', 1)\n"
        "        facade().get_tracer(os.urandom(2).hex())\n"
        "thread = threading.Thread(target=busy); thread.start()\n"
        "failed = 0\n"
        "for _ in range(30):\n"
        "    pid = os.fork()\n"
        "    if pid == 0:\n"
        "        span.set_attribute('child', 1)\n"
        "        with facade().get_tracer('new').start_as_current_span('c'): pass\n"
        "        span.end(); os._exit(0)\n"
        "    failed += os.waitpid(pid, 0)[1]\n"
        "stop.set(); thread.join(); print('failed', failed)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=50)
    assert ran.stdout.strip() == "failed 0", ran.stderr

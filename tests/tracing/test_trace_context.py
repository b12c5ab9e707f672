"""Every case of the W3C's validation harness for Trace Context, Level 2, in data of our own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.context.context import Context

from obskit.tracing.carrier import extract, inject
from obskit.tracing.propagator import Propagator

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{PARENT}-00"
SAMPLED = f"00-{TRACE}-{PARENT}-01"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789_-*/"
VALUE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in ",=")
OUT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]")

TRACEPARENTS: list[tuple[str, list[tuple[str, str]], bool]] = [
    ("none", [], False),
    ("alone", [("traceparent", SAMPLED)], True),
    ("doubled", [("traceparent", SAMPLED), ("traceparent", f"00-{TRACE[::-1]}-{PARENT}-01")], False),
    ("doubled, the same", [("traceparent", SAMPLED), ("traceparent", SAMPLED)], False),
    ("doubled, joined by a comma", [("traceparent", f"{SAMPLED},{SAMPLED}")], False),
    ("future version, joined by a comma", [("traceparent", f"cc{SAMPLED[2:]},cc{SAMPLED[2:]}")], False),
    ("name with a dash", [("trace-parent", SAMPLED)], False),
    ("name with a dot", [("trace.parent", SAMPLED)], False),
    ("name in camel case", [("TraceParent", SAMPLED)], True),
    ("name in mixed case", [("TrAcEpArEnT", SAMPLED)], True),
    ("name in upper case", [("TRACEPARENT", SAMPLED)], True),
    ("version 00, a dot behind", [("traceparent", f"{SAMPLED}.")], False),
    ("version 00, a dash behind", [("traceparent", f"{SAMPLED}-")], False),
    ("version 00, more behind", [("traceparent", f"{SAMPLED}-what-comes-later")], False),
    ("future version", [("traceparent", f"cc-{TRACE}-{PARENT}-01")], True),
    ("next version", [("traceparent", f"01-{TRACE}-{PARENT}-01")], True),
    ("future version, more behind", [("traceparent", f"cc-{TRACE}-{PARENT}-01-what-comes-later")], True),
    ("future version, a dash behind", [("traceparent", f"cc-{TRACE}-{PARENT}-01-")], True),
    ("future version, a dot behind", [("traceparent", f"cc-{TRACE}-{PARENT}-01.what-comes-later")], False),
    ("future version, long flags", [("traceparent", f"cc-{TRACE}-{PARENT}-011")], False),
    ("future version, no trace id", [("traceparent", f"cc-{'0' * 32}-{PARENT}-01")], False),
    ("version ff", [("traceparent", f"ff-{TRACE}-{PARENT}-01")], False),
    ("version ff, more behind", [("traceparent", f"ff-{TRACE}-{PARENT}-01-x")], False),
    ("version, illegal first", [("traceparent", f".0-{TRACE}-{PARENT}-01")], False),
    ("version, illegal second", [("traceparent", f"0.-{TRACE}-{PARENT}-01")], False),
    ("version in upper case", [("traceparent", f"CC-{TRACE}-{PARENT}-01")], False),
    ("version of three", [("traceparent", f"000-{TRACE}-{PARENT}-01")], False),
    ("version of four", [("traceparent", f"0000-{TRACE}-{PARENT}-01")], False),
    ("version of one", [("traceparent", f"0-{TRACE}-{PARENT}-01")], False),
    ("no version", [("traceparent", f"{TRACE}-{PARENT}-01")], False),
    ("trace id of zeros", [("traceparent", f"00-{'0' * 32}-{PARENT}-01")], False),
    ("trace id, illegal first", [("traceparent", f"00-.{TRACE[1:]}-{PARENT}-01")], False),
    ("trace id, illegal last", [("traceparent", f"00-{TRACE[:-1]}.-{PARENT}-01")], False),
    ("trace id in upper case", [("traceparent", f"00-{TRACE.upper()}-{PARENT}-01")], False),
    ("trace id too long", [("traceparent", f"00-{TRACE}0-{PARENT}-01")], False),
    ("trace id too short", [("traceparent", f"00-{TRACE[1:]}-{PARENT}-01")], False),
    ("parent id of zeros", [("traceparent", f"00-{TRACE}-{'0' * 16}-01")], False),
    ("parent id, illegal first", [("traceparent", f"00-{TRACE}-.{PARENT[1:]}-01")], False),
    ("parent id, illegal last", [("traceparent", f"00-{TRACE}-{PARENT[:-1]}.-01")], False),
    ("parent id in upper case", [("traceparent", f"00-{TRACE}-{PARENT.upper()}-01")], False),
    ("parent id too long", [("traceparent", f"00-{TRACE}-{PARENT}0-01")], False),
    ("parent id too short", [("traceparent", f"00-{TRACE}-{PARENT[1:]}-01")], False),
    ("flags, illegal first", [("traceparent", f"00-{TRACE}-{PARENT}-.0")], False),
    ("flags, illegal last", [("traceparent", f"00-{TRACE}-{PARENT}-0.")], False),
    ("flags in upper case", [("traceparent", f"00-{TRACE}-{PARENT}-0A")], False),
    ("flags of three", [("traceparent", f"00-{TRACE}-{PARENT}-001")], False),
    ("flags of one", [("traceparent", f"00-{TRACE}-{PARENT}-1")], False),
    ("no flags", [("traceparent", f"00-{TRACE}-{PARENT}")], False),
    ("digits that aren't ASCII", [("traceparent", f"00-{TRACE[:-1]}\u0663-{PARENT}-01")], False),
    ("empty", [("traceparent", "")], False),
    ("white space only", [("traceparent", " \t")], False),
    ("space before", [("traceparent", f" {SAMPLED}")], True),
    ("tab before", [("traceparent", f"\t{SAMPLED}")], True),
    ("space behind", [("traceparent", f"{SAMPLED} ")], True),
    ("tab behind", [("traceparent", f"{SAMPLED}\t")], True),
    ("white space around", [("traceparent", f"\t {SAMPLED} \t")], True),
    ("line break behind", [("traceparent", f"{SAMPLED}\n")], False),
    ("space within", [("traceparent", f"00- {TRACE}-{PARENT}-01")], False),
]

BARS = [f"bar{number:02}={number:02}" for number in range(1, 34)]

TRACESTATES: list[tuple[str, list[tuple[str, str]], list[tuple[str, str]]]] = [
    ("two members", [("tracestate", "foo=1,bar=2")], [("foo", "1"), ("bar", "2")]),
    ("name with a dash", [("trace-state", "foo=1")], []),
    ("name with a dot", [("trace.state", "foo=1")], []),
    ("name in camel case", [("TraceState", "foo=1")], [("foo", "1")]),
    ("name in mixed case", [("TrAcEsTaTe", "foo=1")], [("foo", "1")]),
    ("name in upper case", [("TRACESTATE", "foo=1")], [("foo", "1")]),
    ("empty", [("tracestate", "")], []),
    ("empty behind", [("tracestate", "foo=1"), ("tracestate", "")], [("foo", "1")]),
    ("empty before", [("tracestate", ""), ("tracestate", "foo=1")], [("foo", "1")]),
    ("empty members", [("tracestate", ",foo=1,, \t ,bar=2,")], [("foo", "1"), ("bar", "2")]),
    (
        "several headers, in order",
        [("tracestate", "foo=1,bar=2"), ("tracestate", "rojo=1,congo=2"), ("tracestate", "baz=3")],
        [("foo", "1"), ("bar", "2"), ("rojo", "1"), ("congo", "2"), ("baz", "3")],
    ),
    ("doubled key, the same value", [("tracestate", "foo=1,foo=1")], []),
    ("doubled key, another value", [("tracestate", "foo=1,foo=2")], []),
    ("doubled key in two headers, the same value", [("tracestate", "foo=1"), ("tracestate", "foo=1")], []),
    ("doubled key in two headers, another value", [("tracestate", "foo=1"), ("tracestate", "foo=2")], []),
    ("all characters", [("tracestate", f"{KEY}={VALUE}")], [(KEY, VALUE)]),
    ("all characters, with a tenant", [("tracestate", f"{KEY}@a-z0-9_-*/={VALUE}")], [(f"{KEY}@a-z0-9_-*/", VALUE)]),
    ("spaces around", [("tracestate", "foo=1 \t , \t bar=2, \t baz=3")], [("foo", "1"), ("bar", "2"), ("baz", "3")]),
    ("tabs around", [("tracestate", "foo=1\t \t,\t \tbar=2,\t \tbaz=3")], [("foo", "1"), ("bar", "2"), ("baz", "3")]),
    ("space before", [("tracestate", " foo=1")], [("foo", "1")]),
    ("tab before", [("tracestate", "\tfoo=1")], [("foo", "1")]),
    ("space behind", [("tracestate", "foo=1 ")], [("foo", "1")]),
    ("tab behind", [("tracestate", "foo=1\t")], [("foo", "1")]),
    ("white space around", [("tracestate", "\t foo=1 \t")], [("foo", "1")]),
    ("spaces at a value's start belong to it", [("tracestate", "foo=  1")], [("foo", "  1")]),
    ("key with a space", [("tracestate", "foo =1")], []),
    ("key in upper case", [("tracestate", "FOO=1")], []),
    ("key with a dot", [("tracestate", "foo.bar=1")], []),
    ("key with a digit first", [("tracestate", "1foo=1")], [("1foo", "1")]),
    ("key that begins with a dash", [("tracestate", "-foo=1,bar=2")], []),
    ("no key", [("tracestate", "=1,bar=2")], []),
    ("no equals sign", [("tracestate", "foo,bar=2")], []),
    ("key that ends with an at sign", [("tracestate", "foo@=1,bar=2")], [("foo@", "1"), ("bar", "2")]),
    ("key that begins with an at sign", [("tracestate", "@foo=1,bar=2")], []),
    ("two at signs", [("tracestate", "foo@@bar=1,bar=2")], [("foo@@bar", "1"), ("bar", "2")]),
    ("two tenants", [("tracestate", "foo@bar@baz=1,bar=2")], [("foo@bar@baz", "1"), ("bar", "2")]),
    (
        "32 members",
        [("tracestate", ",".join(BARS[:20])), ("tracestate", ",".join(BARS[20:32]))],
        [(f"bar{number:02}", f"{number:02}") for number in range(1, 33)],
    ),
    ("33 members", [("tracestate", ",".join(BARS[:20])), ("tracestate", ",".join(BARS[20:]))], []),
    ("key of 256", [("tracestate", "foo=1"), ("tracestate", f"{'z' * 256}=1")], [("foo", "1"), ("z" * 256, "1")]),
    ("key of 257", [("tracestate", "foo=1"), ("tracestate", f"{'z' * 257}=1")], []),
    ("tenant of 241", [("tracestate", f"{'t' * 241}@{'v' * 14}=1")], [(f"{'t' * 241}@{'v' * 14}", "1")]),
    ("tenant of 242", [("tracestate", f"{'t' * 242}@v=1")], [(f"{'t' * 242}@v", "1")]),
    ("vendor of 15", [("tracestate", f"t@{'v' * 15}=1")], [(f"t@{'v' * 15}", "1")]),
    ("value of 256", [("tracestate", f"foo={'v' * 256}")], [("foo", "v" * 256)]),
    ("value of 257", [("tracestate", f"foo={'v' * 257},bar=1")], []),
    ("value with an equals sign", [("tracestate", "foo=bar=baz")], []),
    ("value with a tab", [("tracestate", "foo=a\tb")], []),
    ("value that isn't ASCII", [("tracestate", "foo=\u00e9,bar=1")], []),
    ("value with a line break", [("tracestate", "foo=1\r\nx: y")], []),
    ("no value", [("tracestate", "foo=,bar=3")], []),
    ("a value of spaces", [("tracestate", "foo=   ,bar=3")], []),
    ("full size", [("tracestate", ",".join(f"{n:03}{'k' * 253}={'v' * 256}" for n in range(32)))],
     [(f"{n:03}{'k' * 253}", "v" * 256) for n in range(32)]),
    ("a megabyte", [("tracestate", "," * 1_000_000 + "foo=1")], []),
]  # fmt: skip

FLAGS = [
    ("00", "00"), ("01", "01"), ("02", "02"), ("03", "03"), ("04", "00"), ("09", "01"), ("0a", "02"),
    ("fe", "02"), ("ff", "03"),
]  # fmt: skip


def hop(tracer: Any, headers: list[tuple[str, str]]) -> dict[str, str]:
    """Do what a service does: take a request in, open a span, send a request on."""
    found, baggage = extract(headers)
    context = trace.set_span_in_context(trace.NonRecordingSpan(found), Context()) if found else Context()
    span = tracer.start_span("hop", context=context)
    span.end()
    sent = inject(span.get_span_context(), baggage)
    assert len({name for name, _ in sent}) == len(sent)
    return dict(sent)


@pytest.mark.parametrize(
    ("headers", "continued"), [case[1:] for case in TRACEPARENTS], ids=[case[0] for case in TRACEPARENTS]
)
def test_traceparent(tracer, headers, continued) -> None:
    """A legal traceparent is continued under a new span id; any other begins a new trace."""
    sent = hop(tracer, headers)["traceparent"]
    assert OUT.fullmatch(sent)
    assert (TRACE in sent) is continued
    assert PARENT not in sent


@pytest.mark.parametrize(
    ("headers", "members"), [case[1:] for case in TRACESTATES], ids=[case[0] for case in TRACESTATES]
)
def test_tracestate(tracer, headers, members) -> None:
    """A legal tracestate is passed on as it came, any other is dropped, and neither costs the traceparent."""
    sent = hop(tracer, [("traceparent", GOOD), *headers])
    assert TRACE in sent["traceparent"]
    assert sent.get("tracestate") == (",".join(f"{key}={value}" for key, value in members) or None)


@pytest.mark.parametrize("headers", [[], [("traceparent", f"{GOOD}-")], [("traceparent", GOOD), ("traceparent", GOOD)]])
def test_tracestate_without_a_good_traceparent(tracer, headers) -> None:
    """A tracestate that no valid traceparent belongs to isn't passed on."""
    sent = hop(tracer, [("tracestate", "foo=1,bar=2"), *headers])
    assert "tracestate" not in sent
    assert TRACE not in sent["traceparent"]


@pytest.mark.parametrize(("given", "sent"), FLAGS)
@pytest.mark.parametrize("version", ["00", "cc"])
def test_flags(tracer, version, given, sent) -> None:
    """The sampled and the random flag are passed on, all others are sent as zero."""
    assert hop(tracer, [("traceparent", f"{version}-{TRACE}-{PARENT}-{given}")])["traceparent"].endswith(f"-{sent}")


def test_a_new_trace_says_that_its_id_is_random(tracer) -> None:
    """A trace begun here has the random flag."""
    assert hop(tracer, [])["traceparent"].endswith("-03")


def test_several_calls_of_one_request(tracer) -> None:
    """Each outgoing call carries the trace id that came in, and a span id of its own."""
    sent = [hop(tracer, [("traceparent", SAMPLED)])["traceparent"].split("-") for _ in range(3)]
    assert {parts[1] for parts in sent} == {TRACE}
    assert len({parts[2] for parts in sent}) == 3


def test_several_calls_without_a_traceparent(tracer) -> None:
    """Without a traceparent each call still has a span id of its own."""
    assert len({hop(tracer, [])["traceparent"].split("-")[2] for _ in range(3)}) == 3


def test_several_calls_with_an_illegal_traceparent(tracer) -> None:
    """An illegal trace id is never sent on."""
    sent = [hop(tracer, [("traceparent", f"00-{'0' * 32}-{PARENT}-01")])["traceparent"].split("-") for _ in range(3)]
    assert "0" * 32 not in {parts[1] for parts in sent}
    assert len({parts[2] for parts in sent}) == 3


def test_bytes_are_read_as_text_is() -> None:
    """ASGI's headers are bytes."""
    found, baggage = extract([(b"Traceparent", SAMPLED.encode()), (b"tracestate", b"a@=1"), (b"baggage", b"k=v")])
    assert found is not None
    assert (f"{found.trace_id:032x}", f"{found.span_id:016x}", found.is_remote) == (TRACE, PARENT, True)
    assert found.trace_state.to_header() == "a@=1"
    assert baggage == {"k": "v"}


def test_bytes_that_are_no_text() -> None:
    """Any bytes may stand in a header."""
    assert extract([(b"traceparent", b"\xff\xfe"), (b"\xff", b"\x00"), (b"baggage", b"\xff=\xff")]) == (None, {})


@given(st.lists(st.tuples(st.sampled_from(["traceparent", "tracestate", "baggage", "x"]), st.text() | st.binary())))
def test_any_header_is_read(headers) -> None:
    """No header raises, and what is sent on reads the same."""
    found, baggage = extract(headers)
    again, same = extract(inject(found, baggage))
    assert same == baggage
    assert again == found


def test_an_invalid_context_is_not_injected() -> None:
    """Nothing is sent where there is nothing to tell."""
    assert inject(trace.INVALID_SPAN_CONTEXT, {}) == []
    assert inject(None) == []


def test_baggage_travels_without_a_span() -> None:
    """Baggage stands on its own."""
    assert inject(None, {"tenant": "north west"}) == [("baggage", "tenant=north%20west")]


def test_flags_of_a_foreign_context_are_masked() -> None:
    """What an application put into a SpanContext is sent by Level 2's rules too."""
    context = trace.SpanContext(1, 2, is_remote=False, trace_flags=trace.TraceFlags(0xFF))
    assert inject(context) == [("traceparent", f"00-{1:032x}-{2:016x}-03")]


def test_the_propagator_reads_and_writes_the_same(tracer) -> None:
    """OpenTelemetry's instrumentation packages get the same carrier through the propagator."""
    propagator = Propagator()
    incoming = {"traceparent": [SAMPLED], "tracestate": ["foo@=1", "bar=2"], "baggage": ["a=1", "b=2"]}
    context = propagator.extract(incoming, Context())
    outgoing: dict[str, str] = {}
    propagator.inject(outgoing, context)
    assert outgoing == {"traceparent": SAMPLED, "tracestate": "foo@=1,bar=2", "baggage": "a=1,b=2"}

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import SpanContext, TraceFlags

from obskit.decide.sampling import ALL, Forced, Sampler, probability_of, randomness_of
from obskit.tracing import carrier
from obskit.tracing.engine import Engine, default_limits
from obskit.tracing.head import probability
from obskit.tracing.probability import read
from obskit.tracing.provider import TracerProvider
from obskit.tracing.tracestate import parse

HALF = 1 << 55
# Randomness just below and at the middle.
LOW, HIGH = HALF - 1, HALF


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def service(
    rate: float, forced: Forced | None = None, clock: Any = None, chosen: Forced | None = None, **more: Any
) -> TracerProvider:
    """A process that samples at a rate."""
    sampler = Sampler(rate)
    made = TracerProvider()
    arguments: dict[str, Any] = {
        "sample": sampler.keeps,
        "sampler": sampler,
        "forced": forced,
        "chosen": chosen or Forced(1.0, 10**6),
        "clock": clock or Clock(),
        "on_end": lambda span: None,
        "resource": Resource({}),
        "limits": default_limits(),
        "protect": lambda value, key: value,
        "correlation_id": lambda: None,
    }
    made.swap(Engine(**(arguments | more)))
    return made


def start(provider: TracerProvider, parent: SpanContext | None = None) -> Any:
    context = Context() if parent is None else trace.set_span_in_context(trace.NonRecordingSpan(parent), Context())
    return provider.get_tracer("t").start_span("a", context=context)


def remote(trace_id: int, flags: int = 3, state: str = "", is_remote: bool = True) -> SpanContext:
    states = parse([state])
    return SpanContext(trace_id, 0xDEF, is_remote=is_remote, trace_flags=TraceFlags(flags), trace_state=states)


def received(span: Any) -> SpanContext:
    """What another process reads of a span's headers."""
    context, _ = carrier.extract(carrier.inject(span.get_span_context()))
    assert context is not None
    return context


def header(span: Any) -> str:
    return str(span.trace_state.to_header())


def test_a_new_trace_says_its_threshold() -> None:
    """The root of a sampled trace, and all below it, carry `th`; an unsampled one carries nothing."""
    provider = service(0.25)
    spans = [start(provider) for _ in range(400)]
    for span in spans:
        sampled = randomness_of(span.trace_id) >= 3 << 54
        assert bool(span.flags & 1) is sampled
        assert (header(span), span.probability) == (("ot=th:c", 0.25) if sampled else ("", 1.0))
        child = provider.get_tracer("t").start_span("b", context=trace.set_span_in_context(span, Context()))
        assert (header(child), child.probability, child.flags) == (header(span), span.probability, span.flags)
    assert 45 < sum(span.flags & 1 for span in spans) < 155


def test_a_rate_of_one_writes_nothing() -> None:
    """Where everything is kept no header is sent for it."""
    span = start(service(1.0))
    assert (header(span), span.probability, span.flags) == ("", 1.0, 3)


def test_a_rate_of_nothing_keeps_nothing() -> None:
    """Rate 0 has no threshold, and needs none."""
    assert not any(start(service(0.0)).flags & 1 for _ in range(50))


def test_a_trace_that_its_unit_keeps_gets_a_randomness_that_says_so() -> None:
    """A further trace of a unit that was kept before is consistent for all processes behind it."""
    provider = service(0.01, sample=lambda _: True)
    for span in [start(provider) for _ in range(100)]:
        told, threshold = read(span.trace_state), Sampler(0.01).threshold
        assert span.flags == 3
        assert told.threshold == threshold
        assert (told.randomness or randomness_of(span.trace_id)) >= threshold
        assert start(service(0.01), received(span)).flags == 3


@pytest.mark.parametrize("flags", [0, 1, 2, 3])
@pytest.mark.parametrize("rate", [1.0, 0.5])
def test_a_local_parent_is_followed_without_limit(flags, rate) -> None:
    """What was decided in this process holds here."""
    provider = service(rate, Forced(1.0, 1))
    for _ in range(5):
        span = start(provider, remote(LOW, flags, is_remote=False))
        assert span.flags == flags


@pytest.mark.parametrize(
    ("state", "probability", "sent"),
    [
        ("", 1.0, ""),
        ("ot=th:8", 0.5, "ot=th:8"),
        ("ot=th:0", 1.0, "ot=th:0"),
        ("v=1,ot=p:8;th:c;rv:ffffffffffffff", 0.25, "v=1,ot=p:8;th:c;rv:ffffffffffffff"),
        # Its randomness contradicts the flag.
        ("ot=th:c", 1.0, ""),
        ("ot=rv:00000000000000;th:8,v=1", 1.0, "ot=rv:00000000000000,v=1"),
        ("ot=th:zz;x:1,v=1", 1.0, "ot=x:1,v=1"),
        ("ot=th:8;rv:12,v=1", 0.5, "ot=th:8,v=1"),
        ("v=1", 1.0, "v=1"),
    ],
)
def test_a_remote_sampled_parent(state, probability, sent) -> None:
    """The line stands for what `th` says; a malformed or contradicting one counts for nothing and goes."""
    span = start(service(1.0), remote(HIGH, 3, state))
    assert (span.flags, span.probability, header(span)) == (3, probability, sent)


@pytest.mark.parametrize(
    ("state", "sent"),
    [("", ""), ("ot=th:8,v=1", "v=1"), ("v=1,ot=th:8;rv:ffffffffffffff;x:1", "ot=rv:ffffffffffffff;x:1,v=1")],
)
@pytest.mark.parametrize("rate", [1.0, 0.5])
def test_a_remote_unsampled_parent(state, sent, rate) -> None:
    """The flag is followed, the threshold goes, everything else stays."""
    span = start(service(rate), remote(HIGH, 2, state))
    assert (span.flags, span.probability, header(span)) == (2, 1.0, sent)


def test_randomness_of_the_state_counts_before_the_trace_id() -> None:
    """`rv` decides where there is one, whether or not the random flag is set; without both the trace id does."""
    forced = Forced(1e-9, 1)
    provider = service(0.5, forced)
    assert start(provider, remote(LOW, 3, "ot=rv:ffffffffffffff")).flags == 3
    assert start(provider, remote(HIGH, 1)).flags == 1
    assert not forced.spent(1000.0)
    assert start(provider, remote(HIGH, 3, "ot=rv:00000000000000")).flags == 3
    assert forced.spent(1000.0)


def test_an_outsider_cannot_force_load() -> None:
    """Beyond the rate a sampled flag is only a hint: what this process would not keep by itself, it does not."""
    clock = Clock()
    provider = service(0.5, Forced(2.0, 3), clock)
    assert [start(provider, remote(LOW)).flags for _ in range(5)] == [3, 3, 3, 2, 2]
    clock.now += 1.0
    assert [start(provider, remote(LOW)).flags for _ in range(4)] == [3, 3, 2, 2]
    assert [start(provider, remote(HIGH)).flags for _ in range(20)] == [3] * 20


def test_a_process_that_keeps_all_is_forced_to_nothing() -> None:
    """At rate 1 nobody is counted."""
    forced = Forced(1e-9, 1)
    assert all(start(service(1.0, forced), remote(LOW)).flags == 3 for _ in range(5))
    assert not forced.spent(1000.0)


def test_children_of_a_refused_trace_follow_their_local_root() -> None:
    """One decision holds for all that lies below it in this process, and what is sent on says so."""
    provider = service(0.5, Forced(1e-9, 1))
    roots = [start(provider, remote(LOW, 3, "ot=th:4,v=1")) for _ in range(2)]
    children = [
        provider.get_tracer("t").start_span("b", context=trace.set_span_in_context(root, Context())) for root in roots
    ]
    assert [child.flags for child in children] == [3, 2]
    assert [header(child) for child in children] == ["ot=th:4,v=1", "v=1"]
    assert received(children[1]).trace_flags == 2


def test_while_too_much_is_forced_what_is_kept_stands_for_the_rest() -> None:
    """Then this process's own rate decides, and the threshold says so; a lower rate of the caller's stays."""
    provider = service(0.5, Forced(1e-9, 1))
    assert start(provider, remote(LOW)).flags == 3
    kept = [start(provider, remote(ALL - 1, 3, state)) for state in ("", "ot=th:4", "ot=th:c;x:1")]
    assert [span.probability for span in kept] == [0.5, 0.5, 0.25]
    assert [header(span) for span in kept] == ["ot=th:8", "ot=th:8", "ot=th:c;x:1"]


def test_the_sampler_says_what_a_span_does() -> None:
    """Who asks the provider's sampler hears the same decision, trace state included."""
    provider = service(0.5)
    for trace_id in (LOW, HIGH):
        asked = provider.sampler.should_sample(Context(), trace_id, "a")
        assert asked.decision.is_sampled() is (trace_id == HIGH)
        assert asked.trace_state.to_header() == ("ot=th:8" if trace_id == HIGH else "")
    parent = trace.set_span_in_context(trace.NonRecordingSpan(remote(HIGH, 2, "ot=th:8,v=1")), Context())
    asked = provider.sampler.should_sample(parent, HIGH, "a")
    assert not asked.decision.is_sampled()
    assert asked.decision.is_recording()
    assert asked.trace_state.to_header() == "v=1"


@given(rates=st.lists(st.sampled_from([1.0, 0.9, 0.5, 0.1, 0.01]), min_size=1, max_size=4), seed=st.integers(0, 999))
def test_every_service_on_the_way_agrees(rates, seed) -> None:
    """However many services a trace passes, the first one decides, and the last knows how probable that was."""
    services = [service(rate, Forced(1.0, 10**6)) for rate in rates]
    trace_id = random.Random(seed).getrandbits(128) or 1
    first = services[0].engine.sampler
    state = "" if first.rate == 1.0 else f"ot=th:{first.threshold:014x}"
    context = remote(trace_id, 3 if first.keeps(trace_id) else 2, state if first.keeps(trace_id) else "")
    for each in services[1:]:
        span = start(each, context)
        assert bool(span.flags & 1) is first.keeps(trace_id)
        assert span.probability == pytest.approx(first.rate if first.keeps(trace_id) else 1.0, rel=1e-11)
        context = received(span)


def test_ids_that_a_caller_has_chosen_force_no_load() -> None:
    """Beyond the second bucket this process throws dice of its own, and its lines say how probable that was."""
    edge = service(0.1, chosen=Forced(0.001, 20))
    forged = carrier.extract([("traceparent", f"00-{'f' * 32}-{'e' * 16}-01")])
    kept = [span for span in (start(edge, forged) for _ in range(3000)) if span.flags & 1]
    assert 20 + 200 < len(kept) < 20 + 420
    assert {round(span.probability, 6) for span in kept[20:]} <= {0.1, 1.0}


def test_dice_of_its_own_are_told_onwards() -> None:
    """Whoever reads the trace next counts as this process does, whatever the id's own bits say."""
    edge = service(0.1, chosen=Forced(0.001, 1))
    source = random.Random(3)
    # Kept by 0.25 and, by its id, by 0.1, too.
    parents = [remote(source.getrandbits(128) | 0xE7 << 48, state="ot=th:c") for _ in range(3000)]
    kept = [span for span in (start(edge, parent) for parent in parents) if span.flags & 1]
    diced = [span for span in kept if span.probability == pytest.approx(0.025)]
    assert len(diced) > 100
    assert [probability(received(span)) for span in diced] == pytest.approx([0.025] * len(diced))


@pytest.mark.parametrize("second_rate", [1.0, 0.5, 0.05])
@pytest.mark.parametrize("first_rate", [0.5, 0.1])
def test_counts_through_two_services_are_unbiased(first_rate, second_rate) -> None:
    """The lines of both services, each counted as often as it says, add up to the number of requests."""
    first, second = service(first_rate), service(second_rate, Forced(1.0, 10**6))
    requests, counted = 6000, [0.0, 0.0]
    for _ in range(requests):
        outer = start(first)
        inner = start(second, received(outer))
        for place, span in enumerate((outer, inner)):
            if span.flags & 1:
                counted[place] += 1 / span.probability
    # Five standard deviations of a binomial estimate.
    allowed = 5 * (requests * (1 - first_rate) / first_rate) ** 0.5
    assert all(abs(count - requests) < allowed for count in counted)
    assert counted[0] == pytest.approx(counted[1], rel=1e-6)


def test_counts_are_unbiased_while_callers_force_too_much() -> None:
    """Where the bucket runs dry, what is kept by the rate stands for what is not."""
    clock, source = Clock(), random.Random(5)
    rate, requests, counted, kept = 0.2, 20_000, 0.0, 0
    provider = service(rate, Forced(50.0, 10), clock)
    for _ in range(requests):
        clock.now += source.expovariate(200.0)
        span = start(provider, remote(source.getrandbits(128) or 1))
        if span.flags & 1:
            kept += 1
            counted += 1 / span.probability
    assert kept < requests * 0.6
    assert counted == pytest.approx(requests, rel=0.05)


@given(rate=st.floats(1e-6, 1), threshold=st.integers(0, ALL - 1), trace_id=st.integers(1, (1 << 128) - 1))
def test_what_is_sent_on_is_never_inconsistent(rate, threshold, trace_id) -> None:
    """Whatever comes in, a `th` that goes out belongs to a sampled trace whose randomness reaches it."""
    for forced in (Forced(1.0, 100), Forced(1e-9, 1)):
        provider = service(rate, forced)
        for flags in (3, 3, 2, 1, 0):
            span = start(provider, remote(trace_id, flags, f"ot=th:{threshold:014x},v=1"))
            told = read(span.trace_state)
            assert "v=1" in header(span)
            if told.threshold is not None:
                assert span.flags & 1
                assert randomness_of(trace_id) >= told.threshold
                assert span.probability == probability_of(told.threshold)

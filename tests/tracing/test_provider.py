from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.context.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider as SdkProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Decision

from obskit.tracing.provider import TracerProvider, facade


class Failing:
    """A span processor in which everything fails."""

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        raise RuntimeError("start")

    def _on_ending(self, span: Any) -> None:
        raise RuntimeError("ending")

    def on_end(self, span: Any) -> None:
        raise RuntimeError("end")

    def shutdown(self) -> None:
        raise RuntimeError("shutdown")

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        raise RuntimeError("flush")


def run(script: str) -> str:
    """Run a script in a process of its own, whose global provider it may set."""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=40)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


ENGINE = """
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from obskit.tracing.engine import Engine, default_limits
from obskit.tracing import provider
from obskit.tracing.api import span
ended = []
engine = Engine(sample=lambda _: True, on_end=lambda s: ended.append((s.name, s.correlation_id)), resource=Resource({}),
    limits=default_limits(), protect=lambda value, key: value, correlation_id=lambda: "req-1")
"""


def test_it_is_a_provider_of_the_sdk(provider) -> None:
    """Instrumentation packages that check for the SDK's provider accept it."""
    assert isinstance(provider, SdkProvider)
    assert provider.resource.attributes["service.name"] == "shop"
    assert provider.id_generator.generate_trace_id() > 0
    assert provider.sampler.get_description()


def test_one_facade_a_process() -> None:
    """The facade is the same object whenever it is asked for."""
    assert facade() is facade()


def test_the_same_tracer_for_the_same_name(provider) -> None:
    """Tracers are kept by name, version, schema and attributes."""
    assert provider.get_tracer("a", "1") is provider.get_tracer("a", "1")
    assert provider.get_tracer("a", "1") is not provider.get_tracer("a", "2")
    assert provider.get_tracer("a", attributes={"x": 1}) is not provider.get_tracer("a")
    assert provider.get_tracer(None) is provider.get_tracer("")


def test_before_init_spans_have_ids_and_go_nowhere() -> None:
    """Without an engine a span is valid, sampled and followed by its children."""
    tracer = TracerProvider().get_tracer("t")
    with tracer.start_as_current_span("a", context=Context()) as span:
        assert span.get_span_context().is_valid
        assert span.get_span_context().trace_flags.sampled
        assert tracer.start_span("b").parent == span.context
    assert not span.is_recording()


def test_a_span_goes_to_the_engine_in_force_at_its_end(make_engine, ended) -> None:
    """What began before `init` is not lost."""
    provider = TracerProvider()
    span = provider.get_tracer("t").start_span("a", context=Context())
    provider.swap(make_engine())
    span.end()
    assert [each.name for each in ended] == ["a"]


def test_swap_gives_the_engine_before(make_engine) -> None:
    """Whoever swaps can close what was in force."""
    provider, first, second = TracerProvider(), make_engine(), make_engine()
    assert provider.swap(first) is None
    assert provider.swap(second) is first
    assert provider.swap(None) is second
    assert provider.swap(None) is None


def test_tracers_outlive_a_swap(provider, make_engine, ended) -> None:
    """A tracer that an instrumentation holds uses the new engine."""
    tracer = provider.get_tracer("t")
    theirs: list[Any] = []
    provider.swap(make_engine(on_end=theirs.append, resource=Resource({"service.name": "other"})))
    tracer.start_span("a", context=Context()).end()
    assert [span.resource.attributes["service.name"] for span in theirs] == ["other"]
    assert ended == []


def test_processors_added_early_wait_for_the_engine(make_engine, kept) -> None:
    """A span processor added before `init` gets the spans of the engine that comes, and of that one only."""
    provider = TracerProvider()
    provider.add_span_processor(kept)
    tracer = provider.get_tracer("t")
    tracer.start_span("before", context=Context()).end()
    provider.swap(make_engine())
    tracer.start_span("after", context=Context()).end()
    provider.swap(make_engine())
    tracer.start_span("later", context=Context()).end()
    assert [span.name for span in kept.ended] == ["after"]


def test_processors_belong_to_their_engine(provider, make_engine, kept) -> None:
    """A swap leaves the span processors with the engine that goes."""
    provider.add_span_processor(kept)
    before = provider.swap(make_engine())
    provider.get_tracer("t").start_span("a", context=Context()).end()
    assert kept.started == kept.ended == []
    before.shutdown()
    assert kept.closed == 1


def test_processors_get_start_and_end(provider, kept) -> None:
    """`on_start` gets the span, which it may still change, and the parent's context."""
    context = Context({"k": 1})

    def colour(span: Any, parent_context: Any = None) -> None:
        span.set_attribute("colour", "red")
        kept.parent_contexts.append(parent_context)

    kept.on_start = colour
    provider.add_span_processor(kept)
    provider.get_tracer("t").start_span("a", context=context, attributes={"a": 1}).end()
    assert dict(kept.ended[0].attributes) == {"a": 1, "colour": "red"}
    assert kept.parent_contexts == [context]


def test_exporters_of_the_sdk_work(provider) -> None:
    """A span processor of OpenTelemetry exports the spans, sampled ones only."""
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("t")
    tracer.start_span("a", context=Context()).end()
    unsampled = trace.SpanContext(1, 2, is_remote=True, trace_flags=trace.TraceFlags(0))
    tracer.start_span("b", trace.set_span_in_context(trace.NonRecordingSpan(unsampled), Context())).end()
    assert [span.name for span in exporter.get_finished_spans()] == ["a"]


def test_a_failing_processor_reaches_nobody(provider, kept, ended, caplog) -> None:
    """What a span processor raises is told once, and the others and obskit get their spans."""
    provider.add_span_processor(Failing())
    provider.add_span_processor(kept)
    for _ in range(3):
        provider.get_tracer("t").start_span("a", context=Context()).end()
    assert len(ended) == len(kept.ended) == len(kept.started) == 3
    assert [record.getMessage().split(";")[0] for record in caplog.records] == [
        "on_start of Failing failed",
        "_on_ending of Failing failed",
        "on_end of Failing failed",
    ]
    assert provider.force_flush() is False
    provider.shutdown()
    assert kept.closed == 1


def test_failures_go_to_who_asks_for_them(provider, make_engine, ended) -> None:
    """Neither sampling, nor the correlation id, nor the end of a span can raise into the application."""
    told: list[str] = []

    def fail(*_: Any) -> Any:
        raise RuntimeError("broken")

    provider.swap(
        make_engine(sample=fail, correlation_id=fail, on_end=fail, on_error=lambda what, error: told.append(what))
    )
    span = provider.get_tracer("t").start_span("a", context=Context())
    span.end()
    assert span.context.trace_flags.sampled
    assert told == ["sampling", "the correlation id", "the end of a span"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_interrupts_pass(provider, make_engine, error) -> None:
    """What ends the process is never swallowed."""

    def interrupt(span: Any) -> None:
        raise error

    provider.swap(make_engine(on_end=interrupt))
    with pytest.raises(error):
        provider.get_tracer("t").start_span("a", context=Context()).end()


def test_flush_asks_everyone(provider, make_engine, kept) -> None:
    """`force_flush` is true when each span processor and obskit's delivery say so, within one time limit."""
    asked: list[float] = []

    def flush(seconds: float) -> bool:
        asked.append(seconds)
        return len(asked) == 1

    provider.swap(make_engine(flush=flush))
    provider.add_span_processor(kept)
    assert provider.force_flush(2000) is True
    assert provider.force_flush(2000) is False
    assert all(0 < seconds <= 2 for seconds in asked)
    assert provider.force_flush(0) is False


def test_shutdown_closes_processors_and_obskit_goes_on(provider, kept, ended) -> None:
    """An application that shuts its provider down doesn't cut obskit off."""
    provider.add_span_processor(kept)
    provider.shutdown()
    provider.shutdown()
    provider.get_tracer("t").start_span("a", context=Context()).end()
    assert (kept.closed, kept.ended, len(ended)) == (1, [], 1)


def test_the_sampler_tells_what_spans_do(provider, make_engine) -> None:
    """Who asks the provider's sampler hears the engine's decision; nothing is left unrecorded."""
    provider.swap(make_engine(sample=lambda trace_id: trace_id == 1))
    decide = provider.sampler.should_sample
    assert decide(Context(), 1, "a").decision is Decision.RECORD_AND_SAMPLE
    assert decide(Context(), 2, "a", attributes={"k": 1}).decision is Decision.RECORD_ONLY
    remote = trace.SpanContext(1, 2, is_remote=True, trace_flags=trace.TraceFlags(1))
    parent = trace.set_span_in_context(trace.NonRecordingSpan(remote), Context())
    assert decide(parent, 2, "a").decision is Decision.RECORD_AND_SAMPLE


def test_disabled_by_the_environment(provider, make_engine, monkeypatch, ended) -> None:
    """With OTEL_SDK_DISABLED at the time of `init` no span is recorded; without it at the next one, they are again."""
    monkeypatch.setenv("OTEL_SDK_DISABLED", " True")
    provider.swap(make_engine())
    with provider.get_tracer("off").start_as_current_span("a") as span:
        assert not span.is_recording()
    assert ended == []
    monkeypatch.delenv("OTEL_SDK_DISABLED")
    provider.swap(make_engine())
    provider.get_tracer("off").start_span("a", context=Context()).end()
    assert len(ended) == 1


def test_bad_limits_in_the_environment_do_not_matter(monkeypatch) -> None:
    """Making the facade never raises; the settings tell of a bad value."""
    monkeypatch.setenv("OTEL_SPAN_EVENT_COUNT_LIMIT", "many")
    assert TracerProvider().get_tracer("t").start_span("a", context=Context()).is_recording()


def test_tracers_made_by_many_threads(provider) -> None:
    """Threads that ask for the same tracer get the same one."""
    made: list[Any] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        made.append(provider.get_tracer("shared"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, made))) == 1


def test_obskit_becomes_the_global_provider() -> None:
    """A tracer that was got before `init` works from then on, and again after another `init`."""
    script = """
early = trace.get_tracer("early")
print(provider.activate(engine), trace.get_tracer_provider() is provider.facade(), end=" ")
early.start_span("a").end()
with span("b"): pass
print(provider.deactivate() is engine, end=" ")
with span("c"): pass
print(provider.activate(engine), end=" ")
early.start_span("d").end()
print(ended)
"""
    expected = "facade True True facade [('a', 'req-1'), ('b', 'req-1'), ('d', 'req-1')]"
    assert run(ENGINE + script) == expected


def test_obskit_joins_the_provider_of_the_application() -> None:
    """Where an SDK provider was set before, its spans and obskit's own are one trace, and come once each."""
    script = """
theirs = TracerProvider()
trace.set_tracer_provider(theirs)
print(provider.activate(engine), provider.activate(engine), end=" ")
with trace.get_tracer("x").start_as_current_span("a") as outer, span("b") as inner:
    print(outer.context.trace_id == inner.context.trace_id, end=" ")
print(ended, end=" ")
provider.deactivate()
with span("c"): pass
print(len(ended), len(theirs._active_span_processor._span_processors))
"""
    assert run(ENGINE + script) == "joined joined True [('b', 'req-1'), ('a', 'req-1')] 2 1"


def test_a_provider_that_is_not_the_sdks_is_left_alone() -> None:
    """Another vendor's provider stays; obskit's own spans still reach the engine."""
    script = """
trace.set_tracer_provider(trace.NoOpTracerProvider())
print(provider.activate(engine), end=" ")
with span("a"): pass
print(ended)
"""
    assert run(ENGINE + script) == "foreign [('a', 'req-1')]"

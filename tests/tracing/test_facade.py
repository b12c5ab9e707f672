from __future__ import annotations

import subprocess
import sys

import pytest

ENGINE = """
import sys
from opentelemetry import trace
from obskit.tracing import facade
from obskit.tracing.api import span
from obskit.tracing.engine import Engine, default_limits
ended = []
engine = Engine(sample=lambda trace_id: True, on_end=lambda span: ended.append(span.name),
    resource=lambda: {"service.name": "shop"}, limits=default_limits(), protect=lambda value, key: value,
    correlation_id=lambda: None)
facade.activate(engine)
ours = trace.get_tracer_provider()
early = trace.get_tracer("early")
"""


def run(script: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", ENGINE + script], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.splitlines()


def test_spans_need_no_sdk() -> None:
    """A program that never asks for the SDK doesn't pay for its import."""
    script = """
with early.start_as_current_span("a"), span("b"): pass
print(ended, "opentelemetry.sdk.trace" in sys.modules, "opentelemetry.sdk.resources" in sys.modules)
"""
    assert run(script) == ["['b', 'a'] False False"]


def test_who_imports_the_sdk_finds_one_of_its_providers() -> None:
    """The object that applications and tracers hold already is a provider of the SDK's from then on."""
    script = """
from opentelemetry.sdk.trace import TracerProvider
print(isinstance(ours, TracerProvider), type(ours).__name__, ours is facade.facade() is trace.get_tracer_provider())
early.start_span("a").end()
ours.get_tracer("late").start_span("b").end()
print(ours.get_tracer("early") is facade.facade().get_tracer("early"), ended, ours.resource.attributes["service.name"])
"""
    assert run(script) == ["True TracerProvider True", "True ['a', 'b'] shop"]


def test_a_span_processor_comes_with_the_sdk() -> None:
    """Who adds one gets the spans of tracers that were there before."""
    script = """
from opentelemetry.sdk.trace import SpanProcessor
class Mine(SpanProcessor):
    def on_end(self, span): print("mine", span.name, dict(span.resource.attributes))
ours.add_span_processor(Mine())
early.start_span("a").end()
"""
    assert run(script) == ["mine a {'service.name': 'shop'}"]


@pytest.mark.parametrize("name", ["sampler", "id_generator", "_active_span_processor"])
def test_the_sdks_own_attributes_are_there(name: str) -> None:
    """What reaches into the provider, as some instrumentations do, finds what the SDK's has."""
    assert run(f"print(getattr(ours, {name!r}) is not None, type(ours).__name__)") == ["True TracerProvider"]


def test_an_attribute_that_nobody_has_is_an_attribute_error() -> None:
    """As of any object, whether the SDK had to be asked or not."""
    script = 'print(hasattr(ours, "nonsense"), hasattr(ours, "__nonsense__"), type(ours).__name__)'
    assert run(script) == ["False False TracerProvider"]


def test_many_threads_ask_at_once() -> None:
    """Each finds a complete provider of the SDK's."""
    script = """
import threading
from opentelemetry.sdk.trace import TracerProvider
start, found = threading.Barrier(8), []
def ask():
    start.wait()
    found.append(isinstance(ours, TracerProvider) and ours.sampler.get_description())
threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(set(found))
"""
    assert run(script) == ["{'ObskitHeadSampler'}"]


def test_bad_limits_in_the_environment_do_not_stop_a_later_import_of_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK would raise for one at its import; where there is one, obskit imports it first and without it."""
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many")
    assert run("import opentelemetry.sdk.trace; print(trace.get_tracer_provider() is ours)") == ["True"]

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, SpanProcessor
from opentelemetry.sdk.trace import TracerProvider as SdkProvider

from obskit.tracing.engine import Engine, default_limits
from obskit.tracing.provider import TracerProvider, facade


class Kept(SpanProcessor):
    """A user's span processor that keeps what it is given."""

    def __init__(self) -> None:
        self.started: list[Any] = []
        self.ended: list[ReadableSpan] = []
        self.parent_contexts: list[Any] = []
        self.closed = 0

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        self.started.append(span)
        self.parent_contexts.append(parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        self.ended.append(span)

    def shutdown(self) -> None:
        self.closed += 1


@pytest.fixture
def ended() -> list[Any]:
    return []


@pytest.fixture
def make_engine(ended: list[Any]) -> Callable[..., Engine]:
    def make(**changes: Any) -> Engine:
        arguments: dict[str, Any] = {
            "sample": lambda trace_id: True,
            "on_end": ended.append,
            "resource": Resource({"service.name": "shop"}),
            "limits": default_limits(),
            "protect": lambda value, key: value,
            "correlation_id": lambda: None,
        }
        return Engine(**(arguments | changes))

    return make


@pytest.fixture
def provider(make_engine: Callable[..., Engine]) -> TracerProvider:
    made = TracerProvider()
    made.swap(make_engine())
    return made


@pytest.fixture
def tracer(provider: TracerProvider) -> Any:
    return provider.get_tracer("tests", "1.0")


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def make_kept() -> type[Kept]:
    return Kept


@pytest.fixture
def global_engine(make_engine: Callable[..., Engine]) -> Iterator[Engine]:
    engine = make_engine()
    before = facade().swap(engine)
    yield engine
    facade().swap(before)


@pytest.fixture
def make_sdk() -> Callable[..., SdkProvider]:
    def make(limits: SpanLimits | None = None) -> SdkProvider:
        return SdkProvider(
            resource=Resource({"service.name": "shop"}), shutdown_on_exit=False, span_limits=limits or default_limits()
        )

    return make

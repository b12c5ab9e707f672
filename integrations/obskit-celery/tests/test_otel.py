"""Beside OpenTelemetry's own instrumentation there is one producer and one consumer span a task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from opentelemetry.instrumentation.celery import CeleryInstrumentor

import obskit


@pytest.fixture(params=["before", "after"])
def instrumented(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Have OpenTelemetry's package instrument Celery, before obskit does or after."""
    from obskit.testing import capture

    if request.param == "before":
        CeleryInstrumentor().instrument()
    with capture(integrations=["celery"]) as found:
        if request.param == "after":
            CeleryInstrumentor().instrument()
        yield found
    CeleryInstrumentor().uninstrument()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_there_is_one_span_each_and_one_line(instrumented: Any, app: Celery, task: Any) -> None:
    """The spans are OpenTelemetry's; the line carries the ids of its span and the correlation id of the sender."""
    noop = task("shop.noop", lambda: None)
    with obskit.scope("order-5"):
        noop.delay()
        noop.apply()
    sent, ran = instrumented.spans
    (line,) = [line for line in instrumented.records if line.get("logger") == "obskit.task"]
    assert (sent["span_kind"], ran["span_kind"]) == ("PRODUCER", "CONSUMER")
    assert {span["instrumentation"]["name"] for span in (sent, ran)} == {"opentelemetry.instrumentation.celery"}
    assert (line["trace_id"], line["span_id"]) == (ran["trace_id"], ran["span_id"])
    assert line["correlation_id"] == "order-5"

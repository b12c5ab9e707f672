"""Whether OpenTelemetry's own instrumentation makes the spans."""

from __future__ import annotations

from obskit.integration import instrumented_by_opentelemetry


def makes_the_spans() -> bool:
    """Return whether opentelemetry-instrumentation-celery is active in this process."""
    return instrumented_by_opentelemetry("opentelemetry.instrumentation.celery")

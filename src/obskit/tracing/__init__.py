"""Spans: their ids, their life, and the headers that carry them between processes.

In: calls of the OpenTelemetry API, `obskit.span`, and the headers of incoming requests.
Out: every ended span, to the `on_end` of the engine in force; headers for outgoing requests.
"""

from __future__ import annotations

import os

_LIMITS = (
    "OTEL_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_SPAN_EVENT_COUNT_LIMIT", "OTEL_SPAN_LINK_COUNT_LIMIT",
    "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
)  # fmt: skip


def _spare_sdk() -> None:
    # The SDK reads these at import and raises for a bad one; settings have a warning for it instead.
    bad = {name: value for name in _LIMITS if (value := os.environ.get(name)) is not None and not value.isdigit()}
    if not bad:
        return
    for name in bad:
        del os.environ[name]
    try:
        import opentelemetry.sdk.trace  # noqa: F401 - for its effect
    finally:
        os.environ.update(bad)


_spare_sdk()

"""Give OpenTelemetry's instrumentation packages the same carrier."""

from __future__ import annotations

from opentelemetry import baggage, trace
from opentelemetry.context import get_current
from opentelemetry.context.context import Context
from opentelemetry.propagators.textmap import (
    CarrierT,
    DefaultGetter,
    Getter,
    Setter,
    TextMapPropagator,
    default_getter,
    default_setter,
)

from obskit.tracing import carrier as w3c
from obskit.tracing.facade import facade

_FIELDS = ("traceparent", "tracestate", "baggage")


class Propagator(TextMapPropagator):
    """Carry trace context and baggage by `obskit.tracing.carrier`; for `opentelemetry.propagate.set_global_textmap`."""

    def extract(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        getter: Getter[CarrierT] = default_getter,
    ) -> Context:
        """Read what came with a request.

        Args:
            carrier: the headers, in whatever form `getter` reads.
            context: what the result is based on; by default the current context.
            getter: reads values by name.

        Returns:
            A context with the remote span and the baggage, where there are any.
        """
        into = get_current() if context is None else context
        try:
            parent, found = w3c.extract(_headers(carrier, getter))
        except Exception:
            return into
        if parent is not None:
            into = trace.set_span_in_context(trace.NonRecordingSpan(parent), into)
        for key, value in found.items():
            into = baggage.set_baggage(key, value, into)
        return into

    def inject(
        self,
        carrier: CarrierT,
        context: Context | None = None,
        setter: Setter[CarrierT] = default_setter,
    ) -> None:
        """Write the headers of an outgoing request.

        Args:
            carrier: what `setter` writes into.
            context: whose span and baggage are written; by default the current context's.
            setter: writes a value by name.
        """
        span = trace.get_current_span(context)
        protect = facade().engine.protect
        for name, value in w3c.inject(span.get_span_context(), baggage.get_all(context), protect):
            setter.set(carrier, name, value)

    @property
    def fields(self) -> set[str]:
        """Name the headers that `inject` may write."""
        return set(_FIELDS)


def _headers(carrier: CarrierT, getter: Getter[CarrierT]) -> list[tuple[str | bytes, str | bytes]]:
    found: list[tuple[str | bytes, str | bytes]] = [
        (name, value) for name in _FIELDS for value in _values(carrier, getter, name)
    ]
    if any(name == "traceparent" for name, _ in found) and type(getter) is not DefaultGetter:
        return found
    # A plain dict is read by the exact key, yet header names may come in any case.
    others = [name for name in getter.keys(carrier) if name not in _FIELDS]
    named = [name for name in others if name.lower() in _FIELDS]
    return [*found, *((name, value) for name in named for value in _values(carrier, getter, name))]


def _values(carrier: CarrierT, getter: Getter[CarrierT], name: str) -> list[str]:
    values: object = getter.get(carrier, name)
    if not values:
        return []
    # Getters outside OpenTelemetry's own packages give one string now and then.
    return [values] if isinstance(values, str) else [str(value) for value in getter.get(carrier, name) or ()]

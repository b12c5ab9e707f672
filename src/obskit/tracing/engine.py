"""What lies behind the tracer provider: sampling, limits and where ended spans go."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import DEFAULT_TRACE_STATE

from obskit.decide.sampling import ALL, CHOSEN_BURST, CHOSEN_PER_SECOND, Forced, Sampler
from obskit.tracing.probability import alone

if TYPE_CHECKING:
    from opentelemetry.context.context import Context
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

    from obskit.tracing.span import Span
    from obskit.tracing.view import View

logger = logging.getLogger("obskit.tracing")


class Limits:
    """How much a span may hold; names and numbers are those of the SDK's SpanLimits.

    Args:
        most: the limits in the place of OpenTelemetry's defaults, which are 128 of each and values of any length;
            -1 is no limit.
    """

    max_attributes: int | None = 128
    max_events: int | None = 128
    max_links: int | None = 128
    max_span_attributes: int | None = 128
    max_event_attributes: int | None = 128
    max_link_attributes: int | None = 128
    max_attribute_length: int | None = None
    max_span_attribute_length: int | None = None

    def __init__(self, **most: int) -> None:
        vars(self).update({name: None if limit == -1 else limit for name, limit in most.items()})


def default_limits() -> Limits:
    """Give OpenTelemetry's default limits, whatever stands in the environment."""
    return Limits()


class Engine:
    """What a tracer provider does with its spans, from one `init` to the next.

    None of the callables can break an application: what they raise is handed to `on_error`.

    Args:
        sample: decides for a new trace id; True sets the sampled flag. None keeps every trace.
        sampler: the rate by which `sample` decides.
        forced: tells of traces that callers have sampled, and the sampler would not, whether they may be; by default
            100 a second, and 200 at once.
        chosen: tells the same of those that the sampler would keep, too; by default 1,000 a second, and 2,000 at once.
        on_end: gets every ended span, unsampled ones too. It may be called with adapted spans of another provider.
        resource: the service, or what gives its attributes: few ever ask, and only for them the SDK is loaded.
        limits: how much a span may hold.
        protect: `protect(value, key)` gives the value redacted; key is None where there is none.
        correlation_id: gives the current unit's id.
        flush: `flush(seconds)` is called by `force_flush` of the provider; True when everything is delivered.
        on_error: `on_error(what, exception)` is told of a failure, also in a user's span processor; by default it is
            logged once.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        *,
        sample: Callable[[int], bool] | None,
        on_end: Callable[[Any], None],
        resource: Resource | Callable[[], Mapping[str, Any]],
        limits: Limits,
        protect: Callable[[Any, str | None], Any],
        correlation_id: Callable[[], str | None],
        flush: Callable[[float], bool] | None = None,
        on_error: Callable[[str, Exception], None] | None = None,
        sampler: Sampler | None = None,
        forced: Forced | None = None,
        chosen: Forced | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.sample = sample
        self.keeps_all = sample is None
        self.sampler = sampler or Sampler(1.0)
        self.forced = forced or Forced()
        self.chosen = chosen or Forced(CHOSEN_PER_SECOND, CHOSEN_BURST)
        self.clock = clock
        threshold = self.sampler.threshold
        # That of every new trace which its own id keeps.
        self.kept_state = alone(threshold, None) if 0 < threshold < ALL else DEFAULT_TRACE_STATE
        self.on_end = on_end
        self._resource = resource
        self.limits = limits
        # How many plain attributes may be taken over as they are; none where values are cut.
        most = limits.max_span_attributes
        self.taken_over = -1 if limits.max_span_attribute_length is not None else sys.maxsize if most is None else most
        self.protect = protect
        self.correlation_id = correlation_id
        self.flush = flush
        self.on_error = on_error
        self.processors: list[SpanProcessor] = []
        self._told: set[str] = set()
        self._redacted_resource: Resource | None = None

    def samples(self, trace_id: int) -> bool:
        """Decide for a new trace; True where the decision fails.

        Args:
            trace_id: 128 bits.
        """
        try:
            return self.sample is None or self.sample(trace_id)
        except Exception as error:
            self.failed("sampling", error)
            return True

    def correlation(self) -> str | None:
        """Give the current unit's correlation id, None where there is none."""
        try:
            return self.correlation_id()
        except Exception as error:
            self.failed("the correlation id", error)
            return None

    def started(self, span: Span, context: Context | None) -> None:
        """Call `on_start` of the user's span processors; what they read of the span is redacted.

        Args:
            span: the lean span.
            context: what the parent was taken from; None is the current context.
        """
        from obskit.tracing.view import View

        seen = View(span, self)
        for processor in self.processors:
            try:
                processor.on_start(seen, parent_context=context)  # type: ignore[arg-type]
            except Exception as error:
                self.failed(f"on_start of {type(processor).__name__}", error)

    def end_processors(self, span: Span) -> None:
        """Hand an ended span, redacted, to the user's span processors.

        Args:
            span: the lean span.
        """
        from obskit.tracing.readable import readable
        from obskit.tracing.view import View

        self._call("_on_ending", View(span, self))
        try:
            redacted = readable(span, self.protect, self.redacted_resource())
        except Exception as error:
            self.failed("the redaction of a span", error)
            return
        self._call("on_end", redacted)

    def _call(self, method: str, span: View | ReadableSpan) -> None:
        for processor in self.processors:
            try:
                call = getattr(processor, method, None)
                if call is not None:
                    call(span)
            except Exception as error:
                self.failed(f"{method} of {type(processor).__name__}", error)

    @property
    def resource(self) -> Resource:
        """Tell which service the spans belong to."""
        if callable(self._resource):
            from opentelemetry.sdk.resources import Resource

            self._resource = Resource(dict(self._resource()))
        return self._resource

    def renew(self, resource: Resource | Callable[[], Mapping[str, Any]]) -> None:
        """Take the resource of this process: its writer is known from its first record on, and anew after a fork."""
        self._resource, self._redacted_resource = resource, None

    def redacted_resource(self) -> Resource:
        """Give the resource as the user's span processors may see it."""
        if self._redacted_resource is None:
            from opentelemetry.sdk.resources import Resource

            from obskit.tracing.readable import named

            self._redacted_resource = Resource(named(self.resource.attributes, self.protect), self.resource.schema_url)
        return self._redacted_resource

    def flush_all(self, timeout_millis: float) -> bool:
        """Flush the user's span processors and obskit's own delivery.

        Args:
            timeout_millis: for all of them together.

        Returns:
            True when everything was delivered in time.
        """
        until = monotonic() + timeout_millis / 1000
        done = True
        for processor in self.processors:
            left = until - monotonic()
            if left <= 0:
                return False
            done = (
                self._flush(f"force_flush of {type(processor).__name__}", processor.force_flush, int(left * 1000))
                and done
            )
        if self.flush is not None:
            done = self._flush("flush", self.flush, max(0.0, until - monotonic())) and done
        return done

    def _flush(self, what: str, flush: Callable[[Any], bool], timeout: float) -> bool:
        try:
            return flush(timeout) is not False
        except Exception as error:
            self.failed(what, error)
            return False

    def shutdown(self) -> None:
        """Shut the user's span processors down; they get no more spans."""
        processors, self.processors = self.processors, []
        for processor in processors:
            try:
                processor.shutdown()
            except Exception as error:
                self.failed(f"shutdown of {type(processor).__name__}", error)

    def failed(self, what: str, error: Exception) -> None:
        """Tell of a failure that must not reach the application.

        Args:
            what: which step failed.
            error: why.
        """
        if self.on_error is not None:
            self.on_error(what, error)
        elif what not in self._told:
            self._told.add(what)
            logger.error("%s failed; further failures of it aren't told.", what, exc_info=error)


def idle() -> Engine:
    """Make the engine of a process in which `init` was not called: spans get ids and propagate, and go nowhere."""
    return Engine(
        # A callee that has obskit set up should keep what this process can't.
        sample=None,
        on_end=lambda span: None,
        resource=dict,
        limits=default_limits(),
        protect=lambda value, key: value,
        correlation_id=lambda: None,
    )

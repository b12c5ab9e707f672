"""Join a sentry-sdk client that the application has set up, and leave it as it was."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sentry_sdk.envelope import Envelope

    from obskit.sentry.client import SentryClient

_HOOKS = ("before_send", "before_send_transaction")


class Joint:
    """obskit's hold on a client that is not its own.

    An event processor adds ids and drops doubles. Redaction comes after the application's `before_send`: the processors
    of framework integrations add request bodies after every processor that could be registered here. What is no event
    is redacted on its way into the transport.
    """

    def __init__(self, client: Any, ours: SentryClient) -> None:
        import sentry_sdk

        options = client.options
        self.traces = options.get("traces_sample_rate") is not None or options.get("traces_sampler") is not None
        self._client = client
        self._last = threading.local()
        self._found = {name: options.get(name) for name in _HOOKS}
        self._hooks = {name: _after(self._found[name], ours.before_send) for name in _HOOKS}
        options.update(self._hooks)
        self._scope = sentry_sdk.get_global_scope()
        self._processor = ours.process
        self._scope.add_event_processor(self._processor)
        self._transport = client.transport
        self._queue = _behind(ours.gate, client.transport.capture_envelope)
        client.transport.capture_envelope = self._queue

    def note(self, record: Mapping[str, Any]) -> None:
        """Remember what this thread sends, for `sent`."""
        self._last.logger = record.get("logger")

    def sent(self, log_record: Any) -> bool:
        """Tell whether the application's LoggingIntegration offers a record that this thread has just sent.

        It runs after the handlers of the logging module, one of which is obskit's bridge.
        """
        if log_record is None or getattr(self._last, "logger", None) != log_record.name:
            return False
        self._last.logger = None
        return True

    def leave(self) -> None:
        """Put the client's hooks back where they are still ours."""
        options = self._client.options
        for name, hook in self._hooks.items():
            if options.get(name) is hook:
                options[name] = self._found[name]
        if self._transport.__dict__.get("capture_envelope") is self._queue:
            del self._transport.capture_envelope
        processors = getattr(self._scope, "_event_processors", [])
        if self._processor in processors:
            processors.remove(self._processor)


def _behind(gate: Callable[[Envelope], Envelope], queue: Callable[[Envelope], None]) -> Callable[[Envelope], None]:
    def gated(envelope: Envelope) -> None:
        envelope = gate(envelope)
        if envelope.items:
            queue(envelope)

    return gated


def _after(theirs: Callable[[Any, Any], Any] | None, ours: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def chained(event: Any, hint: Any) -> Any:
        if theirs is not None:
            event = theirs(event, hint)
        return None if event is None else ours(event, hint)

    return chained

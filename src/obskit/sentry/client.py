"""Set sentry-sdk up behind obskit's redactor, and hand it what the pipeline emits."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from obskit.record.seen import Seen
from obskit.sentry import event as events
from obskit.sentry.envelope import Gate
from obskit.sentry.redact import MAX_VALUE, Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from obskit.sentry.joined import Joint
    from obskit.sentry.redact import Protect

HINT = "obskit"

# Each of sentry-sdk's default integrations stays away, and why:
REFUSED = {
    "argv": "the command line carries secrets",
    "atexit": "obskit's own exit flushes, within exit_timeout and without printing",
    "dedupe": "obskit's own looks across threads and holds no exception alive",
    "excepthook": "obskit's hooks log the exception, which sends it",
    "logging": "obskit's bridge takes the same records: they would be sent twice",
    "modules": "reads the metadata of every distribution during the first error",
    "stdlib": "writes a second set of trace headers into every outgoing request",
    "threading": "obskit's hooks log the exception and its integration carries the scope",
}


class _Carry:
    """What travels with one of our own events to `before_send`, and back."""

    __slots__ = ("ids", "interrupted")

    def __init__(self, ids: events.Ids) -> None:
        self.ids = ids
        self.interrupted: BaseException | None = None


class SentryClient:
    """Sends what the pipeline emits to Sentry. No method raises for trouble of Sentry's or its own."""

    def __init__(
        self,
        *,
        origin: events.Origin,
        protect: Protect,
        ids: Callable[[], Mapping[str, str]],
        failed: Callable[[], None],
    ) -> None:
        self._origin = origin
        self._redactor = Redactor(protect)
        self._failure = failed
        self.gate = Gate(self._redactor, self._stop)
        self._ids = ids
        self._seen = Seen()
        self._busy = threading.local()
        self._client: Any = None
        self._joint: Joint | None = None
        self._closed = False
        self._captured = self._duplicates = self._bare = self._failed = self._attachments = 0
        self._stopped: Counter[str] = Counter()

    def capture(self, record: Mapping[str, Any], error: BaseException | None) -> None:
        """Send one emitted record, once for each exception object; returns as soon as the event is queued."""
        if self._closed or getattr(self._busy, "now", False):
            return
        self._busy.now = True
        carry = _Carry(events.Ids())
        try:
            if error is not None and not self._seen.first(error):
                self._duplicates += 1
                return
            carry.ids = events.ids_of(record)
            if self._joint is not None:
                self._joint.note(record)
            self._send(record, error, carry)
            self._captured += 1
        except Exception:
            self._failed += 1
        finally:
            self._busy.now = False
        if carry.interrupted is not None:
            raise carry.interrupted

    def flush(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds until what was captured is sent or lost; True when it is."""
        started = time.monotonic()
        transport = self._client.transport
        if self._closed or transport is None or not getattr(transport, "used", True):
            return True
        try:
            self._client.flush(timeout=timeout)
        except Exception:
            self._failed += 1
            return False
        return time.monotonic() - started < timeout

    def close(self, timeout: float) -> bool:
        """Flush within `timeout` seconds, not at all where Sentry is failing; leave sentry-sdk as it was found."""
        if self._closed:
            return True
        failing = getattr(self._client.transport, "failing", False)
        done = self.flush(0.0 if failing else timeout)
        self._closed = True
        if self._joint is not None:
            self._joint.leave()
        else:
            self._uninstall()
        return done

    def describe(self) -> dict[str, Any]:
        """Return what `stats()` and `obskit doctor` show: counts and the address, without the DSN's key."""
        import sentry_sdk

        transport = self._client.transport
        parsed = getattr(transport, "parsed_dsn", None)
        replaced = not self._closed and sentry_sdk.get_client() is not self._client
        mode = "own client" if self._joint is None else "joined the client that the application had set up"
        return {
            "delivery": "sentry-sdk's own",
            "mode": mode + (", which has been replaced since" if replaced else ""),
            "endpoint": f"{parsed.scheme}://{parsed.host}:{parsed.port}/{parsed.project_id}" if parsed else None,
            "state": "closed" if self._closed else "failing" if getattr(transport, "failing", False) else "ready",
            "captured": self._captured,
            "duplicates": self._duplicates,
            "unprotected": self._bare,
            "attachments_dropped": self._attachments,
            "stopped": dict(self._stopped),
            "failed": self._failed,
            "lost": dict(getattr(transport, "lost", {})),
        }

    def before_send(self, event: Any, hint: Any) -> Any:
        """Return `event` redacted and stamped; where the redactor fails, its ids and exception types only."""
        carry = hint.get(HINT)
        self._drop_attachments(hint)
        try:
            return self._finish(event, carry)
        except Exception:
            self._bare += 1
            self._failure()
            return self._stamp(events.bare(event), carry)
        except BaseException as interrupt:  # sentry-sdk would swallow it: `capture` raises it again
            if carry is None:
                raise
            carry.interrupted = interrupt
            return None

    def process(self, event: Any, hint: Any) -> Any:
        """Give an event our ids; return None, which drops it, where it has been sent already."""
        if self._closed or event.get("type") == "check_in":
            return event
        if HINT in hint:
            return self._stamp(event, hint[HINT])
        error = (hint.get("exc_info") or (None, None))[1]
        repeated = error is not None and event.get("type") != "transaction" and not self._seen.first(error)
        if repeated or (self._joint is not None and self._joint.sent(hint.get("log_record"))):
            self._duplicates += 1
            return None
        return self._stamp(event, None)

    def own_before_send(self, event: Any, hint: Any) -> Any:
        """Do `process` and `before_send` in one, for the client that obskit set up."""
        processed = self.process(event, hint)
        return None if processed is None else self.before_send(processed, hint)

    def attach(self, client: Any, joint: Joint | None) -> None:
        """Take `client` into use; `joint` when it is the application's."""
        self._client, self._joint = client, joint

    def _send(self, record: Mapping[str, Any], error: BaseException | None, carry: _Carry) -> None:
        import sentry_sdk
        from sentry_sdk.utils import event_from_exception

        event = events.describe(record)
        hint: dict[str, Any] = {HINT: carry}
        if error is not None:
            mechanism = {"type": "obskit", "handled": event["level"] != "fatal"}
            found, known = event_from_exception(error, client_options=self._client.options, mechanism=mechanism)
            event = {**found, **event}
            hint.update(known)
        elif (block := events.exception_of(record)) is not None:
            event["exception"] = block
        with sentry_sdk.new_scope() as scope:
            scope.set_client(self._client)
            scope.capture_event(event, hint=hint)  # type: ignore[arg-type]

    def _finish(self, event: Any, carry: _Carry | None) -> Any:
        return self._stamp(self._redactor.event(event), carry)

    def _stamp(self, event: Any, carry: _Carry | None) -> Any:
        if event.get("type") == "check_in":
            return event
        ids = carry.ids if carry is not None else self._current()
        keep_trace = self._joint is not None and self._joint.traces
        return events.stamp(event, ids, self._origin, keep_trace=keep_trace)

    def _current(self) -> events.Ids:
        try:
            return events.Ids({name: str(value) for name, value in self._ids().items() if value})
        except Exception:
            return events.Ids()

    def _drop_attachments(self, hint: Any) -> None:
        # Files can't pass the redactor.
        if hint.get("attachments"):
            self._attachments += len(hint["attachments"])
            hint["attachments"] = []

    def _stop(self, kind: str) -> None:
        self._stopped[kind] += 1

    def _uninstall(self) -> None:
        import sentry_sdk

        try:
            if sentry_sdk.get_client() is self._client:
                sentry_sdk.get_global_scope().set_client(None)
            self._client.close(timeout=0.0)
        except Exception:
            self._failed += 1


def setup(
    dsn: str,
    *,
    service: str,
    environment: str,
    release: str | None,
    server_name: str,
    protect: Protect,
    ids: Callable[[], Mapping[str, str]],
    resource: Mapping[str, str],
    failed: Callable[[], None] = lambda: None,
    trouble: Callable[[str], None] | None = None,
) -> SentryClient:
    """Set sentry-sdk up with none of its integrations, or join the client that the application has set up.

    `protect(value, key)` is the redactor; `ids()` returns those of correlation_id, trace_id and span_id of the work at
    hand that are known; `failed` is called for each event that could not be redacted; `trouble` is called once, from
    the delivery thread, with a sentence when an event is lost.
    Raises ValueError where `dsn` is none.
    """
    import sentry_sdk

    from obskit.sentry.joined import Joint
    from obskit.sentry.transport import Transport

    origin = events.Origin(service, environment, release, server_name, dict(resource))
    ours = SentryClient(origin=origin, protect=protect, ids=ids, failed=failed)
    present = sentry_sdk.get_client()
    if present.is_active() and present.transport is not None and not isinstance(present.transport, Transport):
        ours.attach(present, Joint(present, ours))
        return ours
    try:
        sentry_sdk.init(**_options(dsn, origin, ours))
    except sentry_sdk.utils.BadDsn as error:
        raise ValueError("sentry_dsn is not a DSN: expected https://<key>@<host>/<project id>") from error
    client = sentry_sdk.get_client()
    if isinstance(client.transport, Transport):
        client.transport.trouble = trouble
        client.transport.gate = ours.gate
    ours.attach(client, None)
    return ours


def _options(dsn: str, origin: events.Origin, ours: SentryClient) -> dict[str, Any]:
    from sentry_sdk.consts import DEFAULT_OPTIONS
    from sentry_sdk.scrubber import EventScrubber

    from obskit.sentry.transport import Transport

    options = {
        "dsn": dsn,
        # Empty rather than None, which would run `git` to find one.
        "release": origin.release or os.environ.get("SENTRY_RELEASE", ""),
        "environment": origin.environment,
        "server_name": origin.server_name,
        "default_integrations": False,
        "auto_enabling_integrations": False,
        # obskit traces: sentry-sdk would send every trace a second time.
        "traces_sample_rate": None,
        "propagate_traces": False,
        "auto_session_tracking": False,
        "enable_backpressure_handling": False,
        "spotlight": False,
        # One policy redacts, with its allow list; sentry-sdk's own list would overrule it.
        "event_scrubber": EventScrubber(denylist=[], pii_denylist=[]),
        "max_value_length": MAX_VALUE,
        "transport": Transport,
        "before_send": ours.own_before_send,
        "before_send_transaction": ours.own_before_send,
    }
    # send_default_pii stays at its default, which is False: naming it is deprecated.
    return {name: value for name, value in options.items() if name in DEFAULT_OPTIONS}

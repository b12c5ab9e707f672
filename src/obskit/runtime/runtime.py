"""What `init` puts in force: every stage, wired for one configuration."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from obskit.context import scope as context
from obskit.decide.recorder import Recorder
from obskit.decide.sampling import Sampler
from obskit.decide.thresholds import Thresholds
from obskit.journal.store import Store
from obskit.protect.policy import digest, make
from obskit.protect.redactor import Redactor
from obskit.runtime import outlets, quick
from obskit.runtime.pipeline import Pipeline
from obskit.runtime.report import Report
from obskit.runtime.tally import Tally
from obskit.runtime.units import Units
from obskit.runtime.watch import Watch
from obskit.state import InForce

if TYPE_CHECKING:
    from obskit.decide.limiter import Limiter
    from obskit.journal.place import Place
    from obskit.runtime.capture import Capture
    from obskit.runtime.stats import Stats
    from obskit.settings.settings import Settings
    from obskit.tracing.engine import Engine


class Runtime(InForce):
    """The stages of one configuration; `state.runtime` holds the one in force.

    Args:
        settings: What was configured.
        capture: Takes every record in the place of console, journal and targets: a test looks on.
        plain: Whether `init` was never called: a console, and nothing that reaches out of the process.
    """

    def __init__(self, settings: Settings, *, capture: Capture | None = None, plain: bool = False) -> None:
        self.settings = settings
        self.capture = capture
        self.plain = plain
        self.undo = ExitStack()
        self.integrations: dict[str, str] = {}
        self._tally = Tally()
        self._closing = threading.Lock()
        self._closed = False
        self.redactor = self._make_redactor()
        self.report = Report(self.redactor.text)
        self.static = self._make_static()
        self.thresholds = Thresholds(settings.level, settings.levels)
        self.sampler = Sampler(settings.sampling.rate)
        self.recorder = self._make_recorder()
        self.store = self._make_store()
        self.levels = outlets.levels(self)
        self.console = None if capture else outlets.console(settings, self._journaled)
        self.pipeline = self._make_pipeline()
        self.quick = quick.emitter(self.pipeline, self.store, self.console)
        journal = settings.journal
        noted = self._journaled and journal is not None and journal.units
        self.units = Units(self.store, self.redactor, self.pipeline.failed) if noted else None
        self.watch = Watch(self.pipeline.look, settings.sampling.slow)
        self.pipeline.watch = self.watch.ensure
        self.engine: Engine | None = None
        self.shipper = None if capture or plain else outlets.shipper(self)
        self.sentry = None if capture or plain else outlets.sentry(self)
        if self.sentry is not None:
            self.pipeline.sinks.append(self._to_sentry)

    # --- making the stages ---

    def _make_redactor(self) -> Redactor:
        return make(self.settings.redaction, lambda: self._tally.add("redaction_failures"))

    def _make_static(self) -> dict[str, Any]:
        settings = self.settings
        found = {"service": settings.service, "environment": settings.environment, "host": socket.gethostname()}
        if settings.version is not None:
            found["version"] = settings.version
        # Each for itself: where redaction fails on one, the others still tell whose records these are.
        return {name: self.redactor.protect(value, name) for name, value in found.items()}

    def _make_recorder(self) -> Recorder | None:
        if self.plain or not self.settings.recorder:
            return None
        return Recorder(self.settings.sampling.slow, lambda why, many: self._tally.add(f"dropped:{why}", many))

    def _make_limiter(self) -> Limiter | None:
        sampling = self.settings.sampling
        if self.plain or sampling.limit is None:
            return None
        from obskit.decide.limiter import Limiter

        return Limiter(sampling.limit, sampling.burst)

    def _make_store(self) -> Store:
        journal = self.settings.journal
        place = None if self.capture or self.plain else self._choose_place()
        return Store(
            place,
            in_memory=journal is not None or self.settings.logs is not None or self.settings.traces is not None,
            service=str(self.static["service"]),
            resource=self.resource,
            segment_bytes=journal.segment_bytes if journal else 1 << 24,
            always_sync=journal is not None and journal.fsync == "always",
            redaction=digest(self.settings.redaction),
            dropped=self._dropped,
            opened=self._opened,
        )

    def _choose_place(self) -> Place | None:
        from obskit.journal.place import Refused, choose

        journal = self.settings.journal
        if journal is None:
            return None
        named = None if journal.path is None else Path(journal.path)
        try:
            return choose(named, self.settings.environment, os.environ, _working_directory())
        except Refused as reason:
            sent = " until they are shipped" if self.settings.logs or self.settings.traces else ", the newest of them"
            self.report.once("journal", f"no journal: {reason}. Lines are kept in memory{sent}")
            return None

    def _make_pipeline(self) -> Pipeline:
        settings = self.settings
        journal = settings.journal
        return Pipeline(
            static=self.static,
            redactor=self.redactor,
            sampler=self.sampler,
            recorder=self.recorder,
            limiter=self._make_limiter(),
            store=self.store,
            sinks=[self.capture.log] if self.capture else [self._to_console] if self.console else [],
            span_sinks=[self.capture.span] if self.capture else [],
            line_bytes=journal.line_bytes if journal else 65_536,
            tally=self._tally,
            report=self.report,
        )

    @property
    def _journaled(self) -> bool:
        return self.store.place is not None

    def resource(self, writer: str) -> Mapping[str, Any]:
        """Return the OpenTelemetry resource of this process, for a writer's id."""
        settings = self.settings
        own: dict[str, Any] = {
            "service.name": settings.service,
            "service.instance.id": writer,
            "deployment.environment.name": settings.environment,
            "host.name": socket.gethostname(),
            "process.pid": os.getpid(),
            "telemetry.sdk.name": "obskit",
            "telemetry.sdk.language": "python",
            "telemetry.sdk.version": outlets.version(),
        }
        if settings.version is not None:
            own["service.version"] = settings.version
        # Each for itself: where redaction fails on one, the others still tell whose records these are.
        text, protect = self.redactor.text, self.redactor.protect
        found = {text(key): protect(value, key) for key, value in settings.resource.items() if key not in own}
        return {**found, **{key: protect(value, key) for key, value in own.items()}}

    # --- the way of a record ---

    def log(
        self,
        level: int,
        logger: str,
        message: Any,
        fields: Mapping[str, Any],
        error: BaseException | None = None,
        when: int | None = None,
        below: bool = False,
    ) -> None:
        """Emit a log record that has passed its logger's level, or is `below` it and only held; never raises."""
        self.pipeline.log(level, logger, message, fields, error, when, below)

    def enabled(self, level: int, logger: str) -> bool:
        """Tell whether a logger lets a level through."""
        if level >= self.thresholds.of(logger):
            return True
        scope = context.current()
        return scope is not None and (scope.kept or (scope.verbose and level >= scope.level))

    def _to_console(self, line: bytes, *_: Any) -> None:
        if self.console is not None and not self.console(line):
            self._tally.add("console_skipped")

    def _to_sentry(self, line: bytes, level: int, error: BaseException | None) -> None:
        if self.sentry is not None and (level >= 40 or error is not None):
            self.sentry.capture(orjson.loads(line), error)

    def sample(self, trace_id: int) -> bool:
        """Decide for a new trace: once for each unit of work, so that its lines and spans stay together."""
        scope = context.current()
        if scope is None:
            return self.sampler.keeps(trace_id)
        if scope.sampled is None:
            scope.sampled, scope.rate = self.sampler.keeps(trace_id), self.sampler.rate
        return scope.sampled

    def count(self, what: str) -> None:
        """Count something for `stats`."""
        self._tally.add(what)

    def _opened(self) -> None:
        session = self.store.session
        if self.engine is not None and session is not None:
            self.engine.renew(partial(self.resource, session.ids.writer))
        shipper = getattr(self, "shipper", None)
        if shipper is not None:
            shipper.ensure()

    def _dropped(self, reason: str, detail: str) -> None:
        if reason:
            self._tally.add(f"dropped:{reason}")
        if detail:
            text = f"a line is not in the journal: {detail}" if reason else detail
            self.report.seldom(f"journal {reason or detail[:40]}", text)

    def dropped_by_keeper(self, drop: Any) -> None:
        """Report segments that the keeper gave up, as a record of their own."""
        self._tally.add(f"dropped:{drop.reason}", drop.count)
        names = ("service", "writer", "segment", "first", "last", "count", "reason")
        fields = {name: getattr(drop, name) for name in names}
        # `service` is the schema's own name for the one that reports.
        fields["of_service"] = fields.pop("service")
        self.log(40, "obskit.journal", "records dropped from the journal", fields)

    # --- life ---

    def flush(self, timeout: float) -> bool:
        """Wait until nothing emitted before the call is pending; returns whether that is so."""
        until = time.monotonic() + timeout
        self.pipeline.settle()
        done = True if self.shipper is None else self.shipper.flush(timeout)
        if self.sentry is not None:
            self.sentry.flush(max(0.0, until - time.monotonic()))
        return done

    def close(self, timeout: float) -> bool:
        """Undo what was installed, deliver while that advances, and give everything back."""
        with self._closing:
            if self._closed:
                return True
            self._closed = True
        done = True
        self.undo.close()
        until = time.monotonic() + timeout
        self.watch.close()
        self.pipeline.settle()
        if self.shipper is not None:
            done = self.shipper.drain(timeout)
            self.shipper.close()
        if self.sentry is not None:
            self.sentry.close(max(0.0, until - time.monotonic()))
        if self.units is not None:
            self.units.left("replaced")
        session = self.store.session
        journal = self.settings.journal
        if session is not None and session.writer is not None and journal is not None and journal.fsync == "interval":
            self.guarded("the last sync", session.writer.sync)
        outlets.forget(self.console)
        self.store.close()
        return done

    def before_fork(self) -> None:
        """Stop the threads: the child must not inherit one in the middle of anything."""
        self.watch.park()
        if self.shipper is not None:
            self.shipper.park()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        if not self._closed:
            self.watch.resume()
        if self.shipper is not None and not self._closed:
            self.shipper.resume()

    def after_fork_in_child(self) -> None:
        """Be a process of its own: another writer, counters from zero."""
        self._closing = threading.Lock()
        self._tally = self.pipeline.fresh(Tally())
        self.store.forget()
        self.watch.forget()
        if self.shipper is not None:
            self.shipper.forget()
        self.levels.after_fork(None if self.shipper is None else self.shipper.ensure)
        outlets.forget(self.console)

    def stats(self) -> Stats:
        """Return the counts of this process."""
        from obskit.runtime.stats import collect

        return collect(self, self._tally.all())

    def guarded(self, what: str, call: Callable[[], Any]) -> None:
        """Call something that must never break the application."""
        try:
            call()
        except Exception as trouble:
            self.pipeline.failed(what, trouble)


def _working_directory() -> Path | None:
    try:
        return Path.cwd()
    except OSError:
        # It was removed under the process.
        return None

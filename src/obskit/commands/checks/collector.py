"""Ask the collector: whether it takes logs and spans, whether its clock agrees, what it still lacks."""

from __future__ import annotations

import http.client
import select
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from obskit.commands import words
from obskit.commands.checks.check import Check, State
from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors, Key
from obskit.journal.ids import Signal
from obskit.settings.endpoint import Endpoint
from obskit.settings.settings import Settings
from obskit.ship.destination import target_name
from obskit.ship.outcome import Outcome
from obskit.ship.peer import Peer
from obskit.ship.proxy import proxy_for
from obskit.ship.targets import target as target_of
from obskit.ship.tls import Contexts

SUBJECT = "collector"
_PATIENCE = 5.0
_SKEW = 5.0
_EMPTY = {"logs": b'{"resourceLogs":[]}', "spans": b'{"resourceSpans":[]}'}


def checks(settings: Settings, journal: Path | None, environ: Mapping[str, str]) -> Iterator[Check]:
    """Ask each configured endpoint, with a request that holds no record.

    Args:
        settings: Name the endpoints.
        journal: Where records wait for them.
        environ: The proxy variables.
    """
    pairs: tuple[tuple[Signal, Endpoint | None], ...] = (("logs", settings.logs), ("spans", settings.traces))
    endpoints = {signal: end for signal, end in pairs if end}
    if not endpoints:
        yield Check(SUBJECT, "endpoint", "note", "none is configured: records stay in the journal")
    outcomes = {signal: _ask(endpoint, signal, environ) for signal, endpoint in endpoints.items()}
    takes_something = any(outcome.kind == "accepted" for _, outcome in outcomes.values())
    for signal, (name, outcome) in outcomes.items():
        yield _judged(signal, name, outcome, takes_something)
    if endpoints and any(outcome.status is not None for _, outcome in outcomes.values()):
        yield from _clock(next(iter(endpoints.values())), environ)
    if journal is not None:
        yield from _pending(journal, {(target_name(endpoint), signal) for signal, endpoint in endpoints.items()})


def _ask(endpoint: Endpoint, signal: Signal, environ: Mapping[str, str]) -> tuple[str, Outcome]:
    try:
        target = target_of(endpoint.changed(timeout=min(endpoint.timeout, _PATIENCE)), signal, environ=environ)
    except ValueError as error:
        return "", Outcome("failing", str(error))
    body = _EMPTY[signal] if endpoint.protocol == "http/json" else b""
    try:
        outcome = target.send(body)
        while outcome is None:
            _wait(target)
            outcome = target.receive()
    finally:
        target.close()
    return target.name, outcome


def _wait(target: Peer[Any, Any]) -> None:
    descriptor = target.fileno()
    if descriptor is None:
        return
    poll = select.poll()
    poll.register(descriptor, target.events())
    poll.poll(100)


def _judged(signal: str, name: str, outcome: Outcome, takes_something: bool) -> Check:
    detail = outcome.detail.removeprefix(f"{name}: ")
    facts = {"endpoint": name, "outcome": outcome.kind, "answer": detail, "status": outcome.status}
    state: State = "broken"
    if outcome.kind == "accepted":
        state, text = "works", f"{name} takes them"
    elif outcome.kind == "unsupported" and takes_something:
        without = f"OTEL_{'LOGS' if signal == 'logs' else 'TRACES'}_EXPORTER=none"
        state = "note"
        text = f"{name} does not take them ({detail}); they stay in the journal; {without} says that this is meant so"
    elif outcome.kind == "rejected":
        text = f"{name} refuses an empty request: {detail}"
    else:
        text = f"{name}: {detail}" if name else detail
    return Check(SUBJECT, signal, state, text + _advice(outcome) if state == "broken" else text, facts)


def _advice(outcome: Outcome) -> str:
    """Return what to do about it, where the outcome does not say so itself."""
    status = outcome.status
    if status is None:
        return "; start what listens there, or name another address with OTEL_EXPORTER_OTLP_ENDPOINT"
    if status in (401, 403):
        return "; set what it asks for in OTEL_EXPORTER_OTLP_HEADERS"
    if outcome.kind == "unsupported":
        return "; nothing takes OTLP there: look at the port and path in OTEL_EXPORTER_OTLP_ENDPOINT"
    return "; look at what it logs" if status >= 500 else ""


def _clock(endpoint: Endpoint, environ: Mapping[str, str]) -> Iterator[Check]:
    """Compare the clocks by the `Date` of an answer (RFC 9110, section 6.6.1); silent where none is to be had."""
    # A server of gRPC sends no Date.
    if endpoint.protocol == "grpc" or proxy_for(endpoint.url, environ) is not None:
        return
    try:
        theirs = _date(endpoint, environ)
    except (OSError, ValueError, http.client.HTTPException):
        return
    if theirs is None:
        return
    apart = (datetime.now(UTC) - theirs).total_seconds()
    # A Date has whole seconds, cut off.
    apart = 0.0 if 0 <= apart < 1 else apart
    facts = {"ahead_seconds": round(apart, 3)}
    if abs(apart) < _SKEW:
        yield Check(SUBJECT, "clock", "works", "this clock and the collector's agree", facts)
    else:
        side = "ahead of" if apart > 0 else "behind"
        text = f"this clock is {words.duration(abs(apart) * 1000)} {side} the collector's: its traces will look torn"
        yield Check(SUBJECT, "clock", "warning", text, facts)


def _date(endpoint: Endpoint, environ: Mapping[str, str]) -> datetime | None:
    parts = urlsplit(endpoint.url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = Contexts(endpoint.certificate, endpoint.client_certificate, endpoint.client_key, environ).get()
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=_PATIENCE, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PATIENCE)
    try:
        connection.request("HEAD", parts.path or "/")
        text = connection.getresponse().getheader("Date")
    finally:
        connection.close()
    found = parsedate_to_datetime(text) if text else None
    return found.astimezone(UTC) if found is not None and found.tzinfo else None


def _pending(journal: Path, configured: set[Key]) -> Iterator[Check]:
    """Count, for each target and signal, what no cursor has passed yet."""
    writers = [(directory, Cursors(directory)) for directory in reader.writers(journal)]
    known = {key for _, cursors in writers for key in cursors.keys()}  # noqa: SIM118 - not a mapping
    for key in sorted(known | configured):
        count = 0
        for directory, cursors in writers:
            at = cursors.get(key)
            if at is not None or key in configured:
                count += _behind(directory, key, at or Cursor())
        name, signal = key
        text = f"{words.plural(count, 'record')} of {signal} for {name.partition('#')[0]}"
        text += "" if key in configured else "  (not configured here)"
        facts = {"target": name, "signal": signal, "pending": count, "configured": key in configured}
        yield Check(SUBJECT, "pending", "works" if not count else "note", text, facts)


def _behind(directory: Path, key: Key, at: Cursor) -> int:
    wanted = "log" if key[1] == "logs" else "span"
    count = 0
    for n in segment.numbers(directory):
        if n < at.segment:
            continue
        try:
            lines = reader.lines(directory / segment.file_name(n), at.offset if n == at.segment else 0)
            count += sum(1 for line in lines if reader.kind(line.raw) == wanted)
        except OSError:
            continue
    return count

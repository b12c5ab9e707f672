from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from obskit.query.schema import log_paths, span_paths
from obskit.testing import capture
from tests.exits.canary import MARKER, NEEDLES, TEXT, leaks
from tests.exits.exits import LOGS, SPANS
from tests.exits.outside import Outside

# Fields that obskit makes itself: none holds what a caller said.
OWN = {
    "timestamp", "kind", "level", "correlation_id", "trace_id", "span_id", "host", "error.fingerprint",
    "error.retryable", "error.causes.stack_trace", "request.status_code",
    "request.duration_ms", "request.disconnected", "sampling", "sampling.rate", "sampling.reason", "late", "id",
    "span_kind", "start", "duration_ms", "parent_span_id", "parent_remote", "flags", "status.code",
    "events.timestamp", "links.trace_id", "links.span_id", "dropped", "dropped.attributes", "dropped.events",
    "dropped.links",
}  # fmt: skip


def send_all() -> None:
    for send in [*LOGS.values(), *SPANS.values()]:
        send()


def assert_nothing_leaked(left: dict[str, bytes]) -> None:
    assert {way: found for way, data in left.items() if (found := leaks(data))} == {}


@pytest.mark.parametrize("name", list(LOGS))
def test_a_log_line_shows_no_canary_anywhere(name: str, outside: Outside) -> None:
    """Console, journal, collector and Sentry get the line with markers in the canaries' place."""
    outside.start()
    LOGS[name]()
    left = outside.end()
    assert_nothing_leaked(left)
    for way in ("console", "journal", "collector", "Sentry"):
        assert MARKER.encode() in left[way], way


@pytest.mark.parametrize("name", list(SPANS))
def test_a_span_shows_no_canary_anywhere(name: str, outside: Outside) -> None:
    """Journal and collector get the span with markers in the canaries' place."""
    outside.start()
    SPANS[name]()
    left = outside.end()
    assert_nothing_leaked(left)
    for way in ("journal", "collector"):
        assert MARKER.encode() in left[way], way


def test_a_test_sees_no_canary() -> None:
    """What `obskit.testing` captures has passed the redactor."""
    # The test runner's own handlers raise where a record can't be formatted; it removes them itself.
    logging.getLogger().handlers.clear()
    with capture() as captured:
        send_all()
    assert leaks(str(captured.records) + str(captured.spans)) == []
    assert len(captured.records) >= len(LOGS)
    assert len(captured.spans) >= len(SPANS)


@pytest.mark.parametrize("form", ["http/protobuf", "pretty"])
def test_no_other_form_of_a_record_shows_a_canary(form: str, outside: Outside) -> None:
    """OTLP's protobuf form and the console for people say what the JSON says."""
    if form == "pretty":
        outside.start(console="pretty")
    else:
        outside.start(form)
    send_all()
    left = outside.end()
    assert_nothing_leaked(left)
    assert left["collector"].count(MARKER.encode()) > len(LOGS) + len(SPANS)
    assert left["console"].count(MARKER.encode()) > len(LOGS)


def test_every_field_of_the_schema_has_had_a_canary(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field of a line is obskit's own, or a canary was sent into it: a new one has to be either."""
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"note={TEXT.replace('=', '%3D').replace(' ', '%20')}")
    outside.start(service=TEXT, environment=TEXT, version=TEXT)
    send_all()
    outside.end()
    segments = (outside.folder / "journal").rglob("*.jsonl")
    lines = [json.loads(line) for path in segments for line in path.read_text().splitlines()]
    for kind, paths in ((None, log_paths()), ("span", span_paths())):
        marked = {path for line in lines if line.get("kind") == kind for path in _marked(line, "")}
        missing = set(paths) - OWN - {path for one in marked for path in _above(one)}
        assert missing == set()
        assert marked & OWN == set()
    header = next(line for line in lines if line.get("kind") == "segment")
    assert MARKER in header["resource"]["service.name"]
    assert MARKER in header["resource"]["note"]


def _marked(value: Any, path: str) -> set[str]:
    """Return the paths of the texts in which a marker stands; what is below a free part has the path of that part."""
    if isinstance(value, dict):
        return {found for key, item in value.items() for found in _marked(item, f"{path}.{key}" if path else key)}
    if isinstance(value, list):
        return {found for item in value for found in _marked(item, path)}
    return {path} if isinstance(value, str) and MARKER in value else set()


def _above(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def test_the_canaries_are_what_they_seem() -> None:
    """Each of them is known for one where it stands unredacted."""
    assert leaks(" ".join(NEEDLES)) == list(NEEDLES)
    assert leaks(TEXT.replace("canary", "")) != []

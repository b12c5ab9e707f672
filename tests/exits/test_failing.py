from __future__ import annotations

import json
import re
from typing import Any

import pytest
import sentry_sdk
from opentelemetry import baggage, context, trace

import obskit
from obskit.integration import outbound
from obskit.protect.finder import Finder
from obskit.sentry import redact
from tests.exits.canary import EMAIL, PAIR, TEXT, leaks
from tests.exits.outside import Outside
from tests.exits.test_processors import Looking

ERROR = "[REDACTED:error]"
# An address in it has the redactor look; the detectors raise.
BOOM = f"boom {TEXT}"


@pytest.fixture(params=[RuntimeError, RecursionError, MemoryError, KeyError])
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the redactor fail on every text with a certain word."""
    find = Finder.find

    def failing(self: Finder, text: str) -> Any:
        if "boom" in text:
            raise request.param(text)
        return find(self, text)

    monkeypatch.setattr(Finder, "find", failing)


def failures(left: dict[str, bytes]) -> int:
    found = re.search(rb"redaction_failures=(\d+)", left["stats"])
    return int(found[1]) if found else 0


def lines(outside: Outside) -> list[dict[str, Any]]:
    segments = (outside.folder / "journal").rglob("*.jsonl")
    return [json.loads(line) for path in segments for line in path.read_text().splitlines()]


@pytest.mark.usefixtures("broken")
def test_a_log_line_goes_out(outside: Outside) -> None:
    """The value is replaced, its neighbours stay, the failure is counted."""
    outside.start()
    obskit.get_logger("shop").error(BOOM, bad=BOOM, good=1, nested={"bad": [BOOM, "fine"], BOOM: 2})
    left = outside.end()
    assert {way: found for way, data in left.items() if (found := leaks(data))} == {}
    (line,) = [each for each in lines(outside) if "kind" not in each]
    assert line["message"] == ERROR
    assert line["context"] == {"bad": ERROR, "good": 1, "nested": {"bad": [ERROR, "fine"], ERROR: 2}}
    assert failures(left) >= 4
    for way in ("console", "collector", "Sentry"):
        assert ERROR.encode() in left[way], way


@pytest.mark.usefixtures("broken")
def test_a_span_goes_out(outside: Outside) -> None:
    """To the journal, the collector and a user's span processor, with the value replaced."""
    outside.start()
    looking = Looking()
    trace.get_tracer_provider().add_span_processor(looking)  # type: ignore[attr-defined]
    with obskit.span(BOOM, bad=BOOM, good=1):
        trace.get_current_span().add_event(BOOM, {"bad": BOOM})
    left = outside.end()
    assert {way: found for way, data in left.items() if (found := leaks(data))} == {}
    (span,) = [each for each in lines(outside) if each.get("kind") == "span"]
    assert (span["name"], span["attributes"]) == (ERROR, {"bad": ERROR, "good": 1})
    assert (span["events"][0]["name"], span["events"][0]["attributes"]) == (ERROR, {"bad": ERROR})
    assert leaks(str(looking.seen)) == []
    assert ERROR in looking.seen["on_start"]
    assert ERROR in looking.seen["on_end"]
    assert failures(left) >= 4


@pytest.mark.usefixtures("broken")
def test_a_resource_goes_out(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that can't be named still writes, and its records say the rest."""
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"bad=boom%20{EMAIL},good=1")
    outside.start(service=f"boom {EMAIL}")
    obskit.get_logger("shop").error("said")
    left = outside.end()
    assert {way: found for way, data in left.items() if (found := leaks(data))} == {}
    header, line = (each for each in lines(outside) if each.get("kind") != "close")
    assert (header["resource"]["service.name"], header["resource"]["bad"]) == (ERROR, ERROR)
    assert header["resource"]["good"] == "1"
    assert (line["service"], line["environment"]) == (ERROR, "development")
    assert failures(left) >= 2


@pytest.mark.usefixtures("broken")
def test_an_event_goes_out_to_sentry(outside: Outside) -> None:
    """Sections in which the redactor fails are replaced, the others are sent."""
    outside.start()
    sentry_sdk.set_extra("bad", BOOM)
    sentry_sdk.set_extra("good", "fine")
    try:
        held = BOOM
        raise ValueError(held)
    except ValueError:
        obskit.capture_exception()
    left = outside.end()
    assert {way: found for way, data in left.items() if (found := leaks(data))} == {}
    (event,) = [json.loads(body.split(b"\n")[2]) for body in outside.sentry.bodies]
    assert event["extra"] == {"bad": ERROR, "good": "fine"}
    (value,) = event["exception"]["values"]
    assert (value["type"], value["value"]) == ("ValueError", ERROR)
    assert value["stacktrace"]["frames"][-1]["vars"]["held"] == ERROR
    assert failures(left) > 0


def test_an_event_that_cannot_be_redacted_at_all_goes_out_bare(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the way through an event fails itself, its ids and the exception's type are sent, and it is counted."""

    def failing(*_: Any) -> Any:
        raise RecursionError(TEXT)

    outside.start()
    monkeypatch.setattr(redact.Redactor, "event", failing)
    obskit.get_logger("shop").error(TEXT, exc_info=ValueError(TEXT))
    left = outside.end()
    assert {way: found for way, data in left.items() if (found := leaks(data))} == {}
    (event,) = [json.loads(body.split(b"\n")[2]) for body in outside.sentry.bodies]
    assert event["logentry"]["formatted"].startswith(ERROR)
    assert event["exception"]["values"] == [{"type": "ValueError", "module": None}]
    assert failures(left) == 1


@pytest.mark.usefixtures("broken")
def test_baggage_goes_out(outside: Outside) -> None:
    """What is sent on is replaced like everything else."""
    outside.start()
    token = context.attach(baggage.set_baggage("good", "1", baggage.set_baggage("bad", BOOM)))
    headers = dict(outbound())
    context.detach(token)
    assert "good=1" in headers["baggage"]
    assert f"bad={ERROR}" in headers["baggage"]


@pytest.mark.usefixtures("broken")
def test_trouble_is_told_of(outside: Outside) -> None:
    """What obskit says of itself on standard error is replaced too."""
    outside.start()
    obskit.init(service=f"boom {EMAIL}", console=False, journal=False, integrations=[])
    left = outside.end()
    assert leaks(left["standard output and error"]) == []
    assert f"obskit: {ERROR}".encode() in left["standard output and error"]


def test_an_interrupt_passes(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a value is redacted is the application's, and its line is not written."""

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    outside.start()
    monkeypatch.setattr(Finder, "find", interrupted)
    with pytest.raises(KeyboardInterrupt):
        obskit.get_logger("shop").info(f"password={PAIR}")
    monkeypatch.undo()
    assert leaks(b"".join(outside.end().values())) == []

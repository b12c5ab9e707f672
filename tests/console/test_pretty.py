from __future__ import annotations

from typing import Any

import pytest

from obskit.console.pretty import Pretty, plain

RECORD: dict[str, Any] = {
    "timestamp": "2026-01-02T03:04:05.678901Z",
    "level": "ERROR",
    "message": "charge \x1b[31mfailed\x07",
    "logger": "shop",
    "correlation_id": "req-1",
    "error": {"type": "X", "stack_trace": "Traceback\n  line\x1b]0;title\x07"},
    "context": {"order": "o-1", "note": "two words"},
}


def test_no_value_can_steer_the_terminal() -> None:
    """Control characters are shown as escapes; a stack trace keeps its lines."""
    shown = Pretty(colours=False).render(RECORD).decode()
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\\x1b[31mfailed" in shown
    assert shown.count("\n") == 3


def test_a_line_says_when_what_and_for_which_request() -> None:
    """Time, level, message, fields, logger and correlation id stand in one line."""
    first = Pretty(colours=False).render(RECORD).decode().splitlines()[0]
    assert first.startswith("03:04:05.678 ERROR charge")
    assert first.endswith('order=o-1 note="two words" (shop) req-1')


def test_no_color_switches_colours_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR is honoured."""
    assert b"\x1b[" in Pretty(colours=True).render(RECORD)
    monkeypatch.setenv("NO_COLOR", "1")
    assert b"\x1b[" not in Pretty(colours=True).render(RECORD)


def test_bidirectional_overrides_are_shown() -> None:
    """Text that reorders a terminal's line is escaped."""
    assert plain("a\u202eb") == "a\\u202eb"


def test_no_value_can_begin_a_line() -> None:
    """Line breaks in a message, a key, a value or a name are shown as escapes: nobody forges a record."""
    forged = "x\r\n03:04:05.678 INFO  forged\n"
    record = {**RECORD, "message": forged, "logger": forged, "correlation_id": forged, "context": {forged: forged}}
    del record["error"]
    shown = Pretty(colours=False).render(record).decode()
    assert shown.splitlines() == [shown[:-1]]
    assert shown.count("x\\r\\n03:04:05.678 INFO  forged\\n") == 5
    one = {**RECORD, "context": {"k": "a\nb"}, "error": {"type": "a\nb"}}
    assert "k=a\\nb" in Pretty(colours=False).render(one).decode()


@pytest.mark.parametrize("colours", [False, True])
def test_a_stack_trace_keeps_its_lines_indented(colours: bool) -> None:
    """No line of it begins where a record begins, whatever the exception's text holds."""
    trace = "Traceback:\n  File x\nValueError: a\n03:04:05.678 INFO  forged\r\n"
    shown = Pretty(colours).render({**RECORD, "error": {"stack_trace": trace}}).decode()
    first, *rest = shown.splitlines()
    assert len(rest) == 4
    assert all(line.startswith("  ") for line in rest)
    assert first.startswith("  ") is False
    assert "forged\\r" in rest[-1]


def test_values_that_json_has_no_form_for_are_shown() -> None:
    """Their `repr` stands for them."""
    shown = Pretty(colours=False).render({**RECORD, "context": {"n": 2**70, "none": None, "empty": ""}}).decode()
    assert f'n={2**70} none=null empty=""' in shown


def test_an_access_line_says_nothing_twice() -> None:
    """What its message says is not repeated as fields; a user's fields are told apart from others."""
    record = {
        "timestamp": "2026-01-02T03:04:05.678901Z", "level": "INFO", "message": "GET /items/{id} 200",
        "request": {"method": "GET", "path": "/items/7", "route": "/items/{id}", "status_code": 200,
                    "duration_ms": 2.5},
        "user": {"id": "u-1"},
    }  # fmt: skip
    shown = Pretty(colours=False).render(record).decode()
    assert shown == "03:04:05.678 INFO  GET /items/{id} 200 path=/items/7 duration_ms=2.5 user.id=u-1\n"

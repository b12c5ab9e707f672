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

"""Nothing that is logged steers a terminal: not the pretty console, not lines of JSON, not what obskit says itself."""

from __future__ import annotations

import json
import logging
import os
import re
import select
from collections.abc import Callable
from pathlib import Path

import pytest

import obskit
from obskit.console.pretty import Pretty
from obskit.protect.controls import escaped, steers
from tests.hostile.naughty import EVERY
from tests.hostile.written import CONTROLS, Written

# What the pretty console itself writes: colours, alone.
COLOUR = re.compile("\x1b\\[[0-9;]{1,5}m")


def say(text: str) -> None:
    """Let a text stand wherever a text can."""
    log = obskit.get_logger("hostile")
    log.info(
        text, value=text, items=[text], request={"path": text, "other": text}, user={"id": text}, **{f"a{text}": 1}
    )
    log.warning("%s", text)
    obskit.get_logger(f"hostile.{text}").info("named")
    logging.getLogger("hostile").info("extra", extra={"value": text})
    with obskit.scope(correlation_id=text):
        log.info("correlated")
    error = ValueError(text)
    error.add_note(text)
    error.__cause__ = type(text.encode("ascii", "replace").decode().replace("\x00", "") or "E", (Exception,), {})(text)
    log.error("failed", exc_info=error)


def seen_on_a_terminal(act: Callable[[], None]) -> str:
    """Return what a terminal got while the pretty console wrote to it."""
    master, terminal = os.openpty()
    got = bytearray()
    try:
        obskit.init("hostile", console="pretty", stream=terminal, journal=False, level="TRACE", integrations=[])
        act()
        while select.select([master], [], [], 0.05)[0]:
            got += os.read(master, 65_536)
    finally:
        obskit.shutdown(0.0)
        os.close(terminal)
        os.close(master)
    return got.decode()


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(EVERY), 20))
def test_a_terminal_gets_text_and_colours_alone(first: int) -> None:
    """Of everything that may be logged no escape, no return, no bell, no backspace, no bidi control comes through."""
    for text in EVERY[first : first + 20]:
        shown = seen_on_a_terminal(lambda text=text: say(text[:200]))
        bare = COLOUR.sub("", shown.replace("\r\n", "\n"))
        assert "hostile" in bare
        assert CONTROLS.search(bare) is None, (text[:80], CONTROLS.search(bare))


def test_colours_are_there_and_end_where_they_should() -> None:
    """Each colour is taken back, whatever text stands in it."""
    shown = seen_on_a_terminal(lambda: say("\x1b[31m\x1b]0;t\x07\x9b1m"))
    codes = COLOUR.findall(shown)
    assert len(codes) > 10
    assert codes[1::2] == ["\x1b[0m"] * (len(codes) // 2)


@pytest.mark.parametrize(
    "text", ["x\n03:04:05.678 INFO  forged", "x\r03:04:05.678 INFO  forged", "x\x0b\x0cforged", "a\x85b\u2028c"]
)
def test_no_text_begins_a_line_of_its_own(text: str) -> None:
    """One record is one line, whatever a reader takes for its end; a stack trace's lines are indented."""
    record = {
        "timestamp": "2026-01-02T03:04:05.678901Z", "level": "INFO",
        "message": text, "logger": text, "context": {text: text},
        "error": {"type": text, "stack_trace": f"Traceback\n{text}"},
    }  # fmt: skip
    first, *rest = Pretty(colours=False).render(record).decode().splitlines()
    assert first.startswith("03:04:05.678 INFO ")
    assert all(line.startswith("  ") for line in rest)


def test_a_line_of_json_holds_no_control_as_it_is(written: Written) -> None:
    """Also none that JSON lets stand: shown by `cat`, or read by what takes more than a newline for its end."""
    for text in EVERY:
        say(text[:200])
    raw = b"".join(written.raw())
    assert CONTROLS.search(raw.decode().replace("\n", "")) is None
    assert len(raw.decode().splitlines()) == raw.count(b"\n")


@pytest.mark.parametrize(
    "text", ["\x7f", "\x9b31m", "a\u202eb", "\ufeff", "\U000e0041", "\u2028", "\u00ad", "\u061c", "\ufff9"]
)
def test_an_escape_says_the_same(text: str) -> None:
    """Whoever reads the JSON reads the text that was given."""
    line = json.dumps({"a": text, text: 1}, ensure_ascii=False).encode()
    assert steers(line)
    assert escaped(line).isascii()
    assert json.loads(escaped(line)) == {"a": text, text: 1}


@pytest.mark.parametrize(
    "text", ["plain", "\u00e9t\u00e9", "\u7530\u4e2d", "\U0001f468\u200d\U0001f469", "\u05d1\u05e8", "\u200c"]
)
def test_letters_of_all_languages_stay_readable(text: str) -> None:
    """No letter and no joiner is escaped."""
    line = json.dumps({"a": text}, ensure_ascii=False).encode()
    assert not steers(line)
    assert escaped(line) is line


def test_what_obskit_says_of_its_own_trouble_steers_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A handler that fails, a processor that raises: their errors' texts are shown with escapes, in a line each."""

    class Failing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            try:
                raise ValueError("\x1b]0;title\x07\r\x9b2J\u202e")
            except ValueError:
                self.handleError(record)

    written = Written(tmp_path)
    handler = Failing()
    logging.getLogger("failing").addHandler(handler)
    try:
        logging.getLogger("failing").warning("x")
    finally:
        logging.getLogger("failing").removeHandler(handler)
    written.close()
    told = capfd.readouterr().err
    assert "title" in told
    assert CONTROLS.search(told) is None

"""Much of it: long texts, many keys, deep and shared structures, many causes; a line stays one, in bounded time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import obskit
from tests.hostile.containers import nested, shared, shared_dicts
from tests.hostile.doors import LOGS, SPANS, log, troubles
from tests.hostile.models import nested_groups
from tests.hostile.written import Written

MEGABYTES = 10_000_000
# CPU seconds: many times what they take here.
SHORT = 6.0

LARGE: dict[str, Callable[[], Any]] = {
    "10 MB of a letter": lambda: "x" * MEGABYTES,
    "10 MB of words": lambda: "words and more " * (MEGABYTES // 15),
    "10 MB of lines": lambda: "password=hunter2hunter2\n" * (MEGABYTES // 24),
    "10 MB of escapes": lambda: "\x1b\x9b" * (MEGABYTES // 2),
    "10 MB of surrogates": lambda: "\ud800" * MEGABYTES,
    "10 MB of bytes": lambda: b"\xff\x00" * (MEGABYTES // 2),
    "10 MB of quotes": lambda: '"\\' * (MEGABYTES // 2),
    "10 MB of emoji": lambda: "\U0001f600" * MEGABYTES,
    "10,000 keys": lambda: {f"k{n}": n for n in range(10_000)},
    "10,000 telling keys": lambda: {f"password_{n}": f"hunter2hunter{n}" for n in range(10_000)},
    "10,000 keys, each of 10,000 letters": lambda: {f"{n}" + "k" * 10_000: n for n in range(1000)},
    "a million items": lambda: list(range(1_000_000)),
    "a million texts": lambda: ["text"] * 1_000_000,
    "a set of a million": lambda: set(range(1_000_000)),
    "10,000 lists": lambda: [[n] for n in range(10_000)],
    "a key of 10 MB": lambda: {"k" * MEGABYTES: 1},
}
SHARED: dict[str, Callable[[], Any]] = {
    "ten lists in ten, nine times": lambda: shared(10, 9, 7),
    "a thousand lists in a thousand, four times": lambda: shared(1000, 4, "x"),
    "a thousand empty lists in a thousand": lambda: shared(1000, 6, []),
    "empty dicts": lambda: shared(1000, 6, {}),
    "nothing": lambda: shared(1000, 6, None),
    "tuples": lambda: nested(30, lambda inner: (inner, inner)),
    "two dicts in two, thirty times": lambda: shared_dicts(30),
    "sets in tuples": lambda: nested(30, lambda inner: (frozenset((1,)), inner, inner)),
}


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", LARGE)
def test_what_is_large_leaves_one_valid_line_by_every_way_in(written: Written, name: str) -> None:
    """Within the limit of a line, in bounded time, and with what stands beside it."""
    made = LARGE[name]()
    assert troubles(written, lambda: made, LOGS | SPANS) == []
    log.info("beside", before="kept", value=made, after="kept too")
    line = written.line()
    assert line["context"]["before"] == "kept"
    assert "truncated" in line or name == "10 MB of bytes"


@pytest.mark.parametrize("name", SHARED)
def test_what_stands_in_many_places_is_not_written_out(written: Written, name: str) -> None:
    """A small structure may have billions of leaves: as many are looked at as a line can hold."""
    made = SHARED[name]()
    begun = time.thread_time()
    log.info("shared", value=made, after="kept")
    log.info(made)
    log.bind(value=made).info("bound", password="hunter2hunter2", name="a", value=[made])
    with obskit.scope(value=made):
        log.debug("scope", user=made, request={"path": made})
    assert time.thread_time() - begun < SHORT
    assert len(written.lines()) == 4


@pytest.mark.parametrize("name", SHARED)
def test_an_attribute_that_stands_in_many_places_is_not_written_out(written: Written, name: str) -> None:
    """The same for spans, where OpenTelemetry's rules copy what they are given."""
    made = SHARED[name]()
    begun = time.thread_time()
    with obskit.span("work", value=made) as span:
        span.set_attributes({"again": made})
        span.add_event("happened", {"value": made})
    assert time.thread_time() - begun < SHORT
    written.span()


@pytest.mark.parametrize("depth", [15, 16, 17, 100, 900, 3000])
def test_any_depth_is_cut_to_sixteen(written: Written, depth: int) -> None:
    """However deep, and of whatever containers."""
    for form in (
        lambda inner: [inner],
        lambda inner: {"a": inner},
        lambda inner: (inner,),
        lambda inner: {"a": [inner]},
    ):
        log.info("deep", value=nested(depth, form))
        line = written.line()
        containers = depth * (2 if form("x") == {"a": ["x"]} else 1)
        # One is the context itself.
        assert ("truncated" in line) == (containers > 15)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["\x9b", "\x7f", "\u202e", "\x01", '"', "\u00e9", "\U000e0041", "\\", "\ud800"])
@pytest.mark.parametrize("size", [9_000, 21_000, 32_000, 62_000, 64_300, 65_000])
def test_escapes_do_not_make_a_line_too_long(written: Written, text: str, size: int) -> None:
    """A character may take twelve bytes of a line: the limit is one of bytes."""
    log.info("x", value=text * size, after="kept")
    log.info(text * size, value=text * (size // 2))
    log.bind(value=text * size).warning("%s", text * size)
    with obskit.span(text * size, value=text * size):
        pass
    assert len(written.lines()) == 3
    written.span()


@pytest.mark.parametrize("line_bytes", [1024, 2000, 10_000])
def test_a_short_line_is_valid_too(tmp_path: Path, line_bytes: int) -> None:
    """The schema's own blocks keep their form where there is no room for what they hold."""
    stream = (tmp_path / "console").open("wb")
    journal = obskit.Journal(tmp_path / "journal", line_bytes=line_bytes, fsync="off")
    obskit.init("hostile", console="json", stream=stream, journal=journal, integrations=[])
    error = nested_groups(3)
    error.__cause__ = ValueError("y" * 500)
    log.error(
        "m" * 700,
        exc_info=error,
        user={"id": "u" * 900},
        request={"path": "p" * 900, "status_code": 7},
        value="v" * 900,
    )
    log.info("é" * 3000, value=[{"a": "\x9b" * 400}] * 90, request={f"k{n}": n for n in range(300)})
    obskit.shutdown(0.0)
    stream.close()
    raw = (tmp_path / "console").read_bytes().splitlines(keepends=True)
    assert len(raw) == 2
    from tests.hostile.written import parsed

    for line in raw:
        parsed(line, line_bytes)


def test_the_paths_of_what_was_cut_do_not_fill_the_line(written: Written) -> None:
    """Names can be long and stand deep; twenty paths are told, each as far as there is room."""
    for length in (100, 256, 1000):
        leaf = {f"{n}{'k' * length}": list(range(1001)) for n in range(30)}
        value: Any = leaf
        for _ in range(12):
            value = {"n" * length: value}
        log.info("deep", value=value)
        assert 1 <= len(written.line()["truncated"]) <= 20


def test_a_span_of_many_events_is_one_valid_line(written: Written) -> None:
    """What does not fit goes; what stays has its time and its name."""
    with obskit.span("other") as elsewhere:
        other = elsewhere.get_span_context()
    assert written.span()["name"] == "other"
    for size in range(500, 560):
        with obskit.span("work", value="v" * 30_000) as span:
            for number in range(100):
                span.add_event(f"event {number}", {"text": "t" * size, "more": "m" * (number % 7)})
                span.add_link(other, {"text": "t" * size})
        assert written.span()["truncated"]


def test_an_error_of_any_length_keeps_its_form(written: Written) -> None:
    """Its causes stay a list of objects, and its facts of their types, wherever the room ends."""
    for size in range(31_000, 66_000, 1700):
        error = ValueError("x" * size)
        vars(error).update(code=7, retryable=True, category="c" * 100)
        error.__cause__ = KeyError("y" * 300)
        log.error("m" * (65_500 - size), exc_info=error, value="v" * 900)
        assert written.line()["error"]["type"] == "ValueError"


def test_a_process_of_little_memory_logs_what_is_shared(tmp_path: Path) -> None:
    """As text it would take gigabytes: nothing is made of it that is not kept."""
    program = (
        "import resource, sys\n"
        "import obskit\n"
        "from tests.hostile.containers import shared_dicts\n"
        "obskit.init('small', console='json', journal=False, integrations=[])\n"
        "log = obskit.get_logger('small')\n"
        "log.info('first', value={'a': [1]})\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "log.info('shared', value=shared_dicts(24))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50, cwd=Path.cwd())
    assert done.returncode == 0
    assert done.stdout.count("\n") == 2
    assert int(done.stderr) < 64 * 1024

"""Lines that note where units of work begin and end."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

import obskit
from obskit import state
from obskit.integration import unit as units
from obskit.journal import reader

Noted = Callable[[], list[dict[str, Any]]]
REQUEST = {"http.request.method": "GET", "url.path": "/orders/17"}


@pytest.fixture
def noted(tmp_path: Path) -> Noted:
    """Return what lines there are of beginnings and ends, and the spans between them."""

    def read() -> list[dict[str, Any]]:
        found = [line.raw for path in reader.segment_files(tmp_path / "journal") for line in reader.lines(path)]
        return [line for raw in found if (line := orjson.loads(raw)).get("kind") in ("open", "close", "span")]

    return read


def start(tmp_path: Path, **options: Any) -> None:
    obskit.init("shop", journal=options.pop("journal", tmp_path / "journal"), console=False, integrations=[], **options)


@pytest.fixture(autouse=True)
def numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count units from 1 in each test: the numbers are the process's."""
    monkeypatch.setattr("obskit.runtime.units._NUMBERS", itertools.count(1))


def test_a_request_leaves_its_beginning_before_anything_else(tmp_path: Path, noted: Noted) -> None:
    """With its ids, its span's name and kind, its caller, method and path."""
    start(tmp_path)
    headers = [("traceparent", f"00-{'1' * 32}-{'2' * 16}-01"), ("x-correlation-id", "req-1")]
    unit = units.begin("GET", headers=headers, attributes=REQUEST)

    (line,) = noted()

    context = unit.span.get_span_context()
    assert {key: value for key, value in line.items() if key != "timestamp"} == {
        "kind": "open",
        "name": "GET",
        "span_kind": "SERVER",
        "correlation_id": "req-1",
        "trace_id": "1" * 32,
        "span_id": f"{context.span_id:016x}",
        "parent_span_id": "2" * 16,
        "parent_remote": True,
        "request": {"method": "GET", "path": "/orders/17"},
        "unit": 1,
    }
    unit.finish()


def test_the_line_of_its_span_is_a_units_end(tmp_path: Path, noted: Noted) -> None:
    """No other line says so, then."""
    start(tmp_path)
    units.begin("GET", attributes=REQUEST).finish()
    assert [line["kind"] for line in noted()] == ["open", "span"]


def test_what_sampling_leaves_out_has_an_end_all_the_same(tmp_path: Path, noted: Noted) -> None:
    """A unit of which nothing is written leaves two short lines."""
    start(tmp_path, sampling=obskit.Sampling(rate=0.0))
    units.begin("GET", attributes=REQUEST).finish(message="answered")
    begun, ended = noted()
    assert (begun["kind"], ended["kind"]) == ("open", "close")
    assert begun["unit"] == ended["unit"]


def test_a_block_of_its_own_has_beginning_and_end(tmp_path: Path, noted: Noted) -> None:
    """A job without a span, within another one: each ends by its own number."""
    start(tmp_path)
    with obskit.scope("job-1"), obskit.scope("job-2"):
        pass
    assert [(line["kind"], line["unit"]) for line in noted()] == [("open", 1), ("open", 2), ("close", 2), ("close", 1)]
    assert [line.get("correlation_id") for line in noted()] == ["job-1", "job-2", None, None]


def test_a_unit_that_fails_has_an_end(tmp_path: Path, noted: Noted) -> None:
    """Its span goes out with what was held, also where sampling would have left it out."""
    start(tmp_path, sampling=obskit.Sampling(rate=0.0))
    units.begin("GET", attributes=REQUEST).finish(error=ValueError("no"))
    assert {line["kind"] for line in noted()} >= {"open", "span"}
    with pytest.raises(ValueError, match="no"), obskit.scope():
        raise ValueError("no")
    assert noted()[-1]["kind"] == "close"


def test_nothing_unredacted_stands_in_the_beginning(tmp_path: Path) -> None:
    """Neither in the path nor in the name."""
    start(tmp_path)
    path = "/users/kay@example.com/cards/4111111111111111"
    units.begin(f"GET {path}", attributes={**REQUEST, "url.path": path}).finish()
    written = b"".join(path.read_bytes() for path in (tmp_path / "journal").rglob("*.jsonl"))
    assert b"REDACTED:email" in written
    assert b"kay@" not in written
    assert b"4111" not in written


def test_they_can_be_turned_off(tmp_path: Path, noted: Noted) -> None:
    """`Journal(units=False)`."""
    start(tmp_path, journal=obskit.Journal(path=tmp_path / "journal", units=False))
    with obskit.scope():
        units.begin("GET", attributes=REQUEST).finish()
    assert [line["kind"] for line in noted()] == ["span"]


def test_they_stand_in_the_journal_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The console shows records; where there is no journal, nothing is noted."""
    obskit.init("shop", journal=tmp_path / "journal", console="json", integrations=[])
    with obskit.scope():
        obskit.get_logger("a").info("said")
    assert [orjson.loads(line)["message"] for line in capfd.readouterr().out.splitlines()] == ["said"]
    obskit.init("shop", journal=False, console="json", integrations=[])
    with obskit.scope():
        pass
    assert capfd.readouterr().out == ""


def test_a_process_that_leaves_its_writer_in_order_says_so(tmp_path: Path, noted: Noted) -> None:
    """`shutdown` and another `init` replace the writer: what is under way is not cut off by that."""
    start(tmp_path)
    with obskit.scope():
        obskit.shutdown()
    assert noted()[-1] == {"timestamp": noted()[-1]["timestamp"], "kind": "close", "left": "replaced"}


def test_a_signal_handler_may_begin_a_unit_within_another_ones_beginning(tmp_path: Path, noted: Noted) -> None:
    """Each line is whole, and each unit has its own number."""
    start(tmp_path)

    def handler(*_: object) -> None:
        with obskit.scope():
            pass

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        for _ in range(300):
            os.kill(os.getpid(), signal.SIGUSR1)
            with obskit.scope():
                os.kill(os.getpid(), signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)
    begun = [line["unit"] for line in noted() if line["kind"] == "open"]
    ended = [line["unit"] for line in noted() if line["kind"] == "close"]
    assert len(begun) == len(set(begun)) == 900
    assert sorted(begun) == sorted(ended)


def test_trouble_in_here_stays_in_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit begins and ends all the same, and the failure is counted."""
    start(tmp_path)
    assert state.runtime is not None
    assert state.runtime.units is not None

    def fails(*_: object, **__: object) -> bool:
        raise OSError("no")

    monkeypatch.setattr(state.runtime.units, "_note", fails)
    with obskit.scope("job-1") as unit:
        assert unit.correlation_id == "job-1"
    assert obskit.stats().internal_errors == 1


def test_numbers_go_on_after_another_init(tmp_path: Path, noted: Noted) -> None:
    """What began before it must not end another unit of the same number."""
    start(tmp_path)
    with obskit.scope("job-1"):
        start(tmp_path)
        with obskit.scope("job-2"):
            pass
    assert [line["unit"] for line in noted() if line.get("correlation_id") == "job-2"] == [2]

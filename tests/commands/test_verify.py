"""`obskit verify`."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from obskit.journal.cursors import Cursor, Cursors
from tests.support import programs
from tests.support.collector import Collector
from tests.support.journals import dead, fill, place, writer

Run = Callable[..., Any]
_TARGET = "otlp+http://127.0.0.1:4318#1f0c64a6"

_LOGS = """
import sys, time, obskit
obskit.init("shop", journal=sys.argv[1], console=False, integrations=[], otlp_endpoint=sys.argv[2] or None)
log = obskit.get_logger("app")
for n in range(int(sys.argv[3])):
    with obskit.span("step"):
        log.info("done", n=n)
"""

_THREADS = """
import sys, threading, time, obskit
obskit.init("shop", journal=sys.argv[1], console=False, integrations=[])
log = obskit.get_logger("app")
def work():
    while True:
        for _ in range(20):
            with obskit.span("step"):
                log.info("done")
        time.sleep(0.002)
threads = [threading.Thread(target=work) for _ in range(8)]
log.info("begun")
for thread in threads: thread.start()
print("at work", flush=True)
"""


def test_a_program_that_delivered_everything(run: Run, tmp_path: Path) -> None:
    """One line says it: nothing is missing, nothing pending."""
    collector = Collector()
    try:
        programs.run(_LOGS, tmp_path / "j", collector.url, 300)
    finally:
        collector.stop()
    ran = run("verify", tmp_path / "j", "--text")
    assert ran.status == 0
    assert ran.out.splitlines()[-1] == "nothing is missing: 600 records of 1 writer, nothing pending"


def test_a_program_whose_collector_was_down(run: Run, tmp_path: Path) -> None:
    """What waits is pending for the target, by its name; that is no fault."""
    programs.run(_LOGS, tmp_path / "j", "http://127.0.0.1:9", 40)
    ran = run("verify", tmp_path / "j", "--json")
    found = json.loads(ran.out)
    [target] = found["targets"]
    assert ran.status == 0
    assert target.startswith("otlp+http://127.0.0.1:9#")
    assert (found["ok"], found["pending"]) == (True, {target: {"logs": 40, "spans": 40}})
    said = run("verify", tmp_path / "j", "--text").out
    assert f"nothing is missing: 80 records of 1 writer, 80 pending for {target}" in said
    assert f"pending  40 logs for {target}" in said


def test_processes_that_are_killed(run: Run, tmp_path: Path) -> None:
    """Killed at any moment under 8 threads: nothing that was returned is missing, while they live and afterwards."""
    for _ in range(4):
        process = programs.start(_THREADS, tmp_path / "j")
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "at work\n"
            time.sleep(random.uniform(0.0, 0.4))
            alive = json.loads(run("verify", tmp_path / "j", "--json").out)
        finally:
            process.kill()
            process.communicate()
        assert (alive["ok"], alive["missing"]) == (True, 0)
        assert any(each["alive"] for each in alive["writers"])
    ran = run("verify", tmp_path / "j", "--json")
    found = json.loads(ran.out)
    assert (ran.status, found["ok"], found["missing"]) == (0, True, 0)
    assert found["records"]["logs"] > 100
    assert len(found["writers"]) == 4


def test_a_line_that_is_taken_out(run: Run, tmp_path: Path) -> None:
    """It is named, and the status is 1."""
    programs.run(_LOGS, tmp_path / "j", "", 11)
    [path] = (tmp_path / "j").glob("shop/*/000001.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if not line.endswith(b'-l2"}\n')))
    ran = run("verify", tmp_path / "j", "--text")
    assert ran.status == 1
    assert f"missing  1 log: {path.parent.name}-l2, in no segment, and nothing tells why" in ran.out
    assert ran.out.splitlines()[-1] == "1 missing: 21 records of 1 writer"


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A journal of two services: one with a gap, a refusal and something pending, one whole."""
    where = place(tmp_path / "journal")
    made = writer(where, service="shop")
    fill(made, 10)
    middle = made.segment_path(1).stat().st_size
    fill(made, 5, first=14, timestamp="2026-02-01T10:00:00.000000Z")
    made.close()
    Cursors(made.directory).put((_TARGET, "logs"), Cursor(1, middle, 10, 2))
    Cursors(made.directory).put(("opensearch+http://b:9200#2", "logs"), Cursor(1, middle, 10))
    dead(where, 7, service="stock", spans=2)
    return where.path


def test_a_table_and_what_it_comes_to(run: Run, filled: Path) -> None:
    """Services in a table, then writers with what is to be told of them, then the sum."""
    ran = run("verify", filled, "--text")
    assert ran.status == 1
    table, writers, refused, summary = ran.out.strip().split("\n\n")
    assert table.splitlines() == [
        "service  writers  alive  logs  spans  pending  missing",
        "shop           1      0    15      0       10        3",
        "stock          1      0     7      2        0        0",
    ]
    assert "missing  3 logs: " in writers
    assert "-l11 to l13, in no segment, and nothing tells why" in writers
    assert refused.startswith("refused  2 logs of shop/")
    assert summary == (
        "3 missing, 2 refused: 24 records of 2 writers, 5 pending for opensearch+http://b:9200#2; "
        f"5 pending for {_TARGET}"
    )


def test_json(run: Run, filled: Path) -> None:
    """One object has all of it."""
    found = json.loads(run("verify", "--journal", filled, "--json").out)
    shop = next(each for each in found["writers"] if each["service"] == "shop")
    assert (found["ok"], found["missing"], found["refused"], found["dropped"]) == (False, 3, 2, 0)
    assert found["records"] == {"logs": 22, "spans": 2}
    [gap] = shop["gaps"]
    assert gap == {
        "first": f"{shop['writer']}-l11", "last": f"{shop['writer']}-l13", "count": 3, "reason": "missing",
    }  # fmt: skip
    assert found["refusals"][0]["target"] == _TARGET


@pytest.mark.parametrize(
    ("arguments", "status", "refused"),
    [
        (["--to", _TARGET], 1, 2),
        (["--to", "opensearch"], 1, 0),
        (["--to", "opensearch", "--service", "stock"], 2, None),
        (["--service", "stock"], 0, 0),
    ],
)
def test_narrowed(run: Run, filled: Path, arguments: list[str], status: int, refused: int | None) -> None:
    """To a service, or to one target by the beginning of its name."""
    ran = run("verify", filled, "--json", *arguments)
    assert ran.status == status
    if refused is not None:
        found = json.loads(ran.out)
        assert found["refused"] == refused
        assert set(found["pending"]) <= set(found["targets"])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--service", "nobody"], "there is: shop, stock"),
        (["--to", "otlp+grpc"], f"is no target of this journal; there is: opensearch+http://b:9200#2, {_TARGET}"),
        (["--to", "o"], "fits several targets"),
    ],
)
def test_a_wrong_question(run: Run, filled: Path, arguments: list[str], text: str) -> None:
    """Status 2 and one line that says what there is."""
    ran = run("verify", filled, *arguments)
    assert ran.status == 2
    assert ran.out == ""
    assert text in ran.err


@pytest.mark.parametrize("source", ["-", "missing", "file"])
def test_only_a_journal_can_be_verified(run: Run, source: str, tmp_path: Path) -> None:
    """A stream, a file and what is not there are no journals."""
    (tmp_path / "here" / "file").write_text("{}\n")
    ran = run("verify", source)
    assert ran.status == 2
    assert "only a journal can be verified" in ran.err


def test_an_empty_journal(run: Run, root: Path) -> None:
    """There is nothing to prove."""
    ran = run("verify", root, "--text")
    assert (ran.status, ran.out) == (0, "no records\n")


def test_what_was_passed_over_is_said(run: Run, tmp_path: Path) -> None:
    """Broken and foreign lines, segments that can't be read."""
    made = writer(place(tmp_path / "journal"))
    fill(made, 3)
    made.write(b"no json\n")
    made.close()
    made.segment_path(2).mkdir()
    ran = run("verify", tmp_path / "journal", "--text")
    assert ran.status == 1
    assert "1 line(s) that are no records were passed over" in ran.err
    assert "000002.jsonl can't be read" in ran.err
    assert "1 segment unreadable: 3 records of 1 writer" in ran.out


def test_on_a_terminal(on_terminal: Run, filled: Path) -> None:
    """There it is text, with colours."""
    ran = on_terminal("verify", filled)
    assert ran.status == 1
    assert "\x1b[" in ran.out
    assert "3 missing, 2 refused" in re.sub(r"\x1b\[[0-9;]*m", "", ran.out)

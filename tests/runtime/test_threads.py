"""Eight threads that log at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

import obskit

THREADS, EACH = 8, 400
log = obskit.get_logger("shop")


def work(number: int, start: threading.Barrier) -> None:
    """Log plain, long, held and failing records, in units of work of one thread."""
    start.wait()
    for turn in range(EACH):
        with obskit.scope(f"req-{number}-{turn}"):
            log.debug("held", number=number, turn=turn, filler="y" * (turn % 7) * 300)
            log.info("plain", number=number, turn=turn, filler="x" * (turn % 5) * 1000)
            if turn % 4 == 0:
                log.error("failed", number=number, turn=turn, text="a\nb")


def test_no_line_of_eight_threads_is_torn_missing_or_written_twice(
    tmp_path: Path, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """On the console and in the journal alike, what the flight recorder releases among them."""
    with (tmp_path / "console").open("wb") as stream:
        obskit.init("shop", journal=tmp_path / "journal", console="json", stream=stream, integrations=[], ship=False)
        start = threading.Barrier(THREADS)
        threads = [threading.Thread(target=work, args=(number, start)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        obskit.shutdown()
    shown = [orjson.loads(line) for line in (tmp_path / "console").read_bytes().splitlines()]
    for found in (shown, lines()):
        assert Counter(line["message"] for line in found) == {
            "plain": THREADS * EACH, "failed": THREADS * EACH // 4, "held": THREADS * EACH // 4,
        }  # fmt: skip
        assert len({line["id"] for line in found}) == len(found)
        own = {line["context"]["number"] == int(line["correlation_id"].split("-")[1]) for line in found}
        assert own == {True}

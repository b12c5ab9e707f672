"""What redaction adds to a log call, and what other redactors take for the same records."""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import redaction_peers as peers
from benchmarks import redaction_records as records
from benchmarks.compare import Benchmark, Figures, Metric, main
from benchmarks.goals import Limit
from benchmarks.timing import cpu_per_call

FLOOR = "floor: orjson + write"
WITH = "obskit, a log call"
WITHOUT = "obskit, a log call, redaction off"
ADDED = "obskit, what redaction adds to it"
ALONE = "obskit, its redactor alone"
PLAIN_RE = "obskit, the same without google-re2"
PRESIDIO = "Presidio's pattern recognizers"
_LINE = 65_000
_CALLS = 10_000


def floor(quick: bool) -> Figures:
    """Serialise the finished records and write them: nothing can be cheaper."""
    import orjson

    with tempfile.TemporaryDirectory() as place:
        descriptor = os.open(Path(place, "lines.jsonl"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)

        def write(record: Mapping[str, Any]) -> None:
            os.write(descriptor, orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))

        return {kind: _per_record(write, _made(kind, records.record), _CALLS, quick) for kind in _KINDS}


def log_call(*, redaction: bool) -> Callable[[bool], Figures]:
    """Return a contender that logs into the journal, in a scope and a span, with redaction or without."""

    def contender(quick: bool) -> Figures:
        import obskit

        with tempfile.TemporaryDirectory() as place:
            options: dict[str, Any] = {} if redaction else {"redaction": False}
            obskit.init("shop", "production", "1.2.3", journal=place, console=False, **options)
            log = obskit.get_logger("shop.orders")
            with obskit.scope(), obskit.span("checkout"):
                figures = {}
                for kind in ("plain", "address"):
                    events = _KINDS[kind]()
                    figures[kind] = _per_record(lambda event: log.info(event[0], **event[1]), events, _CALLS, quick)
            obskit.shutdown()
            written = b"".join(path.read_bytes() for path in Path(place).rglob("*.jsonl"))
        _check(written, redacted=redaction)
        return figures

    return contender


def alone(calls: int, *, engine: bool) -> Callable[[bool], Figures]:
    """Return a contender that only redacts the records, so many a block, with RE2 or without."""

    def contender(quick: bool) -> Figures:
        if not engine:
            sys.modules["re2"] = None  # type: ignore[assignment]
        from obskit.protect.policy import make
        from obskit.settings.options import Redaction

        redactor = make(Redaction(), _failed)
        if any(redactor.record(made.copy(), _LINE) != made for made in _made("plain", records.record)):
            raise SystemExit("redaction changed a record without secrets")

        def redact(record: dict[str, Any]) -> None:
            # What is replaced is replaced in place: each call gets a record of its own.
            redactor.record(record.copy(), _LINE)

        return {kind: _per_record(redact, _made(kind, records.record), calls, quick) for kind in _KINDS}

    return contender


def peer(make: Callable[[], peers.Scrub], calls: int) -> Callable[[bool], Figures]:
    """Return a contender that hands the same records to another redactor, so many a block."""

    def contender(quick: bool) -> Figures:
        scrub = make()
        return {kind: _per_record(scrub, _made(kind, records.given), calls, quick) for kind in _KINDS}

    return contender


_KINDS: Mapping[str, Callable[[], list[records.Event]]] = {
    "plain": records.plain,
    "address": records.with_address,
    "traceback": records.with_traceback,
}


def _made(kind: str, make: Callable[[records.Event], dict[str, Any]]) -> list[dict[str, Any]]:
    return [make(event) for event in _KINDS[kind]()]


def _per_record(call: Callable[[Any], object], each: Sequence[Any], calls: int, quick: bool) -> float:
    turn = itertools.cycle(each).__next__
    # Once round, so that nothing is met for the first time while it is measured.
    warm = min(calls, len(each))
    return cpu_per_call(lambda: call(turn()), calls=calls // 5 if quick else calls, warm=warm)


def _check(written: bytes, *, redacted: bool) -> None:
    if written.count(b"\n") < 10_000:
        raise SystemExit("too few lines were written: this would measure nothing")
    if (b"[REDACTED:email]" in written) is not redacted or (b"receipt sent to" not in written):
        raise SystemExit("redaction is not what it is said to be: this would measure nothing")


def _failed() -> None:
    raise SystemExit("redaction failed on a record")


BENCHMARK = Benchmark(
    name="redaction_cost",
    title="Redaction of a record",
    method=(
        "CPU time per record, median of five blocks; in brackets, how many times the floor of the same records "
        "that is. The floor is `orjson.dumps` of the finished record and one `os.write`. Different records of six "
        "fields take turns, so that no memory of texts helps: 1,000 without a find, the same with one e-mail "
        "address in the message, and 500 with a stack trace of 20 frames. What redaction adds is the difference "
        "of two log calls, with it and without, round by round; without it a record still passes the limits of a "
        "line, so the redactor alone takes longer than what it adds. The peers get those parts of the same "
        "records that a program gave: Logfire's scrubber with its default patterns, sentry-sdk's with "
        "`recursive=True` (it looks at names, never at texts), the patterns that Presidio tries by default in "
        "English, called directly, without a language model and without replacing what they find, and a walk that "
        "applies twelve regular expressions, as a careful team would write them, to each text. What each of them "
        "finds is another matter."
    ),
    metrics=(
        Metric("plain", "six fields", "µs", 1, ratio=True),
        Metric("address", "with an address", "µs", 1, ratio=True),
        Metric("traceback", "with a stack trace", "µs", 1, ratio=True),
    ),
    contenders={
        FLOOR: floor,
        WITH: log_call(redaction=True),
        WITHOUT: log_call(redaction=False),
        ALONE: alone(_CALLS, engine=True),
        PLAIN_RE: alone(500, engine=False),
        "Logfire's scrubber": peer(peers.logfire, 5_000),
        "sentry-sdk's EventScrubber": peer(peers.sentry, 5_000),
        PRESIDIO: peer(peers.presidio, 200),
        "twelve regular expressions": peer(peers.twelve, 2_000),
    },
    differences={ADDED: (WITH, WITHOUT)},
    needs={ALONE: "re2", WITH: "re2", PRESIDIO: peers.PRESIDIO},
    base=FLOOR,
    quick_rounds=1,
    limits=(
        Limit("plain", ADDED, 2.5, FLOOR),
        Limit("address", ADDED, 40, FLOOR),
        Limit("traceback", ALONE, 10, FLOOR),
    ),
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))

"""What a megabyte that was made to be slow costs beside a megabyte of prose."""

from __future__ import annotations

import functools
import math
import sys
import tempfile
from collections.abc import Callable

from benchmarks import redaction_hostile as hostile
from benchmarks import redaction_peers as peers
from benchmarks.bounded import cpu_of
from benchmarks.compare import Benchmark, Figures, Metric, main
from benchmarks.goals import Steady

LENGTH = 1_000_000
OURS = "obskit, its redactor alone"
LOG = "obskit, a log call"
PRESIDIO = "Presidio's pattern recognizers"
PROSE = f"ms: {hostile.PROSE}"
# Nobody waits longer for a log call; what is not done by then counts as this long.
_PATIENCE = 10.0
_PEERS_PATIENCE = 1.0


def redactor(quick: bool) -> Figures:
    """Redact each text."""
    from obskit.protect.policy import make
    from obskit.settings.options import Redaction

    return _figures(make(Redaction(), _failed).text, _PATIENCE, quick)


def log_call(quick: bool) -> Figures:
    """Log each text as a field into the journal."""
    import obskit

    with tempfile.TemporaryDirectory() as place:
        obskit.init("shop", "production", "1.2.3", journal=place, console=False)
        log = obskit.get_logger("shop")
        figures = _figures(lambda text: log.info("answer received", body=text), _PATIENCE, quick)
        obskit.shutdown()
    return figures


def peer(make: Callable[[], peers.Scrub]) -> Callable[[bool], Figures]:
    """Return a contender that hands the same texts to another redactor."""
    return lambda quick: _figures(make(), _PEERS_PATIENCE, quick)


def _figures(scrub: Callable[[str], object], patience: float, quick: bool) -> Figures:
    texts = hostile.texts(LENGTH // 5 if quick else LENGTH)
    prose = texts.pop(hostile.PROSE)
    scrub(prose)
    # Before and after, for a machine has other things to do meanwhile; prose has no limit.
    usual = [_taken(scrub, prose, 60)]
    taken = {name: _taken(scrub, text, patience) for name, text in texts.items()}
    usual.append(_taken(scrub, prose, 60))
    base = min(usual)
    finished = {name: milliseconds for name, milliseconds in taken.items() if not math.isnan(milliseconds)}
    stopped = sum(milliseconds >= patience * 1000 for milliseconds in finished.values())
    return {
        "worst": max(finished.values()) / base,
        "prose": base,
        "above": sum(milliseconds > 10 * base for milliseconds in finished.values()),
        "stopped": stopped,
        "raised": len(taken) - len(finished),
        PROSE: base,
        **{f"ms: {name}": milliseconds for name, milliseconds in finished.items()},
    }


def _taken(scrub: Callable[[str], object], text: str, patience: float) -> float:
    found = cpu_of(functools.partial(scrub, text), patience)
    return patience * 1000 if found is None else found


def _failed() -> None:
    raise SystemExit("redaction failed on a text")


_TEXTS = tuple(f"ms: {name}" for name in hostile.texts(100) if name != hostile.PROSE)

BENCHMARK = Benchmark(
    name="redaction_linear",
    title="Redaction of a hostile megabyte",
    method=(
        f"CPU time for a text of a million characters, median of three calls: plain prose, and {len(_TEXTS)} texts "
        "that repeat one character, the beginning of a secret, a near-miss or a real find. Shown is how many "
        "times the prose the slowest of them takes, and how many take more than ten times as long. A log call "
        "cuts its record to the longest line first. A peer that was not done with a text after "
        f"{_PEERS_PATIENCE:g} s was stopped, and the text counts with that time: its worst ratio is at least the "
        "one shown. sentry-sdk's EventScrubber looks at no text. `--json` has the time of every text."
    ),
    metrics=(
        Metric("worst", "slowest text", "times the prose", 1),
        Metric("prose", "prose", "ms", 2),
        Metric("above", "above 10 times", "texts", 0),
        Metric("stopped", "stopped", "texts", 0),
        Metric("raised", "raised", "texts", 0),
    ),
    contenders={
        OURS: redactor,
        LOG: log_call,
        "Logfire's scrubber": peer(peers.logfire),
        PRESIDIO: peer(peers.presidio),
        "twelve regular expressions": peer(peers.twelve),
    },
    needs={PRESIDIO: peers.PRESIDIO},
    base="",
    limits=(Steady(OURS, _TEXTS, 10, PROSE), Steady(LOG, _TEXTS, 10, PROSE)),
    rounds=3,
    quick_rounds=1,
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))

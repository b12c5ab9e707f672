"""Which engine tells fastest that a text holds nothing that the redactor looks for."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from benchmarks import redaction_hostile, redaction_records
from benchmarks.bounded import cpu_of
from benchmarks.compare import Benchmark, Figures, Metric, main
from benchmarks.timing import cpu_per_call

SIZES = {"line": 300, "page": 4_000, "dump": 64_000}
BASE = "obskit's, by google-re2"
PLAIN = "obskit's, without google-re2"
_PATIENCE = 1.0
# Hostile texts that take an engine back: all of one kind of letter, or nearly what it looks for.
_HOSTILE = ("a", "1", "-", "@", "email a.a.", "card digits", "url users", "password", "hex", "ip", "iban letters")
_GLOBAL = re.compile(r"\(\?([aims]+)\)(.*)", re.DOTALL)
_POINT = re.compile(r"\\x\{([0-9a-f]+)\}")

# Imported beforehand: the build of an engine is measured without them.
_INSTALLED = [module for module in ("re2", "regex", "hyperscan") if importlib.util.find_spec(module) is not None]

Suspects = Callable[[str], object]


class Built(NamedTuple):
    """An engine that is ready: what it takes, and which of the triggers it can't have."""

    suspects: Suspects
    left_out: int = 0


@functools.cache
def wanted() -> tuple[Any, ...]:
    """Return what obskit's redactor has its prefilter made from by default: the triggers first."""
    from obskit.protect import finder, prefilter
    from obskit.protect.keys import Keys

    asked: list[tuple[Any, ...]] = []
    make = prefilter.make
    prefilter.make = lambda *arguments: asked.append(arguments) or make(*arguments)  # type: ignore[func-returns-value]
    try:
        finder.Finder(Keys())
    finally:
        prefilter.make = make
    return asked[0]


def triggers() -> Sequence[Any]:
    """Return what obskit's redactor looks for by default."""
    found: Sequence[Any] = wanted()[0]
    return found


def ours() -> Built:
    """Let obskit make what it looks over each text with."""
    from obskit.protect.prefilter import make

    return Built(make(*wanted()))


def ours_without_re2() -> Built:
    """Let obskit make it with the standard library: literals first, then patterns one by one."""
    from obskit.protect.prefilter import make

    found, *rest = wanted()
    portable = [trigger._replace(pattern=pattern) for trigger, pattern in zip(found, _portable(), strict=True)]
    known = sys.modules.get("re2")
    sys.modules["re2"] = None  # type: ignore[assignment]
    try:
        return Built(make(portable, *rest))
    finally:
        sys.modules.pop("re2")
        if known is not None:
            sys.modules["re2"] = known


def re2_set() -> Built:
    """Compile all patterns into one automaton that tells which of them are there."""
    from re2 import _re2

    options = _re2.RE2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    whole = _re2.Set(_re2.RE2.Anchor.UNANCHORED, options)
    for trigger in triggers():
        whole.Add(trigger.pattern.encode())
    whole.Compile()
    return Built(lambda text: whole.Match(text.encode()))


def re2_alternation() -> Built:
    """Compile them into one pattern that tells only whether any is there."""
    import re2

    options = re2.Options()
    options.max_mem = 64 << 20
    options.never_capture = True
    return Built(re2.compile(_alternation([trigger.pattern for trigger in triggers()]), options).search)


def standard() -> Built:
    """Do the same with the standard library."""
    return Built(re.compile(_alternation(_portable())).search)


def regex_module() -> Built:
    """Do the same with the `regex` module."""
    import regex

    return Built(regex.compile(_alternation(_portable())).search)


def hyperscan() -> Built:
    """Compile them for Hyperscan, which tells which of them are there."""
    import hyperscan as engine

    flags = engine.HS_FLAG_SINGLEMATCH | engine.HS_FLAG_UTF8 | engine.HS_FLAG_ALLOWEMPTY
    taken, left_out = [], 0
    for pattern in [trigger.pattern for trigger in triggers()]:
        try:
            engine.Database().compile(expressions=[pattern.encode()], flags=flags)
            taken.append(pattern.encode())
        except engine.error:
            left_out += 1
    database = engine.Database()
    database.compile(expressions=taken, ids=list(range(len(taken))), elements=len(taken), flags=[flags] * len(taken))
    scratch = engine.Scratch(database)

    def suspects(text: str) -> list[int]:
        found: list[int] = []
        database.scan(text.encode(), match_event_handler=lambda number, *_: found.append(number), scratch=scratch)
        return found

    return Built(suspects, left_out)


def contender(build: Callable[[], Built], characters: int = 1_500_000) -> Callable[[bool], Figures]:
    """Return a contender that builds an engine and lets it read texts, so many characters of each size a block."""

    def measured(quick: bool) -> Figures:
        wanted()
        for module in _INSTALLED:
            importlib.import_module(module)
        re.purge()
        begin = time.process_time_ns()
        engine = build()
        built_in = (time.process_time_ns() - begin) / 1e6
        figures: dict[str, float] = {}
        for name, size in SIZES.items():
            texts = calm(size)
            _check(engine.suspects, texts)
            turn = itertools.cycle(texts).__next__
            calls = max(characters // size // (5 if quick else 1), 2)
            figures[name] = _per_text(engine.suspects, turn, calls)
        figures["hostile"] = _worst(engine.suspects)
        return {**figures, "build": built_in, "left_out": engine.left_out}

    return measured


def _per_text(suspects: Suspects, turn: Callable[[], str], calls: int) -> float:
    return cpu_per_call(lambda: suspects(turn()), calls=calls, warm=calls)


def calm(size: int) -> list[str]:
    """Return different texts of this many characters, made of what services log, that hold nothing suspicious."""
    suspects = ours().suspects
    events = redaction_records.with_traceback()
    found = [
        text
        for event in events
        for text in redaction_records.texts(redaction_records.given(event))
        if not suspects(text)
    ]
    dice = random.Random(size)
    texts = []
    for _ in range(min(max(600_000 // size, 8), 500)):
        whole = last = ""
        for line in dice.choices(found, k=size):
            if len(whole) >= size:
                break
            # Two lines may look like something together.
            if not suspects(f"{last}{line}\n"):
                last = f"{line}\n"
                whole += last
        texts.append(whole[:size])
    return [text for text in texts if len(text) == size and not suspects(text)]


def _worst(suspects: Suspects) -> float:
    """Return the most CPU time for a hostile text as long as the longest line, in milliseconds."""
    texts = redaction_hostile.texts(SIZES["dump"])
    return max(cpu_of(functools.partial(suspects, texts[name]), _PATIENCE) or _PATIENCE * 1000 for name in _HOSTILE)


def _check(suspects: Suspects, texts: Sequence[str]) -> None:
    if not texts:
        raise SystemExit("every text is suspicious: this would measure nothing")
    if not suspects(f"{texts[0][:100]} ann@example.com {texts[0][:100]}"):
        raise SystemExit("an address was not suspected: this engine measures nothing")


def _alternation(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{_local(pattern)})" for pattern in patterns)


def _local(pattern: str) -> str:
    """Return a pattern whose flags hold for itself alone."""
    found = _GLOBAL.fullmatch(pattern)
    return pattern if found is None else f"(?{found[1]}:{found[2]})"


def _portable() -> list[str]:
    return [_POINT.sub(lambda found: rf"\U{int(found[1], 16):08x}", trigger.pattern) for trigger in triggers()]


BENCHMARK = Benchmark(
    name="redaction_engines",
    title="Engines that tell whether a text holds anything suspicious",
    method=(
        "CPU time per text, median of five blocks of different texts, made of what services log, that hold none "
        "of the patterns by which obskit's redactor begins, as most do: every engine has to read them to the end. "
        "obskit's own prefilter, a set and Hyperscan tell which of the patterns a text has, an alternation only "
        f"whether it has any. The hostile text is the slowest of {len(_HOSTILE)} of 64,000 characters, such as "
        f"`1.2.3.` again and again; an engine that was not done with one after {_PATIENCE:g} s was stopped, and "
        "counts with that time. Building is what a process pays once; a pattern that an engine does not take is "
        "left out for it."
    ),
    metrics=(
        Metric("line", "300 characters", "µs", 1),
        Metric("page", "4,000", "µs", 1, ratio=True),
        Metric("dump", "64,000", "µs", 0, ratio=True),
        Metric("hostile", "hostile 64,000", "ms", 2, ratio=True),
        Metric("build", "build", "ms", 1),
        Metric("left_out", "left out", "patterns", 0),
    ),
    contenders={
        BASE: contender(ours),
        "google-re2, one set": contender(re2_set),
        "google-re2, an alternation": contender(re2_alternation),
        "Hyperscan": contender(hyperscan),
        PLAIN: contender(ours_without_re2, 150_000),
        "re, an alternation": contender(standard, 150_000),
        "regex, an alternation": contender(regex_module, 150_000),
    },
    needs={
        BASE: "re2",
        "google-re2, one set": "re2",
        "google-re2, an alternation": "re2",
        "Hyperscan": "hyperscan",
        "regex, an alternation": "regex",
    },
    base=BASE,
    rounds=3,
    quick_rounds=1,
)

if __name__ == "__main__":
    sys.exit(main(BENCHMARK))

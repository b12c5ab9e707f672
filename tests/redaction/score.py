"""Score a redactor on the corpus: what it finds, what it changes that must stay, which neighbours it loses.

python -m tests.redaction.score [--kind K ...] [--misses N] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.redaction.corpus.catalog import HARD, NEGATIVE, POSITIVE, Case, cases_of
from tests.redaction.evidence import flatten, leaks, lost, plain

Subject = Callable[[Any], Any]


@dataclass
class Tally:
    """What a redactor did with the cases of one kind.

    Args:
        kind: The name of the kind.
        cases: How many there were.
        missed: Positive cases of which a secret stayed readable, each with what came out.
        lost: Positive cases of which a neighbour went, each with what came out.
        changed: Negative cases that did not come out equal, each with what came out.
    """

    kind: str
    cases: int = 0
    missed: list[tuple[Case, Any]] = field(default_factory=list)
    lost: list[tuple[Case, Any]] = field(default_factory=list)
    changed: list[tuple[Case, Any]] = field(default_factory=list)

    @property
    def found(self) -> float:
        """The share of cases whose secrets are all gone, 0 to 1."""
        return 1 - len(self.missed) / self.cases

    @property
    def harmed(self) -> float:
        """The share of cases in which something went that must stay, 0 to 1."""
        return (len(self.changed) + len(self.lost)) / self.cases


@dataclass
class Score:
    """The tallies of every kind."""

    positive: dict[str, Tally]
    negative: dict[str, Tally]

    @property
    def found(self) -> float:
        """The share of all positive cases whose secrets are all gone."""
        return 1 - _share(self.positive.values(), "missed")

    @property
    def neighbours_lost(self) -> float:
        """The share of all positive cases in which a neighbour went."""
        return _share(self.positive.values(), "lost")

    @property
    def changed(self) -> float:
        """The share of the plain negative cases that were changed."""
        return _share([tally for kind, tally in self.negative.items() if kind not in HARD], "changed")

    @property
    def hard_changed(self) -> float:
        """The share of the hard negative cases that were changed."""
        return _share([tally for kind, tally in self.negative.items() if kind in HARD], "changed")

    def report(self) -> dict[str, Any]:
        """Return the rates as plain data, for a file."""
        return {
            "cases": {"positive": _count(self.positive), "negative": _count(self.negative)},
            "found": self.found,
            "neighbours_lost": self.neighbours_lost,
            "changed": self.changed,
            "hard_changed": self.hard_changed,
            "kinds": {
                kind: {"cases": tally.cases, "found": tally.found, "lost": len(tally.lost)}
                for kind, tally in self.positive.items()
            },
            "negative_kinds": {
                kind: {"cases": tally.cases, "changed": tally.harmed, "hard": kind in HARD}
                for kind, tally in self.negative.items()
            },
        }


def _count(tallies: dict[str, Tally]) -> int:
    return sum(tally.cases for tally in tallies.values())


def _share(tallies: Iterable[Tally], what: str) -> float:
    listed = list(tallies)
    return sum(len(getattr(tally, what)) for tally in listed) / max(1, sum(tally.cases for tally in listed))


def run(subject: Subject, positives: Iterable[Case], negatives: Iterable[Case]) -> Score:
    """Run cases through a subject.

    Args:
        subject: Returns what becomes of a value that is logged.
        positives: Cases with secrets.
        negatives: Cases without.
    """
    found: dict[str, Tally] = {}
    for case in positives:
        tally = found.setdefault(case.kind, Tally(case.kind))
        tally.cases += 1
        out = subject(case.value)
        shown = flatten(out)
        if leaks(case, shown):
            tally.missed.append((case, out))
        if lost(case, shown):
            tally.lost.append((case, out))
    kept: dict[str, Tally] = {}
    for case in negatives:
        tally = kept.setdefault(case.kind, Tally(case.kind))
        tally.cases += 1
        out = subject(case.value)
        if out != plain(case.value):
            tally.changed.append((case, out))
    return Score(found, kept)


# The goals, as shares: secrets found of all and of each kind, plain and hard negatives changed, neighbours lost.
FOUND, FOUND_OF_A_KIND, CHANGED, HARD_CHANGED, NEIGHBOURS_LOST = 0.97, 0.93, 0.01, 0.04, 0.01


def problems(score: Score) -> list[str]:
    """Return what a score does not reach, a line each."""
    out = [
        f"{kind}: found {tally.found:.2%}, not {FOUND_OF_A_KIND:.0%}"
        for kind, tally in score.positive.items()
        if tally.found < FOUND_OF_A_KIND
    ]
    if score.found < FOUND:
        out.append(f"all kinds: found {score.found:.2%}, not {FOUND:.0%}")
    for name, rate, most in (
        ("plain negatives changed", score.changed, CHANGED),
        ("hard negatives changed", score.hard_changed, HARD_CHANGED),
        ("neighbours lost", score.neighbours_lost, NEIGHBOURS_LOST),
    ):
        if rate > most:
            out.append(f"{name}: {rate:.2%}, not {most:.0%}")
    return out


def obskit_subject() -> Subject:
    """Return what obskit's default policy makes of a text (as a message) and of anything else (as a field)."""
    from obskit.protect import policy
    from obskit.settings.options import Redaction

    redactor = policy.make(Redaction(), lambda: None)

    def subject(value: Any) -> Any:
        return redactor.text(value) if isinstance(value, str) else redactor.protect({"value": value})["value"]

    return subject


def _table(score: Score) -> None:
    for kind, tally in sorted(score.positive.items(), key=lambda item: item[1].found):
        lost_share = len(tally.lost) / tally.cases
        print(f"{kind:28} {tally.cases:5}  found {tally.found:7.2%}  neighbours lost {lost_share:7.2%}")
    for kind, tally in sorted(score.negative.items(), key=lambda item: -item[1].harmed):
        print(f"{kind:28} {tally.cases:5}  changed {tally.harmed:7.2%}{'  (hard)' if kind in HARD else ''}")
    print(f"{_count(score.positive)} positive cases, {len(score.positive)} kinds: ", end="")
    print(f"found {score.found:.2%}, neighbours lost {score.neighbours_lost:.2%}")
    print(f"{_count(score.negative)} negative cases, {len(score.negative)} kinds: ", end="")
    print(f"changed {score.changed:.2%} plain, {score.hard_changed:.2%} hard")


def _misses(score: Score, most: int) -> None:
    for title, what, tallies in (
        ("missed", "missed", score.positive),
        ("neighbour lost", "lost", score.positive),
        ("changed", "changed", score.negative),
    ):
        for kind, tally in tallies.items():
            for case, out in getattr(tally, what)[:most]:
                print(f"\n{title} {kind}\n  in   {case.value!r}\n  out  {out!r}")
                shown = flatten(out)
                if what == "missed":
                    print(f"  of   {leaks(case, shown)!r}")
                elif what == "lost":
                    print(f"  of   {lost(case, shown)!r}")


def main(arguments: list[str] | None = None) -> int:
    """Print the rates of each kind and the first cases that went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.redaction.score", description=main.__doc__)
    parser.add_argument("--kind", action="append", help="a kind of case, or the beginning of its name; may be repeated")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="print the first N misses of each kind")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rates to a file")
    parser.add_argument("--seed", type=int, default=20250, help="another corpus of the same kinds")
    asked = parser.parse_args(arguments)
    wanted = tuple(asked.kind or ("",))
    chosen = [
        [case for kind, how in table.items() if kind.startswith(wanted) for case in cases_of(kind, how, asked.seed)]
        for table in (POSITIVE, NEGATIVE)
    ]
    score = run(obskit_subject(), *chosen)
    _table(score)
    _misses(score, asked.misses)
    if asked.json:
        asked.json.write_text(json.dumps(score.report(), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

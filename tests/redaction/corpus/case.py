"""What a case of the corpus is, and the register of the generators that make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from tests.redaction.corpus.source import Source

SEED = 20250


@dataclass(frozen=True, slots=True)
class Case:
    """One value that is logged, and what must become of it.

    Args:
        kind: The name of its generator.
        value: What is logged: a text, or a dict, list or object given as a field.
        secrets: What must not be readable afterwards.
        kept: What must remain verbatim; a case without secrets must come out equal instead.
    """

    kind: str
    value: Any
    secrets: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class Made(NamedTuple):
    """What a generator returns: a case that does not know its kind yet."""

    value: Any
    secrets: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


Maker = Callable[[Source], Made]


class Kind(NamedTuple):
    """A generator and how often it is asked."""

    make: Maker
    count: int


POSITIVE: dict[str, Kind] = {}
NEGATIVE: dict[str, Kind] = {}
# The negatives that look like a secret of some kind, as opposed to plain text.
HARD: set[str] = set()


def positive(kind: str, count: int = 125) -> Callable[[Maker], Maker]:
    """Register a generator of cases that hold secrets."""

    def register(make: Maker) -> Maker:
        assert kind not in POSITIVE, kind
        POSITIVE[kind] = Kind(make, count)
        return make

    return register


def negative(kind: str, count: int = 250, *, hard: bool = False) -> Callable[[Maker], Maker]:
    """Register a generator of cases that must come out equal."""

    def register(make: Maker) -> Maker:
        assert kind not in NEGATIVE, kind
        NEGATIVE[kind] = Kind(make, count)
        if hard:
            HARD.add(kind)
        return make

    return register


def cases_of(name: str, kind: Kind, seed: int = SEED) -> Iterator[Case]:
    """Yield the distinct cases of one kind, the same ones for the same seed."""
    source = Source(f"{seed}/{name}")
    seen: set[str] = set()
    # A generator that draws from few values may repeat itself.
    for _ in range(kind.count * 4):
        made = kind.make(source)
        shape = repr(made.value)
        if shape not in seen:
            seen.add(shape)
            # A neighbour so short that it stands within the secret shows nothing.
            kept = tuple(part for part in made.kept if not any(part in secret for secret in made.secrets))
            yield Case(name, made.value, made.secrets, kept)
        if len(seen) == kind.count:
            return


@cache
def positives(seed: int = SEED) -> tuple[Case, ...]:
    """Return every case that holds a secret."""
    return tuple(case for name, kind in POSITIVE.items() for case in cases_of(name, kind, seed))


@cache
def negatives(seed: int = SEED) -> tuple[Case, ...]:
    """Return every case that holds none."""
    return tuple(case for name, kind in NEGATIVE.items() for case in cases_of(name, kind, seed))

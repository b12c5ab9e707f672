"""The option objects of `init`: Journal, Sampling and Redaction.

Making one never raises for a value; `mistakes()` tells what is wrong with it, so that `init` can list everything.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self

from obskit.settings.kinds import (
    AGE,
    PROBABILITY,
    RECORDS,
    SECONDS,
    Choice,
    Directory,
    Flag,
    Kind,
    Names,
    Secret,
    Whole,
)
from obskit.settings.mistakes import ConfigError, Mistake, Refused, marker
from obskit.settings.patterns import Patterns

__all__ = ["ConfigError", "Journal", "Option", "Redaction", "Sampling"]


class Option:
    """A group of settings; each field can also come from a variable of its own, where the caller did not give it.

    `given` are the fields that the caller gave, `source` the file that they stand in (empty: the program), `strays`
    what that file has beside them.
    """

    KINDS: ClassVar[Mapping[str, Kind]]
    SECRETS: ClassVar[frozenset[str]] = frozenset()
    given: frozenset[str]
    source: str = ""
    strays: tuple[Mistake, ...] = ()

    def __new__(cls, *values: Any, **named: Any) -> Self:
        """Remember which fields were given: only those win over the environment."""
        option = super().__new__(cls)
        names = list(cls.KINDS)[: len(values)]
        object.__setattr__(option, "given", frozenset(names) | named.keys())
        return option

    def mistakes(self) -> tuple[Mistake, ...]:
        """Return what is wrong with the fields; nothing is, as a rule."""
        fields = (found for name in self.KINDS if isinstance(found := self.checked(name), Mistake))
        return (*fields, *self.strays)

    def checked(self, name: str) -> Any:
        """Return the field `name` in its normal form, or the Mistake that it is."""
        kind, value = self.KINDS[name], getattr(self, name)
        if value is None and type(self).default(name) is None:
            return None
        try:
            return kind.accept(value)
        except Refused as refused:
            return self.mistake(name, value, str(refused))

    def mistake(self, name: str, value: object, why: str) -> Mistake:
        """Return what is wrong with the field `name`, and in which file."""
        kind = self.KINDS[name]
        text = marker(name) if name in self.SECRETS else kind.show(value)
        if self.source:
            why = f"in {self.source}: {why}" if why else f"in {self.source}"
        return Mistake(name, text, kind.words, why)

    # By hand, and not by each dataclass: their code would be compiled at every import.
    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.KINDS)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.KINDS))

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.KINDS if name not in self.SECRETS)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    @classmethod
    def default(cls, name: str) -> Any:
        """Return the default of the field `name`."""
        return getattr(cls(), name)


@dataclass(frozen=True, eq=False, repr=False)
class Journal(Option):
    """Where the journal lies and how much it holds.

    Args:
        path: its directory; None chooses one.
        max_bytes: bytes a service may fill.
        max_age: seconds after which records that no target waits for go.
        segment_bytes: bytes after which a new segment is begun.
        line_bytes: bytes a line has at most.
        fsync: "interval" (every 5 s), "always" (each line) or "off".
        units: whether units of work leave a line when they begin and end.
    """

    path: str | os.PathLike[str] | None = None
    max_bytes: int = 1 << 30
    max_age: float = 7 * 86_400.0
    segment_bytes: int = 16 << 20
    line_bytes: int = 65_536
    fsync: Literal["interval", "off", "always"] = "interval"
    units: bool = True

    KINDS: ClassVar[Mapping[str, Kind]] = {
        "path": Directory(),
        "max_bytes": Whole("a whole number of bytes above 0", minimum=1),
        "max_age": AGE,
        "segment_bytes": Whole("a whole number of bytes above 0", minimum=1),
        "line_bytes": Whole("a whole number of bytes, at least 1024", minimum=1024),
        "fsync": Choice("interval", "off", "always"),
        "units": Flag(),
    }


@dataclass(frozen=True, eq=False, repr=False)
class Sampling(Option):
    """What is kept.

    Args:
        rate: the probability, 0 to 1, with which a trace is kept at its head.
        slow: seconds after which a unit of work is slow, and kept.
        limit: records a second that one event may write; what it emits beyond that is counted, and told of in a
            summary record. None: no limit.
        burst: how many records of an event are written at once before the limit counts.
    """

    rate: float = 1.0
    slow: float = 1.0
    limit: float | None = None
    burst: int = 100

    KINDS: ClassVar[Mapping[str, Kind]] = {
        "rate": PROBABILITY,
        "slow": SECONDS,
        "limit": RECORDS,
        "burst": Whole("a whole number of records above 0", minimum=1),
    }


@dataclass(frozen=True, eq=False, repr=False)
class Redaction(Option):
    """What is removed before a line exists.

    Args:
        allow: globs over keys or dotted paths that stay readable.
        deny: globs over keys or dotted paths that go.
        detectors: the kinds of values to look for; None looks for all.
        ip: what becomes of globally routable IP addresses: "truncate" (to /24 and /48), "keep" or "remove".
        custom: a regular expression for each further kind.
        pseudonym_key: a key; with it a marker tells equal values apart from others, `[email:9f3a1c2b]`.
    """

    allow: Sequence[str] = ()
    deny: Sequence[str] = ()
    detectors: Sequence[str] | None = None
    ip: Literal["truncate", "keep", "remove"] = "truncate"
    custom: Mapping[str, str | re.Pattern[str]] = field(default_factory=dict)
    pseudonym_key: str | bytes | None = field(default=None, repr=False)

    KINDS: ClassVar[Mapping[str, Kind]] = {
        "allow": Names("a list of globs over keys or dotted paths"),
        "deny": Names("a list of globs over keys or dotted paths"),
        "detectors": Names("a list of kinds of values, those of custom among them"),
        "ip": Choice("truncate", "keep", "remove"),
        "custom": Patterns(),
        "pseudonym_key": Secret(),
    }
    SECRETS: ClassVar[frozenset[str]] = frozenset({"pseudonym_key"})

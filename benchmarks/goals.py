"""Goals that a measurement is judged by: what `--check` fails on, and what a page states beside its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Result = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Unmeasured(Exception):
    """A goal's figure is missing, or nothing can be held against its base."""


class Goal:
    """What one figure of one contender has to reach."""

    __slots__ = ()
    contender: str

    def found(self, result: Result) -> float:
        """Return the figure that is judged.

        Raises:
            Unmeasured: It is missing.
        """
        raise NotImplementedError

    def holds(self, found: float) -> bool:
        """Tell whether a figure reaches the goal."""
        raise NotImplementedError

    def aim(self) -> str:
        """Return what is to be reached, in the words of a table."""
        raise NotImplementedError

    def keys(self) -> Sequence[str]:
        """Return the metrics that are judged."""
        raise NotImplementedError

    def complaint(self, result: Result) -> str:
        """Return a sentence on a goal that is not reached."""
        raise NotImplementedError

    def excess(self, result: Result) -> str | None:
        """Return what is wrong, None when the goal is reached."""
        try:
            found = self.found(result)
        except Unmeasured as why:
            return str(why)
        return None if self.holds(found) else self.complaint(result)

    def verdict(self, result: Result) -> str:
        """Return `reached`, `not reached` or `not measured`, with the figure."""
        try:
            found = self.found(result)
        except Unmeasured:
            return "not measured"
        return f"reached: {found:.2f}" if self.holds(found) else f"**not reached: {found:.2f}**"


@dataclass(frozen=True, slots=True)
class Limit(Goal):
    """`contender` costs at most `most` times what `base` costs."""

    metric: str
    contender: str
    most: float
    base: str

    def found(self, result: Result) -> float:
        """Return how many times the base's figure the contender's is."""
        return _ratio(result, self.metric, self.contender, self.base)

    def holds(self, found: float) -> bool:
        """Tell whether it is low enough."""
        return found <= self.most

    def aim(self) -> str:
        """Return the limit."""
        return f"at most {self.most:g} times {self.base}"

    def keys(self) -> Sequence[str]:
        """Return the one metric."""
        return (self.metric,)

    def complaint(self, result: Result) -> str:
        """Return by how much the limit is exceeded."""
        found = self.found(result)
        return f"{self.metric}: {self.contender} costs {found:.2f} times {self.base}, the limit is {self.most:g}"


@dataclass(frozen=True, slots=True)
class Least(Goal):
    """`contender` reaches at least `least` times what `base` reaches: for rates."""

    metric: str
    contender: str
    least: float
    base: str

    def found(self, result: Result) -> float:
        """Return how many times the base's figure the contender's is."""
        return _ratio(result, self.metric, self.contender, self.base)

    def holds(self, found: float) -> bool:
        """Tell whether it is high enough."""
        return found >= self.least

    def aim(self) -> str:
        """Return the least."""
        return f"at least {self.least:g} times {self.base}"

    def keys(self) -> Sequence[str]:
        """Return the one metric."""
        return (self.metric,)

    def complaint(self, result: Result) -> str:
        """Return by how much it is too low."""
        found = self.found(result)
        return f"{self.metric}: {self.contender} reaches {found:.2f} times {self.base}, the least is {self.least:g}"


@dataclass(frozen=True, slots=True)
class Ceiling(Goal):
    """`contender` takes at most so much, whatever others take."""

    metric: str
    contender: str
    most: float
    unit: str

    def found(self, result: Result) -> float:
        """Return the figure itself."""
        return _figure(result, self.contender, self.metric)

    def holds(self, found: float) -> bool:
        """Tell whether it is low enough."""
        return found <= self.most

    def aim(self) -> str:
        """Return the ceiling."""
        return f"at most {self.most:g} {self.unit}"

    def keys(self) -> Sequence[str]:
        """Return the one metric."""
        return (self.metric,)

    def complaint(self, result: Result) -> str:
        """Return how high it is."""
        found = self.found(result)
        return f"{self.metric}: {self.contender} takes {found:.2f} {self.unit}, the limit is {self.most:g}"


@dataclass(frozen=True, slots=True)
class Steady(Goal):
    """None of the contender's figures in `of` is more than `most` times its own figure `base`."""

    contender: str
    of: Sequence[str]
    most: float
    base: str

    def found(self, result: Result) -> float:
        """Return the worst ratio."""
        return max(self._ratios(result).values())

    def holds(self, found: float) -> bool:
        """Tell whether it is low enough."""
        return found <= self.most

    def aim(self) -> str:
        """Return the limit."""
        return f"at most {self.most:g} times its own {self.base}"

    def keys(self) -> Sequence[str]:
        """Return the metrics that are judged together."""
        return self.of

    def complaint(self, result: Result) -> str:
        """Return which figures are too high, the worst first."""
        above = {key: ratio for key, ratio in self._ratios(result).items() if ratio > self.most}
        worst = ", ".join(f"{key} {above[key]:.1f}" for key in sorted(above, key=lambda key: -above[key]))
        return f"{self.contender}: times {self.base}, the limit is {self.most:g}: {worst}"

    def _ratios(self, result: Result) -> dict[str, float]:
        base = _base(result, self.contender, self.base)
        return {key: _figure(result, self.contender, key) / base for key in self.of}


def _ratio(result: Result, metric: str, contender: str, base: str) -> float:
    figure = _figure(result, contender, metric)
    return figure / _base(result, base, metric)


def _figure(result: Result, contender: str, metric: str) -> float:
    if metric not in result.get(contender, {}):
        raise Unmeasured(f"{metric} of {contender} was not measured: its limit can't be checked")
    return float(result[contender][metric]["median"])


def _base(result: Result, contender: str, metric: str) -> float:
    figure = _figure(result, contender, metric)
    if figure <= 0:
        raise Unmeasured(f"{metric} of {contender} was measured as {figure:g}: no limit can be held against it")
    return figure

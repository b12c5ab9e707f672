"""Remember which numbers were seen, as ranges: what is dense takes no room."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import NamedTuple


class Gap(NamedTuple):
    """Numbers in a row that were not seen.

    Attributes:
        first: The first of them.
        last: The last.
        before: The timestamp of the line that was seen with the number before them; empty where that is not known.
        stamp: The timestamp of the line with the number behind them; empty where that is not known.
    """

    first: int
    last: int
    before: str = ""
    stamp: str = ""

    @property
    def size(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


class Numbers:
    """A set of whole numbers from 1.

    Attributes:
        count: How many were added, those included that came twice.
        repeated: How many came twice.
        late: By how much a number was at most below one that had come before it: threads overtake each other.
        last: The beginning of the line that was added last, with its timestamp.
    """

    __slots__ = ("_ends", "_stamps", "_starts", "_untils", "count", "last", "late", "repeated")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        # When the lines were written that a range begins and ends with.
        self._stamps: list[str] = []
        self._untils: list[str] = []
        self.count = 0
        self.repeated = 0
        self.late = 0
        self.last = b""

    def __bool__(self) -> bool:
        return bool(self._starts)

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._starts, number) - 1
        return at >= 0 and number <= self._ends[at]

    def add(self, number: int, line: bytes = b"") -> None:
        """Add a number.

        Args:
            number: The number.
            line: The line that has it; its timestamp is kept where a range begins with it.
        """
        self.count += 1
        ends = self._ends
        # Nearly every number follows on the one before it.
        if ends and number == ends[-1] + 1:
            ends[-1] = number
            return
        self._insert(number, line)

    def _insert(self, number: int, line: bytes) -> None:
        starts, ends = self._starts, self._ends
        at = bisect_right(starts, number)
        if at and number <= ends[at - 1]:
            self.repeated += 1
            return
        stamp = stamp_of(line)
        if at < len(starts):
            self.late = max(self.late, ends[-1] - number)
        elif at:
            self._untils[-1] = stamp_of(self.last)
        behind = bool(at) and ends[at - 1] == number - 1
        ahead = at < len(starts) and starts[at] == number + 1
        if behind and ahead:
            ends[at - 1], self._untils[at - 1] = ends[at], self._untils[at]
            del starts[at], ends[at], self._stamps[at], self._untils[at]
        elif behind:
            ends[at - 1], self._untils[at - 1] = number, stamp
        elif ahead:
            starts[at], self._stamps[at] = number, stamp
        else:
            starts.insert(at, number)
            ends.insert(at, number)
            self._stamps.insert(at, stamp)
            self._untils.insert(at, stamp)

    def extend(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Add ranges of numbers, each behind all that are there."""
        for first, last in ranges:
            self._starts.append(first)
            self._ends.append(last)
            self._stamps.append("")
            self._untils.append("")
            self.count += last - first + 1

    def ranges(self) -> list[tuple[int, int]]:
        """Return the ranges, ascending: first and last number of each."""
        return list(zip(self._starts, self._ends, strict=True))

    def stamped(self) -> Iterator[tuple[int, int, str, str]]:
        """Yield the ranges, each with the timestamps of the lines that its first and its last number are of."""
        untils = [*self._untils[:-1], stamp_of(self.last) or self._untils[-1]] if self._untils else []
        return zip(self._starts, self._ends, self._stamps, untils, strict=True)


def stamp_of(line: bytes) -> str:
    """Return the timestamp of a line of obskit's, from its fixed place."""
    return line[14:41].decode("ascii", "replace")


def gaps(parts: Iterable[Numbers], most: int | None = None) -> list[Gap]:
    """Return what lies between 1 and the highest number and is in none of some sets.

    Args:
        parts: The sets.
        most: The highest number to look at; by default that of the sets.
    """
    found: list[Gap] = []
    upto, before = 0, ""
    for first, last, stamp, until in merge(*(part.stamped() for part in parts)):
        if most is not None and first > most:
            break
        if first > upto + 1:
            found.append(Gap(upto + 1, first - 1, before, stamp))
        if last > upto:
            upto, before = last, until
    return found


def highest(parts: Iterable[Numbers]) -> int:
    """Return the highest number in some sets, 0 where there is none."""
    return max((ranges[-1][1] for part in parts if (ranges := part.ranges())), default=0)


def cut(gap: Gap, ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[Gap, bool]]:
    """Yield the parts of a gap, each with whether it lies within one of some ranges."""
    at = gap.first
    for first, last in sorted(ranges):
        begin, end = max(first, at), min(last, gap.last)
        if begin > end:
            continue
        if at < begin:
            yield gap._replace(first=at, last=begin - 1), False
        yield gap._replace(first=begin, last=end), True
        at = end + 1
    if at <= gap.last:
        yield gap._replace(first=at), False

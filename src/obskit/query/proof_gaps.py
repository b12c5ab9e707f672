"""Say of each number that is in no segment why that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from obskit.journal.cursors import Key
from obskit.query import times
from obskit.query.proof_ranges import Gap, Numbers, cut, gaps, highest
from obskit.query.proof_scan import Directory, Told

Kind = Literal["missing", "gone", "dropped", "removed", "delivered", "unreturned", "unread"]
SIGNAL = {"l": "logs", "s": "spans"}
# A line of several threads stands at most so far from its turn; a run of this length is in its place.
_RUN = 64
# How long a call takes at most from its number to its line, and how many threads are in one at a time.
_LAST_MOMENTS = timedelta(seconds=1)
_MOST_CALLS = 64
# How far behind the others a thread can be whose number is so far from the highest: a few times what was seen.
_NEAR = 64
_LATER = 4


class Explained(NamedTuple):
    """Numbers in a row that are in no segment, and why.

    Attributes:
        first: The first of them.
        last: The last.
        kind: `missing`: nothing explains it. `gone`: its segment went before every target had it, and what told of that
            may have gone likewise. `dropped`: a record tells that the cap took it. `removed`: retention took its
            segment after every target had it. `delivered`: it went from memory, or from what was cut off later, to
            every target. `unreturned`: taken in the last moments of a killed process, by a call that never returned.
            `unread`: it may lie in what can't be read.
    """

    first: int
    last: int
    kind: Kind

    @property
    def size(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Last:
    """The last moments of a writer.

    Attributes:
        when: When it wrote its last line.
        late: By how many numbers its threads have overtaken each other at most; 0 where they never did.
        settled: For each series, up to which number all calls had come to their ends.
    """

    when: datetime
    late: int
    settled: Mapping[bytes, int]


@dataclass(slots=True)
class Part:
    """Where lines of a series lie: a directory, and the number of the segment for each set."""

    directory: Directory
    numbers: dict[int, Numbers]


class Series:
    """The log lines, or the spans, of one writer.

    Args:
        writer: The writer's id.
        signal: `l` or `s`.
        parts: Where its lines lie; by the directories' age.
        drops: What records tell of drops of it.
        last: The last moments of its process, where calls of them may never have returned; None where all did.
        present: Returns the numbers of the segments that a directory has now.
        upto: The highest number to judge: lines of those behind it may be on their way.
    """

    def __init__(
        self,
        writer: str,
        signal: str,
        parts: list[Part],
        drops: list[Told],
        *,
        last: Last | None,
        present: Callable[[Directory], Iterable[int]],
        upto: int | None = None,
    ) -> None:
        self.writer = writer
        self.signal = signal
        self.parts = parts
        self._name = f"{writer}-{signal}".encode()
        self._drops = drops
        self._last = last
        self._present = present
        self._upto = upto

    def sets(self) -> Iterator[Numbers]:
        """Yield the numbers seen, segment by segment."""
        for part in self.parts:
            yield from part.numbers.values()

    def explained(self) -> list[Explained]:
        """Return what is between 1 and the highest number and in no segment, with the reasons."""
        found: list[Explained] = []
        told = [(drop.first, drop.last) for drop in self._drops]
        gone = [window for part in self.parts for window in self._gone(part)]
        open_gaps: list[Gap] = []
        for gap in gaps(self.sets(), self._upto):
            for piece, dropped in cut(gap, told):
                if dropped:
                    found.append(Explained(piece.first, piece.last, "dropped"))
                    continue
                for rest, outside in _through(piece, gone):
                    if outside is None:
                        open_gaps.append(rest)
                    else:
                        found.append(Explained(rest.first, rest.last, outside))
        left = self._delivered(open_gaps, found) if not gone else open_gaps
        kinds = [self._kind_of(gap) for gap in left]
        if sum(gap.size for gap, kind in zip(left, kinds, strict=True) if kind == "unreturned") > _MOST_CALLS:
            kinds = ["missing"] * len(left)
        found += [Explained(gap.first, gap.last, kind) for gap, kind in zip(left, kinds, strict=True)]
        return sorted(found)

    def _gone(self, part: Part) -> Iterator[tuple[int, int, Kind]]:
        """Yield the ranges whose lines lay in segments that are not there, or can't be read, and why."""
        directory, upto, behind = part.directory, 0, 0
        there = set(self._present(directory))
        for n in sorted(part.numbers):
            numbers = part.numbers[n]
            lost = [other for other in range(behind + 1, n) if other not in there]
            dark = [other for other in range(behind + 1, n) if _is_dark(directory, other)]
            begin, end = _mass(numbers)
            if lost or dark:
                yield upto + 1, begin - 1, "unread" if dark else self._removed(directory, lost)
            upto, behind = end, n

    def _removed(self, directory: Directory, lost: list[int]) -> Kind:
        if {drop.segment for drop in self._drops}.issuperset(lost):
            return "dropped"
        at = [cursor for key, cursor in directory.cursors.items() if key[1] == SIGNAL[self.signal]]
        # By age goes only what no target waits for; what the cap takes else, a record tells of.
        return "removed" if all(cursor.segment >= lost[-1] for cursor in at) else "gone"

    def _delivered(self, found: list[Gap], explained: list[Explained]) -> list[Gap]:
        """Explain the oldest numbers by what every target acknowledged and no segment holds; returns the rest."""
        budget = self._surplus()
        left: list[Gap] = []
        for gap in found:
            taken = min(budget, gap.size)
            budget -= taken
            if taken:
                explained.append(Explained(gap.first, gap.first + taken - 1, "delivered"))
            if taken < gap.size:
                left.append(gap._replace(first=gap.first + taken))
        return left

    def _surplus(self) -> int:
        if len(self.parts) != 1:
            return 0
        part = self.parts[0]
        name = self._name
        others = {other for found in part.directory.segments.values() for other in found.series} - {name}
        if any(other.endswith(name[-2:]) for other in others):
            # A cursor of several writers does not say whose lines it passed.
            return 0
        keys = [key for key, at in part.directory.cursors.items() if key[1] == SIGNAL[self.signal] and at.passed]
        return min((part.directory.cursors[key].passed - passed(part.directory, key, name) for key in keys), default=0)

    def _kind_of(self, gap: Gap) -> Kind:
        """Tell what never returned: a number that others had overtaken when its process was killed."""
        last = self._last
        # Where threads never overtook each other, there was one.
        if last is None or not last.late or gap.first <= last.settled.get(self._name, 0):
            return "missing"
        near = highest(self.sets()) - gap.first <= max(_NEAR, _LATER * last.late)
        around = [gap.stamp] if gap.first == 1 else [gap.before, gap.stamp]
        return "unreturned" if near and all(_is_within(stamp, last.when) for stamp in around) else "missing"


def _is_within(stamp: str, end: datetime) -> bool:
    when = times.parse(stamp)
    return when is not None and abs(end - when) <= _LAST_MOMENTS


def passed(directory: Directory, key: Key, name: bytes) -> int:
    """Return how many lines of a series lie before a target's cursor."""
    at = directory.cursors.get(key)
    total = 0
    for n, found in directory.segments.items() if at is not None else ():
        numbers = found.series.get(name)
        if numbers is None or at is None or n > at.segment:
            continue
        total += numbers.count if n < at.segment else _before(found.before, at.offset, name, numbers.count)
    return total


def _before(marks: dict[int, dict[bytes, int]], offset: int, name: bytes, count: int) -> int:
    # A mark that no line was read behind is at the end.
    return marks[offset].get(name, 0) if offset in marks else count


def _is_dark(directory: Directory, n: int) -> bool:
    found = directory.segments.get(n)
    return found is not None and (bool(found.trouble) or found.newer)


def _mass(numbers: Numbers) -> tuple[int, int]:
    """Return the first and the last number of a segment that stand in their place, stragglers of threads aside."""
    ranges = numbers.ranges()
    long = [found for found in ranges if found[1] - found[0] + 1 >= _RUN]
    begin, end = (long[0], long[-1]) if long else [max(ranges, key=lambda found: found[1] - found[0])] * 2
    return begin[0], end[1]


def _through(gap: Gap, windows: list[tuple[int, int, Kind]]) -> Iterator[tuple[Gap, Kind | None]]:
    """Yield the parts of a gap, each with the reason of the window that it lies in, None outside of all."""
    parts = [gap]
    for first, last, kind in windows:
        rest: list[Gap] = []
        for part in parts:
            for piece, inside in cut(part, [(first, last)]):
                if inside:
                    yield piece, kind
                else:
                    rest.append(piece)
        parts = rest
    for part in parts:
        yield part, None

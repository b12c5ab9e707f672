"""Merge the sections of many writers into one stream in the order of time, in bounded memory."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

from obskit.query.item import Item
from obskit.query.source import Source, Tracker
from obskit.query.wanted import Wanted

# A writer's threads write microseconds out of order; what lies further apart than this many lines stays as written.
WINDOW = 512


def in_order(source: Source, wanted: Wanted, *, keep: bool = False, tracker: Tracker | None = None) -> Iterator[Item]:
    """Yield what is wanted of a source by timestamp, then by id; a line that stands there twice comes once.

    Args:
        source: Where to read.
        wanted: Which lines.
        keep: Whether items carry their parsed record; without it they need less memory.
        tracker: Where to note how far each file was read.

    Returns:
        Items; sections are opened when the merge reaches the time at which they begin, so that thousands of dead
        writers need no more memory than the few that lived at one time.
    """
    waiting = sorted(source.sections(wanted.needles), key=lambda section: section.begins, reverse=True)
    heap: list[tuple[Item, int, Iterator[Item]]] = []
    opened = 0
    previous: Item | None = None
    while waiting or heap:
        while waiting and (not heap or waiting[-1].begins <= heap[0][0].timestamp):
            items = waiting.pop().items(wanted, source.problems, keep=keep, tracker=tracker)
            stream = reordered(items)
            opened += 1
            if (first := next(stream, None)) is not None:
                heapq.heappush(heap, (first, opened, stream))
        if not heap:
            return
        item, order, stream = heap[0]
        if (following := next(stream, None)) is None:
            heapq.heappop(heap)
        else:
            heapq.heapreplace(heap, (following, order, stream))
        # A merged file and the segments it is made of stand side by side for a moment.
        if previous is None or not item.writer or item.raw != previous.raw:
            yield item
        previous = item


def reordered(items: Iterable[Item], window: int = WINDOW) -> Iterator[Item]:
    """Yield almost ordered items in order, looking a bounded number of them ahead."""
    heap: list[Item] = []
    for item in items:
        if len(heap) < window:
            heapq.heappush(heap, item)
        else:
            yield heapq.heappushpop(heap, item)
    while heap:
        yield heapq.heappop(heap)

"""Follow a source: yield what is written after it was read, by old writers and new ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from obskit.journal.reader import Problems
from obskit.query import item
from obskit.query.item import Item
from obskit.query.source import Section, Source, Tracker
from obskit.query.wanted import Wanted

_PAUSE = 0.2


def new_items(
    source: Source, wanted: Wanted, tracker: Tracker, sleep: Callable[[float], None] = time.sleep
) -> Iterator[list[Item]]:
    """Yield, again and again, what has been added; a list may be empty.

    Args:
        source: A journal or a file that was read to its end.
        wanted: Which lines.
        tracker: How far each file was read; moved on here.
        sleep: Pauses between two looks, in seconds.
    """
    if source.root is None:
        return
    while True:
        found: list[Item] = []
        for path in source.files() if source.root.is_dir() else [source.root]:
            for section in _unread(source, path, tracker):
                done = _written_before(section, tracker)
                items = section.items(wanted, source.problems, keep=False, tracker=tracker)
                found += (new for new in items if new.number > done or not new.writer)
        yield sorted(found)
        sleep(_PAUSE)


def _unread(source: Source, path: Path, tracker: Tracker) -> list[Section]:
    """Return what of a file was not read yet, as sections."""
    journal = source.root is not None and source.root.is_dir()
    if path in tracker.ignored:
        return []
    try:
        size = path.stat().st_size
        if path in tracker.positions or not journal:
            # A smaller file is another one: it was truncated, or replaced under its name.
            read = tracker.positions.get(path, 0)
            position = read if size >= read else 0
            writer = path.parent.name if journal else ""
            return [Section(path, start=position, writer=writer)] if size > position else []
        newer = source.problems.newer
        sections = list(source.sections_of(path))
        if source.problems.newer > newer:
            tracker.ignored.add(path)
        return sections
    except OSError:
        return []


def _written_before(section: Section, tracker: Tracker) -> int:
    """Return the number of the last line that was seen of the writer of a merged section; 0 where it is not merged."""
    if section.path is None or not section.writer or section.path.parent.name == section.writer:
        return 0
    seen = [_number(data) for path, data in tracker.last.items() if path.parent.name == section.writer]
    return max(seen, default=0)


def _number(raw: bytes) -> int:
    decoded = item.decode(raw, Problems())
    found = item.make(*decoded, keep=False) if decoded else None
    return found.number if found else 0

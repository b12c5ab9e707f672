"""Read what is installed from the directories themselves: importlib.metadata costs more than the rest of `init`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from typing import Any

_ENTRY_POINTS = "entry_points.txt"
_CHUNK = 1 << 13
_KINDS = (".dist-info", ".egg-info")


def readable() -> bool:
    """Tell whether the directories say it all: nothing is imported from archives, or by who knows more."""
    if any(finder is not PathFinder and hasattr(finder, "find_distributions") for finder in sys.meta_path):
        return False
    return not any(os.path.isfile(place) for place in sys.path)


def distributions() -> Iterator[tuple[str, str, str]]:
    """Return each distribution once, as an import would find it: its name, its version and its directory.

    The name is lower case with underscores; the version is empty where the directory's name does not say it.
    """
    seen = set()
    # An import passes over what is no text, too.
    places: list[Any] = [*sys.path]
    for place in (each for each in places if isinstance(each, str)):
        egg = place.endswith(".egg")
        for entry in _entries(place):
            if entry.endswith(_KINDS):
                name, _, version = entry.rpartition(".")[0].partition("-")
            elif egg and entry.lower() == "egg-info":
                name, _, version = os.path.basename(place)[:-4].partition("-")
            else:
                continue
            name = name.lower().replace(".", "_")
            if name not in seen:
                seen.add(name)
                # An egg's says more, such as the Python that it is for.
                yield name, version if entry.endswith(".dist-info") else "", os.path.join(place, entry)


def version(distribution: str) -> str:
    """Return the version of a distribution, empty where it is not found or its directory's name does not say it."""
    return next((version for name, version, _ in distributions() if name == distribution), "")


def entry_points(group: str) -> Iterator[tuple[str, str]]:
    """Return the entry points of a group: the name of each, and what it names."""
    head = f"[{group}]"
    for _, _, directory in distributions():
        text = _text(os.path.join(directory, _ENTRY_POINTS))
        # Nearly all have none of them.
        if head in text:
            yield from _section(text, head)


def _section(text: str, head: str) -> Iterator[tuple[str, str]]:
    inside = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            inside = line == head
        elif inside and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()


def _entries(place: str) -> list[str]:
    try:
        return os.listdir(place or ".")
    except OSError:
        return []


def _text(path: str) -> str:
    # Many files, and most of them not there: open() would take three times as long.
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        found = data = os.read(fd, _CHUNK)
        while len(data) == _CHUNK:
            data = os.read(fd, _CHUNK)
            found += data
        return found.decode("utf-8", "replace")
    except OSError:
        return ""
    finally:
        os.close(fd)

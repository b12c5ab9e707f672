"""Tell of each find where it is, what it is and which rule found it, never the secret."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import orjson

from obskit.commands.arguments import remark
from obskit.commands.redact_lines import Find
from obskit.commands.safe import escaped, escaped_json
from obskit.commands.screen import Row, Screen, padded
from obskit.commands.words import plural
from obskit.commands.wrap import wrapped

_KIND_WIDTH = 14


class Explained:
    """The finds of a stream or of files.

    Args:
        screen: Where rows for people go; None: JSON lines.
    """

    def __init__(self, screen: Screen | None) -> None:
        self._screen = screen
        self._terminal = sys.stdout.isatty()
        self.count = 0

    def show(self, finds: Iterable[Find], file: str | None = None) -> None:
        """Show finds, those of a file with its name."""
        for find in finds:
            self.count += 1
            if self._screen is None:
                self._json(find, file)
            else:
                for row in wrapped(_row(find, file), [(" " * 10, "")], self._screen.edge):
                    self._screen.row(row)

    def flush(self) -> None:
        """Hand on what was shown."""
        sys.stdout.flush()

    def end(self, lines: int) -> None:
        """Say how much was found, on the standard error."""
        remark(f"{plural(self.count, 'find')} in {plural(lines, 'line')}")

    def _json(self, find: Find, file: str | None) -> None:
        fields = {"file": file, **find._asdict()} if file is not None else find._asdict()
        text = orjson.dumps(fields).decode()
        sys.stdout.write((escaped_json(text) if self._terminal else text) + "\n")


def _row(find: Find, file: str | None) -> Row:
    place = f"{find.line:>8}  " if file is None else f"{escaped(file)}:{find.line}  "
    return [
        (place, "dim"),
        (padded(escaped(find.kind), _KIND_WIDTH) + "  ", "WARN"),
        (escaped(find.path), "strong"),
        (f"  {escaped(find.rule)}", "dim"),
    ]

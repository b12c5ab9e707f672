"""Write rows of styled text: with colours on a terminal, plain everywhere else."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from zlib import crc32

from obskit.commands.safe import cells, cropped
from obskit.query.failure import QueryError

if TYPE_CHECKING:
    from rich.console import Console

# A piece of a row: its text, free of control characters, and the name of its style.
Piece = tuple[str, str]
Row = list[Piece]

_PIPE_WIDTH = 120
_SERVICES = (
    "dodger_blue1", "orange3", "medium_purple", "dark_cyan", "hot_pink3", "chartreuse3", "gold3", "salmon1", "sky_blue2"
)  # fmt: skip
STYLES = {
    "FATAL": "bold white on red",
    "ERROR": "bold red",
    "WARN": "yellow",
    "INFO": "green",
    "DEBUG": "blue",
    "TRACE": "bright_black",
    "strong": "bold",
    "dim": "bright_black",
    "key": "bright_black",
    "failed": "red",
    "good": "green",
    "": "",
}
# For terminals that cannot show the characters themselves.
_ASCII = str.maketrans("█▌▐░├└│┆─·…✗✓→×●○", "###.|`|:--.xv>x*o")


class Screen:
    """The standard output.

    Args:
        colours: Whether to use colours, where the terminal has them.
        environ: Environment variables: `NO_COLOR`, `TERM`, `COLUMNS`.

    Raises:
        QueryError: Where colours are wanted and what makes them is not installed.
    """

    def __init__(self, *, colours: bool = True, environ: Mapping[str, str] = os.environ) -> None:
        self.terminal = sys.stdout.isatty()
        self.width = shutil.get_terminal_size((_PIPE_WIDTH, 24)).columns if self.terminal else _PIPE_WIDTH
        # Where rows break: in a file each stays whole, for grep and for wider windows.
        self.edge = self.width if self.terminal else None
        encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
        self._plain_characters = not encoding.startswith(("utf", "cp65001"))
        colours = colours and self.terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        self._console = _console(self.width) if colours else None

    def row(self, pieces: Iterable[Piece], *, crop: bool = False) -> None:
        """Write one row.

        Args:
            pieces: What it is made of.
            crop: Whether it is cut at the edge; else it goes on in the next line of the terminal.
        """
        row = _cropped(pieces, self.width) if crop else list(pieces)
        if self._plain_characters:
            row = [(text.translate(_ASCII).encode("ascii", "backslashreplace").decode(), style) for text, style in row]
        if self._console is None:
            sys.stdout.write("".join(text for text, _ in row).rstrip() + "\n")
            return
        from rich.text import Text

        text = Text.assemble(*((text, STYLES.get(style, style)) for text, style in row), end="")
        text.rstrip()
        self._console.print(text, soft_wrap=True)

    def flush(self) -> None:
        """Hand on what was written."""
        sys.stdout.flush()


def service_style(service: str) -> str:
    """Return the colour of a service: the same in every output."""
    return _SERVICES[crc32(service.encode("utf-8", "replace")) % len(_SERVICES)]


def padded(text: str, width: int) -> str:
    """Return a text cut or filled up to a number of columns."""
    short = cropped(text, width)
    return short + " " * (width - cells(short))


def _cropped(pieces: Iterable[Piece], width: int) -> Row:
    row: Row = []
    left = width
    for text, style in pieces:
        if cells(text) > left:
            row.append((cropped(text, left), style))
            break
        row.append((text, style))
        left -= cells(text)
    return row


def _console(width: int) -> Console:
    try:
        from rich.console import Console
    except ImportError as error:
        raise QueryError("colours on a terminal need rich: pip install 'obskit-sdk[query]' (or use --text)") from error
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)

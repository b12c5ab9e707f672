"""Show how far a long work is: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress


class Bar:
    """Bytes done of all, time left and finds so far, on the standard error.

    Args:
        total: The bytes there are.
        doing: What is done, in one word.
        counted: What the second number counts; nothing where there is none.
    """

    def __init__(self, total: int, doing: str = "scanning", counted: str = "found") -> None:
        self._shown = _bar(doing, counted) if sys.stderr.isatty() else None
        self._task = None if self._shown is None else self._shown.add_task("", total=total, finds=0)

    def __enter__(self) -> Self:
        if self._shown is not None:
            self._shown.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._shown is not None:
            self._shown.stop()

    @property
    def shown(self) -> bool:
        """Whether there is a bar to be seen."""
        return self._shown is not None

    def show(self, done: int, finds: int) -> None:
        """Show that so many bytes are done and so much was found."""
        if self._shown is not None and self._task is not None:
            self._shown.update(self._task, completed=done, finds=finds)


def _bar(doing: str, counted: str) -> Progress | None:
    try:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
    except ImportError:
        # It is the answer that counts.
        return None
    columns = (
        TextColumn(doing),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TimeRemainingColumn(),
        *([TextColumn(f"{{task.fields[finds]:,}} {counted}")] if counted else []),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True)

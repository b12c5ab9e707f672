"""Show an exception as Python prints it, with causes, groups and notes, in bounded time and length."""

from __future__ import annotations

import sys
import textwrap
from collections import deque
from traceback import TracebackException

from obskit.protect.shown import guarded
from obskit.record.links import DEEPEST, Link, linked
from obskit.record.stack import MOST_TRACE, Stack, Stacks

_HEADER = "Traceback (most recent call last):\n"
_GROUP_HEADER = f"Exception Group {_HEADER}"
# Of a longer chain the oldest and the newest are shown.
_MOST_CHAINED = 200
# Python looks for the name that was meant among all that there are, letter by letter.
_GUESSED: tuple[type[BaseException], ...] = ()
if sys.version_info >= (3, 12):
    _GUESSED = (NameError, AttributeError, ImportError)
_MOST_HINTS = 32


def trace(error: BaseException, stacks: Stacks | None = None, said: str | None = None) -> str:
    """Return what Python prints of an exception, the line end included; the middle is left out where it is too long.

    Args:
        error: The exception.
        stacks: Looks up stacks.
        said: What `str()` says of it, where that is known.

    Raises:
        Exception: What the exception's own code raised.
    """
    if getattr(sys, "tracebacklimit", None) is not None:
        whole = TracebackException(type(error), error, error.__traceback__, compact=True)
        text = "".join(whole.format())
        return _shortened(text, text, len(text))
    looked = stacks or Stacks()
    first = linked(error)
    if first is None:
        found = looked.of(error)
        last = "".join(_last(error, found, said))
        text = f"{_HEADER}{found.text}{last}" if found.text else last
        return _shortened(text, text, len(text))
    layout = _Layout(looked)
    layout.chain(first)
    return layout.shown.text()


def _shortened(head: str, tail: str, size: int) -> str:
    if size <= MOST_TRACE:
        return head
    # Between lines, or at least words: half a secret would not be known for one.
    half = MOST_TRACE // 2
    head, tail = head[:half], tail[-half:]
    head = head[: max(head.rfind("\n"), head.rfind(" "), 0)]
    tail = tail[tail.find("\n", 0, -1) + 1 or tail.find(" ") + 1 or len(tail) :]
    return f"{head}\n… {size - len(head) - len(tail)} characters …\n{tail}"


class _Ends:
    """A text that is written piece by piece; of a long one both ends are kept."""

    __slots__ = ("_head", "_held", "_room", "_size", "_tail")

    def __init__(self) -> None:
        self._head: list[str] = []
        self._tail: deque[str] = deque()
        self._room = MOST_TRACE
        self._held = 0
        self._size = 0

    def add(self, text: str) -> None:
        self._size += len(text)
        if self._room >= 0:
            self._room -= len(text)
            self._head.append(text)
            return
        self._tail.append(text)
        self._held += len(text)
        while self._held - len(self._tail[0]) > MOST_TRACE:
            self._held -= len(self._tail.popleft())

    def text(self) -> str:
        head = "".join(self._head)
        return _shortened(head, head + "".join(self._tail), self._size)


class _Layout:
    """Writes an exception that has causes or parts."""

    __slots__ = ("_depth", "_open", "_stacks", "shown")

    def __init__(self, stacks: Stacks) -> None:
        self.shown = _Ends()
        self._stacks = stacks
        self._depth = 0
        # Whether the frame around the parts of a group still has to be closed.
        self._open = False

    def chain(self, newest: Link) -> None:
        links: list[Link] = []
        link: Link | None = newest
        while link is not None:
            links.append(link)
            link = link.older
        left = len(links) - _MOST_CHAINED
        for place, link in enumerate(reversed(links)):
            if left > 0 and 0 <= place - _MOST_CHAINED // 2 < left:
                if place == _MOST_CHAINED // 2:
                    self._emit(f"\n… {left} exceptions …\n")
                continue
            if link.why:
                self._emit(link.why)
            self._one(link)

    def _one(self, link: Link) -> None:
        found = self._stacks.of(link.error)
        if link.parts is None:
            if found.text:
                self._emit(_HEADER)
                self._emit(found.text)
            self._finish(link, found)
        elif self._depth > DEEPEST:
            self._emit(f"... (max_group_depth is {DEEPEST})\n")
        else:
            outermost = self._depth == 0
            self._depth += outermost
            if found.text:
                self._emit(_GROUP_HEADER, "+" if outermost else "|")
                self._emit(found.text)
            self._finish(link, found)
            self._parts(link, link.parts)
            self._depth -= outermost

    def _parts(self, group: Link, parts: list[Link]) -> None:
        rows = len(parts) + (group.width > len(parts))
        self._open = False
        for row in range(rows):
            last = row == rows - 1
            if last:
                # What is nested in it may close it already.
                self._open = True
            title = str(row + 1) if row < len(parts) else "..."
            edge = "+-" if row == 0 else "  "
            self.shown.add(f"{self._margin()}{edge}+---------------- {title} ----------------\n")
            self._depth += 1
            if row < len(parts):
                self.chain(parts[row])
            else:
                more = group.width - len(parts)
                self._emit(f"and {more} more exception{'s' if more > 1 else ''}\n")
            if last and self._open:
                self.shown.add(f"{self._margin()}+------------------------------------\n")
                self._open = False
            self._depth -= 1

    def _finish(self, link: Link, found: Stack) -> None:
        for line in _last(link.error, found, None):
            self._emit(line)

    def _margin(self) -> str:
        return " " * (2 * self._depth)

    def _emit(self, text: str, edge: str = "|") -> None:
        self.shown.add(textwrap.indent(text, f"{self._margin()}{edge} ", _always) if self._depth else text)


def _always(_: str) -> bool:
    return True


def _last(error: BaseException, found: Stack, said: str | None) -> list[str]:
    """Return what stands below the frames: type and message, details, notes."""
    kind = type(error)
    name = kind.__qualname__
    module: object = kind.__module__
    if module not in ("builtins", "__main__"):
        name = f"{module if isinstance(module, str) else '<unknown>'}.{name}"
    if issubclass(kind, SyntaxError) or _has_notes(error):
        return _by_python(error)
    if said is None:
        said = _said(error)
    if _GUESSED and issubclass(kind, _GUESSED):
        return _guessed(error, found, (name, said))
    return [f"{name}: {said}\n" if said else f"{name}\n"]


def _said(error: BaseException) -> str:
    try:
        return str(guarded(str, error))
    except Exception:
        return "<exception str() failed>"


def _has_notes(error: BaseException) -> bool:
    try:
        return getattr(error, "__notes__", None) is not None
    except Exception:
        return True


def _by_python(error: BaseException) -> list[str]:
    # Only what is below the frames: `_seen` keeps it from following the causes once more for each of them.
    told = TracebackException(type(error), error, error.__traceback__, limit=0, compact=True, _seen=set())
    told.exceptions = None
    return list(told.format_exception_only())


def _guessed(error: BaseException, found: Stack, what: tuple[str, str]) -> list[str]:
    # The guess is remembered as long as the source lines are: a class seldom changes under a running program, either.
    known = found.hints.get(what)
    if known is None:
        known = _by_python(error)
        if len(found.hints) >= _MOST_HINTS:
            found.hints.clear()
        found.hints[what] = known
    return known

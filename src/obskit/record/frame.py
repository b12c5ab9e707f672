"""Show one frame of a traceback as Python prints it, source line and carets included, and remember it."""

from __future__ import annotations

import linecache
from collections.abc import Iterable, Iterator
from itertools import islice
from traceback import TracebackException
from types import CodeType, TracebackType

from obskit.record.place import place

# Files are looked at for changes once in so many seconds: Python does so for every traceback, which costs it a system
# call for each file, and a source seldom changes under a running program.
LASTING = 1.0
_MOST = 2048
_MOST_CHARACTERS = 1_000_000
_LONGEST = 8_000
_LONGEST_LINE = 4_000
_NOTHING = Exception()

Stamp = tuple[object, ...]


class Frame:
    """What is printed of one frame.

    Attributes:
        text: Its lines.
        spot: Its line, function and file.
        place: Module and function, where it is the application's.
        until: When its source has to be looked at again, by the monotonic clock.
    """

    __slots__ = ("code", "place", "spot", "stamp", "text", "until")

    def __init__(self, text: str, trace: TracebackType, stamp: Stamp | None, until: float) -> None:
        frame = trace.tb_frame
        code = frame.f_code
        self.text = text
        self.spot = (trace.tb_lineno, code.co_name, code.co_filename)
        self.place = place(code, frame.f_globals)
        # Held, so that nothing else gets its address: what is known is known by that.
        self.code = code
        self.stamp = stamp
        self.until = until


class Frames:
    """The frames that were printed lately: so many, and no more than so many characters of them."""

    __slots__ = ("_checked", "_known", "_size")

    def __init__(self) -> None:
        # By the address of the code, and the instruction.
        self._known: dict[tuple[int, int], Frame] = {}
        self._checked: dict[str, float] = {}
        self._size = 0

    def known(self, way: Iterable[tuple[int, int]]) -> Iterator[Frame | None]:
        """Return the frames of a stack, None in the place of one that is not known; its time may be up.

        Args:
            way: The address of the code and the instruction of each.
        """
        return map(self._known.get, way)

    def text(self, trace: TracebackType, now: float) -> str:
        """Return the lines of a traceback's first frame.

        Args:
            trace: The traceback.
            now: The monotonic clock's time.
        """
        code, instruction = trace.tb_frame.f_code, trace.tb_lasti
        known = self._known.get((id(code), instruction))
        if known is not None and (now < known.until or self._lasts(known, now)):
            return known.text
        text = _printed(trace)
        if text is None:
            return _header(trace)
        if len(text) <= _LONGEST and _has_line(code, instruction):
            frame = Frame(text, trace, _stamp(code.co_filename), now + LASTING)
            self._remember((id(code), instruction), frame)
        return text

    def _remember(self, key: tuple[int, int], frame: Frame) -> None:
        # Starting anew is cheaper than keeping an order.
        if len(self._known) >= _MOST or self._size > _MOST_CHARACTERS:
            self.clear()
        self._known[key] = frame
        self._size += len(frame.text)

    def clear(self) -> None:
        """Forget them."""
        self._known.clear()
        self._checked.clear()
        self._size = 0

    def _lasts(self, frame: Frame, now: float) -> bool:
        if frame.stamp is None:
            # A source that was not to be had may be there by now.
            return False
        filename = frame.code.co_filename
        if now >= self._checked.get(filename, 0.0):
            linecache.checkcache(filename)
            self._checked[filename] = now + LASTING
        if _stamp(filename) != frame.stamp:
            return False
        frame.until = now + LASTING
        return True


def _printed(trace: TracebackType) -> str | None:
    code = trace.tb_frame.f_code
    try:
        line = linecache.getline(code.co_filename, trace.tb_lineno, trace.tb_frame.f_globals).strip()
        if len(line) > _LONGEST_LINE:
            # Nobody looks for carets under such a line, and to draw them takes Python long. Between words: half a
            # secret would not be known for one.
            return f"{_header(trace)}    {line[: line.rfind(' ', 0, _LONGEST_LINE) + 1]}…\n"
        # By Python itself, so that it is right for each of its versions; the exception matters to nothing here.
        return "".join(TracebackException(Exception, _NOTHING, trace, limit=1).stack.format())
    except Exception:
        return None


def _header(trace: TracebackType) -> str:
    code = trace.tb_frame.f_code
    return f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}\n'


def _has_line(code: CodeType, instruction: int) -> bool:
    """Tell whether the line follows from the instruction alone, as it does but in a traceback that somebody built."""
    if instruction < 0:
        return False
    position = next(islice(code.co_positions(), instruction // 2, None), None)
    return position is not None and position[0] is not None


def _stamp(filename: str) -> Stamp | None:
    # Size and time: what `linecache` itself knows a change by.
    found = linecache.cache.get(filename)
    return None if found is None else tuple(found[:2])


frames = Frames()

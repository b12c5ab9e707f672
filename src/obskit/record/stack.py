"""Show a traceback's frames as Python prints them, and remember whole stacks: the same fault takes the same way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic
from types import CodeType, TracebackType

from obskit.record.frame import LASTING, Frame, frames
from obskit.record.place import place

# What a whole stack trace may have, in characters; of a longer one the outermost and the innermost frames are kept.
MOST_TRACE = 32_000
# So much of either end, where frames are left out: causes and messages need room, too.
_END = 14_000
_MOST_KNOWN = 64
_BOUNDED = range(256)
_LONGEST_KNOWN = 16_000
_MOST_PLACES = 50
_MOST_ALIKE = 3


class Stack:
    """The frames of one traceback.

    Attributes:
        text: As Python prints them, outermost first.
        places: Module and function of the application's, innermost last, as one text.
        hints: What Python adds to a message there (`Did you mean`), by type and message.
    """

    __slots__ = ("_held", "hints", "places", "text", "until")

    def __init__(self, text: str, places: str, held: Sequence[CodeType | Frame], until: float) -> None:
        self.text = text
        self.places = places
        self.hints: dict[tuple[str, str], list[str]] = {}
        self.until = until
        # The code, so that nothing else gets its address: a stack is known by those.
        self._held = held


_Way = tuple[tuple[int, int], ...]
_known: dict[_Way, Stack] = {}
_EMPTY = Stack("", "", (), float("inf"))


def stack(trace: TracebackType) -> Stack:
    """Return the frames of a traceback."""
    key: list[tuple[int, int]] = []
    add = key.append
    current = trace
    for _ in _BOUNDED:
        add((id(current.tb_frame.f_code), current.tb_lasti))
        following = current.tb_next
        if following is None:
            break
        current = following
    else:
        return _built(trace, (), monotonic())
    now = monotonic()
    way = tuple(key)
    known = _known.get(way)
    if known is None or now >= known.until:
        known = _joined(way, now) or _built(trace, [each.tb_frame.f_code for each in _each(trace)], now)
        if len(known.text) <= _LONGEST_KNOWN:
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            _known[way] = known
    return known


def _joined(way: _Way, now: float) -> Stack | None:
    """Return a stack of frames that are known already; None where it has to be built: nothing is left out of this."""
    texts: list[str] = []
    places: list[str] = []
    found: list[Frame] = []
    spot: object = None
    alike, name = 0, ""
    for frame in frames.known(way):
        if frame is None or now >= frame.until:
            return None
        found.append(frame)
        texts.append(frame.text)
        if frame.spot != spot:
            spot, alike = frame.spot, 1
            if frame.place != name and frame.place:
                name = frame.place
                places.append(name)
        elif (alike := alike + 1) > _MOST_ALIKE:
            return None
    text = "".join(texts)
    if len(text) > MOST_TRACE // 2:
        return None
    return Stack(text, "\n".join(places[-_MOST_PLACES:]), found, now + LASTING)


class Stacks:
    """The stacks of one exception and its causes, each looked up once."""

    __slots__ = ("_met",)

    def __init__(self) -> None:
        self._met: dict[int, Stack] = {}

    def of(self, error: BaseException) -> Stack:
        """Return the frames of an exception's traceback."""
        trace = error.__traceback__
        if trace is None:
            return _EMPTY
        found = self._met.get(id(trace))
        if found is None:
            found = self._met[id(trace)] = stack(trace)
        return found


def _each(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


class _Run:
    """Frames in a row at the same line of the same function: of a recursion, the first are shown."""

    __slots__ = ("count", "first", "line")

    def __init__(self, trace: TracebackType, line: int) -> None:
        self.first = [trace]
        self.line = line
        self.count = 1

    def takes(self, trace: TracebackType, code: CodeType, line: int) -> bool:
        if line != self.line:
            return False
        own = self.first[0].tb_frame.f_code
        if code is not own and (code.co_filename != own.co_filename or code.co_name != own.co_name):
            return False
        self.count += 1
        if self.count <= _MOST_ALIKE:
            self.first.append(trace)
        return True

    def text(self, now: float) -> str:
        shown = "".join([frames.text(trace, now) for trace in self.first])
        more = self.count - _MOST_ALIKE
        return shown if more < 1 else f"{shown}  [Previous line repeated {more} more time{'s' if more > 1 else ''}]\n"


def _built(trace: TracebackType, codes: Sequence[CodeType], now: float) -> Stack:
    runs: list[_Run] = []
    run: _Run | None = None
    for each in _each(trace):
        line = each.tb_lineno
        if run is None or not run.takes(each, each.tb_frame.f_code, line):
            run = _Run(each, line)
            runs.append(run)
    return Stack(_text(runs, now), _places(runs), codes, now + LASTING)


def _text(runs: list[_Run], now: float) -> str:
    head = _rows(runs, now)
    rest = runs[len(head) :]
    tail = _rows(rest[::-1], now)
    if len(tail) < len(rest):
        _shorten(head, 0)
        _shorten(tail, 1)
        left = sum(run.count for run in runs[len(head) : len(runs) - len(tail)])
        head.append(f"  … {left} frames …\n")
    return "".join(head + tail[::-1])


def _rows(runs: list[_Run], now: float) -> list[str]:
    rows: list[str] = []
    room = MOST_TRACE // 2
    for run in runs:
        rows.append(run.text(now))
        room -= len(rows[-1])
        if room < 0:
            break
    return rows


def _shorten(rows: list[str], least: int) -> None:
    size = sum(map(len, rows))
    while size > _END and len(rows) > least:
        size -= len(rows.pop())


def _places(runs: list[_Run]) -> str:
    found: list[str] = []
    for run in reversed(runs):
        frame = run.first[0].tb_frame
        name = place(frame.f_code, frame.f_globals)
        # A recursion's depth is a value, not a fault of its own.
        if name and (not found or found[-1] != name):
            found.append(name)
            if len(found) == _MOST_PLACES:
                break
    return "\n".join(reversed(found))


def forget() -> None:
    """Forget the stacks and frames that are known."""
    _known.clear()
    frames.clear()

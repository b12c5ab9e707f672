"""Let detectors look at a text: at a short one whole, at a long one where something is suspected; never for long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from obskit.protect.detect.detector import Detector
from obskit.protect.span import Span
from obskit.protect.views import View

# How many candidates of one detector are looked at in a text of any length, and one more for so many characters.
_MOST, _EACH = 128, 1024
_LONG = 4096
_PIECE = 2048
# What stands before and behind a piece tells how it is meant.
_BEFORE, _BEHIND = 320, 512
# Nearly all secrets end within the first, all of them within the second.
_REACHES = (12_000, 80_000)


def look(view: View, detectors: Iterable[Detector], suspected: Callable[[str], Iterable[Detector]]) -> Iterator[Span]:
    """Return what detectors find in a view.

    Args:
        view: The text.
        detectors: Those whose triggers the text has.
        suspected: Tells those whose triggers a piece of it has.
    """
    budgets = {id(detector): _Budget(detector, len(view.text)) for detector in detectors}
    if len(view.text) <= _LONG:
        for budget in budgets.values():
            yield from budget.spans(view.text, 0, 0, len(view.text))
        return
    for budget in budgets.values():
        if budget.detector.wide:
            yield from budget.spans(view.text, 0, 0, len(view.text))
    for start in range(0, len(view.text), _PIECE):
        if view.differs(max(0, start - _BEFORE), start + _PIECE + _BEHIND):
            for detector in suspected(view.text[max(0, start - _BEFORE) : start + _PIECE + _BEHIND // 2]):
                budget = budgets.setdefault(id(detector), _Budget(detector, len(view.text)))
                if not detector.wide:
                    yield from budget.piece(view.text, start)


class _Budget:
    """The candidates of one detector that are looked at; the rest of the text is then taken for what they are.

    So time stays linear in the length of the text, and low.
    """

    __slots__ = ("_covered", "_left", "detector")

    def __init__(self, detector: Detector, size: int) -> None:
        self.detector = detector
        self._covered = 0
        self._left = _MOST + size // _EACH

    def piece(self, text: str, start: int) -> Iterator[Span]:
        """Return what begins in one piece of a text."""
        if self._left < 0 or start + _PIECE <= self._covered:
            return
        begin, behind = max(0, start - _BEFORE), start + _PIECE + _BEHIND
        spans = list(self.spans(text[begin:behind], begin, start, start + _PIECE))
        for reach in _REACHES:
            if behind >= len(text) or not any(span.end >= behind - 1 for span in spans):
                break
            # One that reaches beyond is looked at whole.
            behind = start + reach
            spans = list(self.spans(text[begin:behind], begin, start, start + _PIECE))
        self._covered = max([self._covered, *(span.end for span in spans)])
        yield from (span if span.rule != "excess" else span._replace(end=len(text)) for span in spans)

    def spans(self, text: str, offset: int, first: int, last: int) -> Iterator[Span]:
        """Return the spans that begin between two places of the whole, of which this text begins at `offset`."""
        for found in self.detector.find(text):
            place = offset + (found.start if isinstance(found, Span) else found)
            if not first <= place < last:
                continue
            self._left -= 1
            if isinstance(found, Span):
                yield found._replace(start=place, end=offset + found.end)
            if self._left < 0:
                kind = found.kind if isinstance(found, Span) else min(self.detector.kinds)
                yield Span(place, offset + len(text), kind, "excess")
                return

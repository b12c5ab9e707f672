"""Follow an exception to its causes and to the parts of groups, as Python does where it prints them."""

from __future__ import annotations

_CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"
# Python's own limits of what it shows of a group.
WIDEST = 15
DEEPEST = 10
_MOST = 1000
_MOST_PARTS = 256


class Link:
    """An exception and what is printed with it.

    Attributes:
        error: The exception.
        older: What led to it.
        why: What is printed between the two.
        parts: The first of a group's exceptions; None where it is no group.
        width: How many exceptions the group has.
    """

    __slots__ = ("depth", "error", "older", "parts", "why", "width")

    def __init__(self, error: BaseException, depth: int) -> None:
        self.error = error
        self.depth = depth
        self.older: Link | None = None
        self.why = ""
        self.parts: list[Link] | None = None
        self.width = 0


def linked(error: BaseException) -> Link | None:
    """Return an exception with all that is printed with it; None where there is nothing but itself.

    Each exception is met once, in the order in which Python meets them; of very many the last are left out.
    """
    if error.__cause__ is None and error.__context__ is None and not isinstance(error, BaseExceptionGroup):
        return None
    first = Link(error, 0)
    seen = {id(error)}
    waiting = [first]
    made = 1
    while waiting:
        link = waiting.pop()
        # Python follows none that calls itself false.
        if not bool(link.error):
            continue
        if made < _MOST and _follow(link, seen) and link.older is not None:
            waiting.append(link.older)
            made += 1
        if isinstance(link.error, BaseExceptionGroup):
            parts = _parts(link, link.error, seen, _MOST_PARTS - made)
            waiting += parts
            made += len(parts)
    return first


def _follow(link: Link, seen: set[int]) -> bool:
    error = link.error
    older, link.why = error.__cause__, _CAUSE
    if older is None or id(older) in seen:
        older, link.why = None if error.__suppress_context__ else error.__context__, _CONTEXT
    if older is None or id(older) in seen:
        link.why = ""
        return False
    seen.add(id(older))
    link.older = Link(older, link.depth)
    return True


def _parts(link: Link, group: BaseExceptionGroup[BaseException], seen: set[int], room: int) -> list[Link]:
    most = min(WIDEST, room) if link.depth <= DEEPEST else 0
    parts = [Link(error, max(link.depth, 1) + 1) for error in group.exceptions[: max(most, 0)]]
    link.parts, link.width = parts, len(group.exceptions)
    seen.update(id(part.error) for part in parts)
    return parts

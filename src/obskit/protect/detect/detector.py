"""What a detector is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from obskit.protect.prefilter import Trigger
from obskit.protect.span import Span


class Detector:
    """Finds one family of secrets.

    Attributes:
        rule: Its name, for explanations.
        kinds: What it may find; those that a policy leaves out are not replaced.
        trigger: What a text must have for it to be called.
        find: Returns what is found in a text, and the place of each candidate that it looked at closely in vain; takes
            time linear in the text's length.
    """

    __slots__ = ("find", "kinds", "rule", "trigger")

    def __init__(
        self, rule: str, kinds: frozenset[str], trigger: Trigger, find: Callable[[str], Iterable[Span | int]]
    ) -> None:
        self.rule = rule
        self.kinds = kinds
        self.trigger = trigger
        self.find = find


def detector(
    rule: str, kinds: Iterable[str], trigger: Trigger, find: Callable[[str], Iterable[Span | int]]
) -> Detector:
    """Return a detector of these kinds."""
    return Detector(rule, frozenset(kinds), trigger, find)

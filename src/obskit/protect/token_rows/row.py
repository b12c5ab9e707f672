"""Say what one row of the table of vendor tokens holds."""

from __future__ import annotations

_CHANGE = r"(?:[a-z][A-Z0-9]|[A-Z][0-9]|[0-9][A-Za-z])"
# What the checks ask for, beginning included. A placeholder repeats one letter, a star or a dot; a token doesn't.
FILLED = r"(?:[^Xx*.][Xx*.]*){14}"
# Random text changes between digits and letters, or between cases; words don't.
CHANGING = _CHANGE
# At least two such changes: for starts that names of packages, classes and branches share.
MIXED = rf"{_CHANGE}.*{_CHANGE}"
# At least three, one of them at a digit: for forms that have no unmistakable start, camel case being none of it.
RANDOM = rf"{_CHANGE}.*(?:[A-Za-z][0-9]|[0-9][A-Za-z]).*{_CHANGE}"
DIGIT = r"[0-9]"


class Token:
    """One kind of credential that a vendor gives out in a form of its own.

    The patterns are valid in `re` and in RE2: no lookaround, no references back, no capturing groups, bounded repeats.
    Whoever searches with them sees to it that no letter or digit stands just before or just after what was found.

    Args:
        kind: The marker's kind, as in `[REDACTED:github_token]`; rows of one family share it.
        start: A regular expression of the shortest part that is seldom anything else: the beginning, or where that is
            random, the first part that isn't. A text without it holds no such token. It begins with a literal or with
            a short run, so that one automaton can look for all of them at once.
        pattern: A regular expression of the whole token.
        source: The page that documents the form, and its address.
        example: A well-formed token whose body is obviously made up.
        check: A regular expression that is to be found in the token too; None where the pattern says it all.
    """

    __slots__ = ("check", "example", "kind", "pattern", "source", "start")

    def __init__(
        self, kind: str, start: str, pattern: str, source: str, example: str, check: str | None = None
    ) -> None:
        self.kind = kind
        self.start = start
        self.pattern = pattern
        self.source = source
        self.example = example
        self.check = check

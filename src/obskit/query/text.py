"""Search the text of a line: `--grep REGEX`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from obskit.query.failure import QueryError

# Characters that stand for themselves in a regular expression and in JSON alike.
_LITERAL = re.compile(r"[A-Za-z0-9 _:;,=@%&<>~!'-]+", re.ASCII)


def pattern(given: str) -> Callable[[dict[str, Any]], bool]:
    """Make the test that some value of a record, however deep, matches a regular expression.

    Raises:
        QueryError: Where it is no regular expression.
    """
    try:
        search = re.compile(given).search
    except (re.error, RecursionError, OverflowError) as error:
        raise QueryError(f"--grep: {given!r} is no regular expression: {error}") from error
    return lambda record: any(search(text) for text in texts(record))


def needles(given: str) -> tuple[bytes, ...]:
    """Return the bytes that a line must have to match, where the expression is plain text."""
    return (given.encode(),) if _LITERAL.fullmatch(given) else ()


def texts(node: Any) -> Iterator[str]:
    """Yield every value of a record as text, without the names of its fields."""
    waiting = [node]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif value is not None:
            yield str(value).lower() if isinstance(value, bool) else str(value)

"""Compare one field of a line with a value: `--where FIELD=VALUE`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from obskit.query import schema
from obskit.query.failure import QueryError

_CONTEXT = "context."


def condition(given: str) -> Callable[[dict[str, Any]], bool]:
    """Make the test for one `FIELD=VALUE`.

    Args:
        given: FIELD is a path of the log schema or begins with `context.`; VALUE is compared as text, numbers as
            numbers, `true`, `false` and levels in any case. Of a list, one element that equals is enough.

    Raises:
        QueryError: Where it is not of that form, or no log line can have the field.
    """
    path, equals, value = given.partition("=")
    path = path.strip()
    if not equals or not path:
        raise QueryError(f"--where: {given!r} is not FIELD=VALUE, such as error.type=ValueError or context.order=17")
    _check(path)
    parts = path.split(".")
    equal = _equal(value.upper() if path == "level" else value)
    return lambda record: any(equal(found) for found in values(record, parts))


def values(node: Any, parts: list[str]) -> Iterator[Any]:
    """Yield what stands at a path; a key may itself have dots, and every element of a list is looked into."""
    if isinstance(node, list):
        for element in node:
            yield from values(element, parts)
    elif not parts:
        yield node
    elif isinstance(node, dict):
        for length in range(1, len(parts) + 1):
            key = ".".join(parts[:length])
            if key in node:
                yield from values(node[key], parts[length:])


def _check(path: str) -> None:
    known = schema.log_paths()
    if path in known or (path.startswith(_CONTEXT) and len(path) > len(_CONTEXT)):
        return
    if path in schema.span_paths() or path.startswith("attributes."):
        raise QueryError(f"--where: {path!r} is a field of spans, not of log lines")
    leaf = path.rpartition(".")[2]
    close = get_close_matches(path, known, 3, 0.6) or [name for name in known if name.rpartition(".")[2] == leaf]
    hint = f"close to it: {', '.join(close)}" if close else f"fields are {', '.join(n for n in known if '.' not in n)}"
    raise QueryError(f"--where: no field {path!r} in the schema; {hint}; what the application gave is context.{leaf}")


def _equal(value: str) -> Callable[[Any], bool]:
    number = _number(value)

    def equal(found: Any) -> bool:
        if isinstance(found, str):
            return found == value
        if isinstance(found, bool) or found is None:
            return json.dumps(found) == value.lower()
        if isinstance(found, (int, float)):
            return found == number
        return False

    return equal


def _number(value: str) -> int | float | None:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return None

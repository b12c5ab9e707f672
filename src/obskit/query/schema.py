"""Know the fields that a line can have, from the JSON Schema in the package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def text() -> str:
    """Return the JSON Schema of a line, as it is shipped."""
    return files("obskit.record").joinpath("schema.json").read_text("utf-8")


@cache
def log_paths() -> tuple[str, ...]:
    """Return the paths of all fields of a log line, such as `error.type`; `context` stands for what is below it."""
    return tuple(_paths("log"))


@cache
def span_paths() -> tuple[str, ...]:
    """Return the paths of all fields of a span."""
    return tuple(_paths("span"))


def _paths(definition: str) -> Iterator[str]:
    schema = json.loads(text())
    yield from _below(schema["$defs"][definition], schema["$defs"], "")


def _below(node: dict[str, Any], definitions: dict[str, Any], prefix: str) -> Iterator[str]:
    for name, given in node.get("properties", {}).items():
        child = definitions[given["$ref"].rpartition("/")[2]] if "$ref" in given else given
        yield prefix + name
        yield from _below(child.get("items", child), definitions, f"{prefix}{name}.")

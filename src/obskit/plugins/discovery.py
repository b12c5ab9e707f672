"""List the integrations that are installed, without importing any."""

from __future__ import annotations

from functools import reduce
from importlib import import_module
from typing import Any

from obskit.integration import Integration
from obskit.plugins import installed

GROUP = "obskit.integrations"


class Point:
    """An entry point.

    Args:
        name: The name of the framework's module.
        value: The module and the class of the integration, with a colon between them.
    """

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self.value = value

    def load(self) -> Any:
        """Import what it names."""
        module, _, attributes = self.value.partition("[")[0].strip().partition(":")
        return reduce(getattr, filter(None, attributes.strip().split(".")), import_module(module.strip()))


def available() -> dict[str, Point]:
    """Return the entry points by the name of the framework's module."""
    if installed.readable():
        return {name: Point(name, value) for name, value in installed.entry_points(GROUP)}
    from importlib.metadata import entry_points

    return {point.name: Point(point.name, point.value) for point in entry_points(group=GROUP)}


def load(point: Point) -> Integration:
    """Import a plug-in and make its integration with default options.

    Raises:
        TypeError: What the entry point names is no Integration.
    """
    made = point.load()()
    if not isinstance(made, Integration):
        msg = f"the entry point {point.name} of {GROUP} gives {type(made).__name__}, not an Integration"
        raise TypeError(msg)
    return made

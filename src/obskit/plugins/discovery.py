"""List the integrations that are installed, without importing any."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from obskit.integration import Integration

GROUP = "obskit.integrations"


def available() -> dict[str, EntryPoint]:
    """Return the entry points by the name of the framework's module."""
    return {point.name: point for point in entry_points(group=GROUP)}


def load(point: EntryPoint) -> Integration:
    """Import a plug-in and make its integration with default options.

    Raises:
        TypeError: What the entry point names is no Integration.
    """
    made = point.load()()
    if not isinstance(made, Integration):
        msg = f"the entry point {point.name} of {GROUP} gives {type(made).__name__}, not an Integration"
        raise TypeError(msg)
    return made

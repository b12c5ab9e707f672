"""Leaving out the server's access line where obskit writes one."""

from __future__ import annotations

import logging
from collections.abc import Callable

import obskit
from obskit.integration import enabled


def replace() -> Callable[[], None]:
    """Drop the records of `uvicorn.access` that are made inside a unit of work; return what undoes it."""
    logger = logging.getLogger("uvicorn.access")

    # A function of each installation: a logger keeps one filter once, and undoing one must not undo another.
    def outside_a_unit(_record: logging.LogRecord) -> bool:
        return not (enabled() and obskit.correlation_id() is not None)

    logger.addFilter(outside_a_unit)
    return lambda: logger.removeFilter(outside_a_unit)

"""Leaving out the server's access line where obskit writes one."""

from __future__ import annotations

import logging
from collections.abc import Callable

import obskit
from obskit.integration import enabled


def replace() -> Callable[[], None]:
    """Drop the records of `uvicorn.access` that are made inside a unit of work; return what undoes it."""
    logger = logging.getLogger("uvicorn.access")
    logger.addFilter(_outside_a_unit)
    return lambda: logger.removeFilter(_outside_a_unit)


def _outside_a_unit(record: logging.LogRecord) -> bool:
    return not (enabled() and obskit.correlation_id() is not None)

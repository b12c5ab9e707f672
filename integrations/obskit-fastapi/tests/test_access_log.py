"""The server's own access line is left out where obskit writes one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI

import obskit
from obskit_fastapi import FastAPIIntegration


@pytest.fixture
def uvicorn_lines() -> Iterator[list[str]]:
    """Collect what reaches the handlers of `uvicorn.access`."""
    lines: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    logger, handler = logging.getLogger("uvicorn.access"), Collect()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_a_request_has_one_access_line(
    installed: Any, serve: Callable[..., Any], access: Any, uvicorn_lines: list[str]
) -> None:
    """Uvicorn's line, which has the query in it, is not written."""
    serve(FastAPI()).get("/nowhere?token=abc")
    access(1)
    assert uvicorn_lines == []


def test_it_can_be_kept(obskit_capture: Any, serve: Callable[..., Any], access: Any, uvicorn_lines: list[str]) -> None:
    """With `replace_access_log=False` both are written."""
    undo = FastAPIIntegration(replace_access_log=False).install()
    try:
        serve(FastAPI()).get("/nowhere")
        access(1)
    finally:
        undo()
    assert len(uvicorn_lines) == 1


def test_lines_outside_a_unit_of_work_stay(installed: Any, uvicorn_lines: list[str]) -> None:
    """Only what has an access line of obskit loses its own."""
    logging.getLogger("uvicorn.access").info("from elsewhere")
    assert obskit.correlation_id() is None
    assert uvicorn_lines == ["from elsewhere"]


def test_undo_takes_the_filter_away() -> None:
    """No filter is left on the server's logger."""
    logger = logging.getLogger("uvicorn.access")
    before = list(logger.filters)
    undo = FastAPIIntegration().install()
    assert logger.filters != before
    undo()
    assert logger.filters == before

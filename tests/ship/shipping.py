"""What tests of delivery share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import obskit


def await_that(condition: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def numbers(ids: list[str]) -> list[int]:
    return [int(one.rpartition("-l")[2]) for one in ids]


def begin(journal: Any, url: str, **options: Any) -> Any:
    obskit.init("shop", journal=journal, otlp_endpoint=url, console=False, integrations=[], **options)
    return obskit.get_logger("shop")

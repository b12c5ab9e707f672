"""Limiters for the tests of the decide stage."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from obskit.decide.limiter import Limiter
from tests.decide.limiting import Clock


@pytest.fixture
def clock() -> Clock:
    """The clock of the limiters below."""
    return Clock()


@pytest.fixture
def make(clock: Clock) -> Callable[..., Limiter]:
    """Make a limiter of that clock."""
    return lambda limit=1.0, burst=3, **more: Limiter(limit, burst, clock, wall=clock.wall, **more)

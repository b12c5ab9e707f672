"""How long a failing target is left alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from obskit.ship.backoff import Backoff


def test_the_bound_doubles_up_to_the_longest() -> None:
    """With the highest draw each delay is its bound."""
    backoff = Backoff(first=1.0, longest=10.0, draw=lambda: 1.0)

    assert [backoff.failed() for _ in range(6)] == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 2000))
def test_every_delay_lies_between_nothing_and_the_bound(drawn: float, failures: int) -> None:
    """Full jitter, and no overflow after any number of failures."""
    backoff = Backoff(first=0.5, longest=30.0, draw=lambda: drawn)
    for _ in range(min(failures, 100)):
        backoff.failed()
    backoff.failures += failures

    assert 0 <= backoff.failed() <= 30.0


def test_success_forgets_the_failures() -> None:
    """After an accepted request the next delay is a first one."""
    backoff = Backoff(first=1.0, draw=lambda: 1.0)
    for _ in range(5):
        backoff.failed()

    backoff.succeeded()

    assert backoff.failed() == 1.0


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 1e9))
def test_a_target_is_not_tried_before_the_time_it_named(drawn: float, asked: float) -> None:
    """`Retry-After` is a lower bound, up to an hour, with at most one first delay on top."""
    delay = Backoff(first=1.0, draw=lambda: drawn).failed(asked)

    assert min(asked, 3600.0) <= delay <= min(asked, 3600.0) + 1.0

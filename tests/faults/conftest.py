"""A receiver and processes for the tests that cause faults. Here nothing is ever skipped."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.receiver import Behaviour, Receiver
from tests.faults.services import Services, services


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Makes a failure of every skip: a fault that was not caused proves nothing."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
    return report


@pytest.fixture
def receive() -> Iterator[Callable[..., Receiver]]:
    """Start receivers; all are stopped in the end."""
    made: list[Receiver] = []

    def start(*behaviours: Behaviour, **options: Any) -> Receiver:
        made.append(Receiver(*behaviours, **options))
        return made[-1]

    yield start
    for receiver in made:
        receiver.down()


@pytest.fixture
def receiver(receive: Callable[..., Receiver]) -> Receiver:
    """A receiver that takes everything."""
    return receive()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Services]:
    """Processes of one service, with one journal."""
    with services(tmp_path) as made:
        yield made

"""One redactor of the default policy for all tests of the detectors."""

from __future__ import annotations

import pytest

from obskit.protect.redactor import Redactor
from tests.protect.subjects import make


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    """Return what the default policy makes."""
    return make()

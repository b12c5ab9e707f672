"""The pytest plug-in: it imports nothing of obskit until a test asks for the fixture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from obskit.testing import Capture


@pytest.fixture
def obskit_capture() -> Iterator[Capture]:
    """Capture what obskit emits in a test: `.records` and `.spans`."""
    from obskit.testing import capture

    with capture() as found:
        yield found

"""Every odd value through every way in: one valid line each, within its limits and its time, and nothing raised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile.arrays import ARRAYS
from tests.hostile.containers import CONTAINERS
from tests.hostile.doors import LOGS, SPANS, troubles
from tests.hostile.models import EXCEPTIONS, MODELS
from tests.hostile.objects import OBJECTS, SUBCLASSES
from tests.hostile.scalars import SCALARS
from tests.hostile.system import SYSTEM
from tests.hostile.written import Written

VALUES: dict[str, Callable[[], Any]] = {
    f"{family}: {name}": make
    for family, values in {
        "object": OBJECTS,
        "subclass": SUBCLASSES,
        "scalar": SCALARS,
        "container": CONTAINERS,
        "system": SYSTEM,
        "model": MODELS,
        "exception": EXCEPTIONS,
        "array": ARRAYS,
    }.items()
    for name, make in values.items()
}


SOME = 16
NAMES = list(VALUES)


@pytest.mark.parametrize("first", range(0, len(NAMES), SOME))
def test_an_odd_value_leaves_one_valid_line_by_every_way_in(written: Written, first: int) -> None:
    """As a field, a message, an argument, a schema's own block, an exception's part, an attribute or a name."""
    names = NAMES[first : first + SOME]
    found = {name: troubles(written, VALUES[name], LOGS | SPANS) for name in names}
    assert {name: what for name, what in found.items() if what} == {}

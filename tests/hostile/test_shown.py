"""What a value of a known kind is shown as, by the straight way and by the careful one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.hostile import arrays, scalars
from tests.hostile.doors import log
from tests.hostile.written import Written

SHOWN: dict[str, tuple[Callable[[], Any], Any]] = {**scalars.SHOWN, **arrays.SHOWN}


def test_a_known_kind_has_one_form_wherever_it_stands(written: Written) -> None:
    """Alone, beside what makes the redactor look, in a list and in a dict."""
    found, expected = {}, {}
    for name, (make, shown) in SHOWN.items():
        value = make()
        log.info("alone", value=value)
        alone = written.line()["context"]["value"]
        log.info("beside", password="hunter2hunter2", value=value, within={"a": [value, (value,)]})
        beside = written.line()["context"]
        found[name] = [alone, beside["value"], *beside["within"]["a"]]
        expected[name] = [shown, shown, shown, [shown]]
    assert {name: forms for name, forms in found.items() if repr(forms) != repr(expected[name])} == {}


@pytest.mark.parametrize("name", ["int64", "float64", "datetime64", "str_", "bool_"])
def test_a_scalar_of_numpy_is_no_other_than_pythons(written: Written, name: str) -> None:
    """Its own code is not asked for more than its value: a line holds a number where it is one."""
    log.info("scalar", value=arrays.scalar(name))
    assert type(written.line()["context"]["value"]) in (int, float, str, bool)

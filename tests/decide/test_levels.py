from __future__ import annotations

import pytest

from obskit.decide import levels


@pytest.mark.parametrize(("given", "name"), [("warning", "WARN"), ("Critical", "FATAL"), (25, "INFO"), (3, "TRACE")])
def test_levels_have_one_name_each(given: str | int, name: str) -> None:
    """Names of either world and numbers in between come out as the schema's."""
    assert levels.name(levels.number(given)) == name


def test_an_unknown_level_says_what_is_accepted() -> None:
    """The error names the levels."""
    with pytest.raises(ValueError, match="TRACE, DEBUG, INFO, WARN, ERROR, FATAL"):
        levels.number("LOUD")


def test_numbers_are_taken_as_they_are() -> None:
    """The standard library's numbers are obskit's."""
    assert levels.number(15) == 15
    assert [levels.number(name) for name in (" trace ", "NotSet", "error")] == [5, 5, 40]

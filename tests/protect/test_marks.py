from __future__ import annotations

from obskit.protect.marks import safe, secret


def test_a_secret_shows_itself_nowhere() -> None:
    """Neither as text nor inside of another value's."""
    value = secret("hunter22")
    assert "hunter22" not in f"{value!r} {value} {[value]} {value!s}"
    assert value.reveal() == "hunter22"


def test_a_secret_has_no_attribute_that_a_walk_over_objects_would_show() -> None:
    """There is no `__dict__`."""
    assert not hasattr(secret("hunter22"), "__dict__")


def test_a_safe_value_shows_itself() -> None:
    """As the value does."""
    assert repr(safe("x")) == "'x'"
    assert safe([1]).value == [1]

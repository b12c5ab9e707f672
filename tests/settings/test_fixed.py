from __future__ import annotations

from typing import ClassVar

import pytest

from obskit.settings.fixed import Fixed


class Place(Fixed):
    SECRETS: ClassVar[frozenset[str]] = frozenset({"key"})

    host: str
    port: int = 80
    key: str = ""


def test_fields_are_given_by_place_or_by_name_and_have_defaults() -> None:
    """As with a dataclass."""
    assert (Place("a").host, Place("a").port) == ("a", 80)
    assert Place("a", 8080) == Place(host="a", port=8080)
    assert Place("a") != Place("b")
    assert Place("a") != "a"
    assert len({Place("a"), Place("a"), Place("b")}) == 2


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), (("a", 1, "", 2), {}), (("a",), {"host": "b"}), (("a",), {"x": 1})]
)
def test_what_does_not_fit_is_a_type_error(values: tuple[object, ...], named: dict[str, object]) -> None:
    """A field that is missing, given twice or unknown, or one value too many."""
    with pytest.raises(TypeError, match="Place takes host, port, key"):
        Place(*values, **named)  # type: ignore[arg-type,misc]


def test_nothing_changes() -> None:
    """Neither by assignment nor by deletion; `changed` makes another one."""
    place = Place("a")
    with pytest.raises(AttributeError, match="can't be changed"):
        place.host = "b"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="can't be removed"):
        del place.host
    assert place.changed(port=1) == Place("a", 1)
    assert place == Place("a")


def test_secrets_stand_in_no_repr() -> None:
    """The others do."""
    assert repr(Place("a", key="hunter2")) == "Place(host='a', port=80)"

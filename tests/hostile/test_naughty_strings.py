from __future__ import annotations

import pytest

import obskit
from tests.hostile.doors import LOGS, SPANS, troubles
from tests.hostile.naughty import STRINGS
from tests.hostile.written import Written

# These say more of themselves than that they are odd: the redactor's own tests judge what becomes of them.
TELLING = frozenset(("2.2250738585072011e-308", "0.0.0"))
# As a name of a field or a logger, in a list, as the first half of a pair: the rest of the doors repeat these.
FEW = ("fields", "in a list", "as a key", "event", "arguments", "template", "set_user", "request's fields", "raised",
       "logging's arguments", "correlation id", "extra", "an exception's notes and cause")  # fmt: skip


def shown(text: str) -> str:
    """Return a text as a line holds it: UTF-8 has no lone surrogates."""
    return text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("category", STRINGS)
def test_a_naughty_string_comes_out_as_it_went_in(written: Written, category: str) -> None:
    """As a field, in a list, as the message, as the logger's name; nothing of it is lost, and nothing is added."""
    for text in STRINGS[category]:
        obskit.get_logger("hostile").info(f"of {category}", value=text, items=[text, {"k": text}])
        line = written.line()
        if text not in TELLING:
            assert line["context"] == {"value": shown(text), "items": [shown(text), {"k": shown(text)}]}
        obskit.get_logger("hostile").info(text)
        assert written.line()["message"] == shown(text) or text in TELLING


@pytest.mark.parametrize("category", STRINGS)
def test_a_naughty_string_leaves_one_valid_line_by_every_way_in(written: Written, category: str) -> None:
    """Also as a name, a template, a part of the schema's own blocks, and where an exception says it."""
    doors = {name: door for name, door in LOGS.items() if name in FEW} | SPANS
    found = {text: troubles(written, lambda text=text: text, doors) for text in STRINGS[category]}
    assert {text: what for text, what in found.items() if what} == {}


@pytest.mark.parametrize("category", STRINGS)
def test_a_naughty_string_names_a_field_or_a_logger(written: Written, category: str) -> None:
    """Any text can be a keyword, and any can be a logger's name."""
    for text in STRINGS[category]:
        obskit.get_logger("hostile").info("named", **{text or "nothing": 1, f"{text} too": 2})
        written.line()
        if text.strip():
            obskit.get_logger(text).info("of an odd logger")
            assert len(written.lines()) == 1
            obskit.get_logger("hostile").bind(**{text: text}).info("bound")
            written.line()

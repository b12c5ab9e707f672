from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.line.encode import encode

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.text(), PLAIN))
def test_a_record_reads_back_equal(record: dict[str, Any]) -> None:
    """As any JSON reader sees it, and in the same order."""
    body = encode(record)
    assert json.loads(body) == record
    assert list(json.loads(body)) == list(record)


@given(st.dictionaries(st.text(), PLAIN))
def test_a_body_has_no_newline(record: dict[str, Any]) -> None:
    """Whatever stands in a record, its line is one."""
    assert b"\n" not in encode(record)


def test_letters_outside_ascii_stand_as_utf_8() -> None:
    """They are readable with grep."""
    assert encode({"stadt": "Köln 🚉"}) == '{"stadt":"Köln 🚉"}'.encode()


def test_lone_surrogates_are_replaced_at_any_depth() -> None:
    """What stands beside them stays."""
    record = {"a": ["x\ud800", {"k\udfff": ("é\ud800")}], "n": 1, "ok": "é"}
    assert orjson.loads(encode(record)) == {"a": ["x?", {"k?": "é?"}], "n": 1, "ok": "é"}


@pytest.mark.parametrize("text", ['"', "\\", "\n", "\r", "\t", "\x00", "\x1f", "\u2028", "</script>"])
def test_characters_with_a_meaning_are_escaped_or_harmless(text: str) -> None:
    """They read back, and break no line."""
    body = encode({"m": text})
    assert json.loads(body) == {"m": text}
    assert b"\n" not in body

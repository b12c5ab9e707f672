from __future__ import annotations

import re
import time
from typing import Any

import pytest

from obskit.protect.linear import Linear
from obskit.protect.redactor import Redactor
from obskit.protect.span import Span
from tests.protect.subjects import forget_re2, make

ENGINES = pytest.mark.parametrize("without", [False, True], ids=["re2", "re"])


def _redactor(monkeypatch: pytest.MonkeyPatch, without: bool, **custom: Any) -> Redactor:
    if without:
        forget_re2(monkeypatch)
    return make(custom=custom)


@ENGINES
@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"\bORD-\d{6}\b", "ORD-123456 paid", "[REDACTED:own] paid"),
        (r"ORD-\d{6}", "xORD-1234567", "x[REDACTED:own]7"),
        (r"(?i)ord-\d+", "Ord-1 oRD-22", "[REDACTED:own] [REDACTED:own]"),
        (r"^ORD", "ORD\nORD", "[REDACTED:own]\nORD"),
        (r"(?m)^ORD", "ORD\nORD", "[REDACTED:own]\n[REDACTED:own]"),
        (r"ORD$", "ORD x ORD", "ORD x [REDACTED:own]"),
        (r"\AORD", "ORD\nORD", "[REDACTED:own]\nORD"),
        (r"ORD\Z", "ORD\nORD", "ORD\n[REDACTED:own]"),
        (r"(?<=id=)\d+", "id=17 no=17", "id=[REDACTED:own] no=17"),
        (r"\d+(?= EUR)", "17 EUR 18 USD", "[REDACTED:own] EUR 18 USD"),
        (r"(\d)\1", "11 12", "[REDACTED:own] 12"),
        (r"é+", "caféé", "caf[REDACTED:own]"),
        (r"x*", "axxb", "a[REDACTED:own]b"),
        (r"a.c", "a\nc abc", "a\nc [REDACTED:own]"),
        (r"(?s)a.c", "a\nc", "[REDACTED:own]"),
    ],
)
def test_a_pattern_finds_with_re2_what_it_finds_without(
    monkeypatch: pytest.MonkeyPatch, without: bool, pattern: str, text: str, expected: str
) -> None:
    """Anchors, flags, lookaround, references back, letters beyond ASCII."""
    assert _redactor(monkeypatch, without, own=pattern).text(text) == expected


@ENGINES
def test_a_compiled_pattern_keeps_its_flags(monkeypatch: pytest.MonkeyPatch, without: bool) -> None:
    """As the team compiled it."""
    redactor = _redactor(
        monkeypatch, without, own=re.compile("ord-.+", re.IGNORECASE | re.DOTALL), two=re.compile("xy")
    )
    assert redactor.text("xy Ord-1\n2") == "[REDACTED:two] [REDACTED:own]"


@pytest.mark.parametrize("pattern", [re.compile("(?i)(a+)+$"), re.compile("(?s)(a|aa)+$")])
def test_flags_in_the_text_leave_a_pattern_to_re2(pattern: re.Pattern[str]) -> None:
    """As `init` compiles each pattern of a policy."""
    began = time.process_time()
    make(custom={"own": pattern}).text("A" * 100 + "a" * 20_000 + "!")
    assert time.process_time() - began < 2


@ENGINES
def test_a_pattern_is_looked_for_in_each_text_of_a_record(monkeypatch: pytest.MonkeyPatch, without: bool) -> None:
    """An anchor means the edge of the one text, not that of the record."""
    redactor = _redactor(monkeypatch, without, own="^ORD-[0-9]+$", whole=r"\Ashop\Z")
    record = {"message": "fine", "context": {"a": "ORD-17", "b": "no ORD-17", "c": ["shop", "no shop"]}}
    for _ in range(2):
        assert redactor.record(dict(record), 10_000)["context"] == {
            "a": "[REDACTED:own]", "b": "no ORD-17", "c": ["[REDACTED:whole]", "no shop"],
        }  # fmt: skip


@ENGINES
def test_a_lone_surrogate_does_not_stop_a_pattern(monkeypatch: pytest.MonkeyPatch, without: bool) -> None:
    """Text that no encoding takes is searched all the same."""
    assert (
        _redactor(monkeypatch, without, own="ORD-[0-9]+").text("\ud800 é ORD-17 \udfff")
        == "\ud800 é [REDACTED:own] \udfff"
    )


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(a|a?)+$", "(.*a){12}"])
def test_a_catastrophic_pattern_is_linear_with_re2(pattern: str) -> None:
    """What makes the standard library try for hours."""
    redactor = make(custom={"own": pattern})
    began = time.process_time()
    redactor.text("a" * 20_000 + "!")
    assert time.process_time() - began < 2


def test_a_find_names_the_kind_and_the_rule() -> None:
    """An empty match is none."""
    detector = Linear("order", "(?:ORD)?").detector()
    assert detector.kinds == {"order"}
    assert list(detector.find("x ORD")) == [Span(2, 5, "order", "custom:order")]


def test_the_places_are_those_of_characters() -> None:
    """Whatever the engine counts in."""
    (span,) = Linear("order", "ORD").detector().find("é日本 ORD")
    assert span == Span(4, 7, "order", "custom:order")

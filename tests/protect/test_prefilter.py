from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import cycle, islice
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obskit.protect.detect.pairs import KINDS, STEMS
from obskit.protect.finder import Finder
from obskit.protect.keys import Keys
from obskit.protect.plain_prefilter import Plain
from obskit.protect.prefilter import Fast, Trigger, make
from obskit.protect.views import ODD, views
from obskit.protect.vocabulary import DOUBTFUL_ENDS, ENDINGS, PAIRS, WORDS
from tests.protect.subjects import corpus_texts, forget_re2

# Names and values as people write them; every name of the vocabulary is put into some of them.
NOTATIONS = (
    "{n}={v}", "{n}: {v}", '"{n}": "{v}"', "{n} = '{v}'", "{n} is {v}", "{n} for bob was '{v}'", "{n} {v}", "--{n} {v}",
    "('{n}', '{v}')", "[u'{n}', u'{v}']", "<{n}>{v}</{n}>", "<x:{n}><![CDATA[{v}]]></x:{n}>", "{n} \t{v}",
    "| {n} | {v} |",
    'name="{n}" type="text" value="{v}"', 'value="{v}" id="a" name="{n}"', "- name: {n}\n  value: {v}",
    "<name>{n}</name><value>{v}</value>", '<entry key="{n}">{v}</entry>', "INSERT INTO t (id, {n}) VALUES (1, '{v}')",
    "WHERE {n} NOT LIKE '{v}'", "where {n} in ('{v}')", "?{n}={v}&page=2", "{n} := {v}", "{n}: str = '{v}'",
    'Content-Disposition: form-data; name="{n}"\r\n\r\n{v}', "Key ({n})=({v}) exists", "{n}%3D{v}", "{n}=3D{v}",
    "{n}\\u003d{v}", '{{\\"{n}\\": \\"{v}\\"}}', "{n}: |\n    {v}", "{n} changed to {v}", "{n} of bob: {v}",
    "{n}\n  Invalid [input_value='{v}']", "your {n} {v}",
)  # fmt: skip
VALUES = ("hunter22", "9f8e7d6c5b4a39281706", "482913", "Tr0ub4dor&3", "QwErTyUiOpAsDf", "1970-01-02", "123456789012")


class Finders(NamedTuple):
    """The finder of the default policy three times: with each prefilter, and with one that suspects everything."""

    fast: Finder
    plain: Finder
    every: Finder


def _everything(finder: Finder) -> Any:
    numbers = [*range(len(finder._detectors))]
    return lambda text: [*numbers, *([finder._odd] if len(views(text)) > 1 else [])]


@pytest.fixture(scope="module")
def finders() -> Finders:
    """Return the three."""
    fast, every = Finder(Keys()), Finder(Keys())
    with pytest.MonkeyPatch.context() as patch:
        forget_re2(patch)
        plain = Finder(Keys())
    every._prefilter = _everything(every)
    assert isinstance(fast._prefilter, Fast)
    assert isinstance(plain._prefilter, Plain)
    return Finders(fast, plain, every)


def _differing(finders: Finders, texts: Sequence[str]) -> list[tuple[str, str, set[str]]]:
    """Return each text in which something is overlooked, with RE2 or without, and what; nothing else runs RE2."""
    fast = [finders.fast.find(text) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        forget_re2(patch)
        plain = [finders.plain.find(text) for text in texts]
        every = [finders.every.find(text) for text in texts]
    return [
        (name, text, {f"{span.rule} {text[span.start : span.end]!r}" for span in {*expected} ^ {*found}})
        for name, spans in (("fast", fast), ("plain", plain))
        for text, found, expected in zip(texts, spans, every, strict=True)
        if found != expected
    ]


@pytest.mark.slow
def test_both_prefilters_find_in_the_corpus_what_is_found_without_one(finders: Finders) -> None:
    """A text that is not suspected has nothing that any detector would find."""
    assert _differing(finders, corpus_texts(20)) == []


@pytest.mark.slow
def test_both_prefilters_let_each_name_pass_in_each_notation(finders: Finders) -> None:
    """Every word of the vocabulary whose values are looked for in texts, in some of the notations by turns."""
    names = [
        *(word for word, kind in {**WORDS, **ENDINGS, **DOUBTFUL_ENDS}.items() if kind in KINDS),
        *(f"{first}{sign}{second}" for (first, second), kind in PAIRS.items() if kind in KINDS for sign in "_ "),
    ]
    forms, values = cycle(NOTATIONS), cycle(VALUES)
    texts = [
        form.format(n=name.title() if place % 3 == 0 else name, v=next(values))
        for place, name in enumerate(names)
        for form in islice(forms, 3)
    ]
    assert _differing(finders, texts) == []


@pytest.mark.parametrize("text", [
    "//ann:hunter22@db/x", "jdbc:oracle:oci8:ann/hunter22@db", "4111\n  1111\n  1111\n  1111", "0049170 1234567",
    "0049(170)1234567", "626f623a70617373", "ECHO hunter22 | passwd --stdin", "ann @  shop.test", "ann{@}shop.test",
    "{n}: 8.8.4.17", "8.8.4.17", "x8.8.4.17", "8.8.4.17x", "ann@shop.example", "é@müller.example", "[ann@[192.0.2.1]]",
    "2001:4860:4860::8888", "::ffff:8.8.4.17",
])  # fmt: skip
def test_both_prefilters_let_rare_forms_pass(finders: Finders, text: str) -> None:
    """What stands at the edge of a text, in odd spacing, or in capitals."""
    assert _differing(finders, [text, f"({text})", f"see {text}, then", f"a\n{text}\nb"]) == []


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([
    "password", "api key", "=", ": ", " ", "\n", '"', "'", "hunter22", "ann", "@", "shop.example", "4111", "+49", "170",
    "1234567", "-", "\\n", "%3D", "<", ">", "</", "(", ")", "8.8.4.17", "token", " is ", "Bearer ", "eyJ0", "\u200b",
]), max_size=12).map("".join))  # fmt: skip
def test_both_prefilters_let_pass_what_any_detector_finds(finders: Finders, text: str) -> None:
    """Whatever is put together of the parts of secrets."""
    assert _differing(finders, [text]) == []


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_a_text_in_disguise_is_suspected(finders: Finders, text: str) -> None:
    """Wherever a view differs from the text, the last trigger is met."""
    if len(views(text)) > 1:
        assert finders.fast._prefilter(text)[-1] == finders.fast._odd
        assert finders.plain._prefilter(text)[-1] == finders.plain._odd


def test_disguised_texts_of_the_corpus_are_suspected(finders: Finders) -> None:
    """The same of every text of the corpus that has a view of its own."""
    odd = finders.fast._odd
    texts = [text for text in corpus_texts(1) if len(views(text)) > 1]
    assert len(texts) > 500
    assert [text for text in texts if odd not in finders.fast._prefilter(text)] == []


def test_plain_texts_are_not_suspected(finders: Finders) -> None:
    """Most texts hold nothing, and no detector is asked."""
    for text in ("order 17 created", "GET /orders/17 200 in 12 ms", "connected to the database", "", "worker ready"):
        assert not finders.fast.suspects(text)


@pytest.mark.parametrize("engine", ["fast", "plain"])
def test_a_lone_surrogate_hides_nothing(finders: Finders, engine: str) -> None:
    """Text that no encoding takes is searched all the same."""
    text = "\ud800 mail ann@shop.example \udfff"
    found = getattr(finders, engine).find(text)
    assert [(span.kind, text[span.start : span.end]) for span in found] == [("email", "ann@shop.example")]


def test_numbers_come_in_ascending_order(finders: Finders) -> None:
    """The last of them tells whether the text wears a disguise."""
    text = "password: hunter22 ann@shop.example 4111111111111111 Bearer abcdefgh01234567 %41"
    for prefilter in (finders.fast._prefilter, finders.plain._prefilter):
        numbers = [*prefilter(text)]
        assert numbers == sorted(numbers)
        assert numbers[-1] == finders.fast._odd


@pytest.mark.parametrize("missing", [False, True])
def test_a_trigger_is_met_by_its_pattern(missing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With RE2 by the pattern, without it by its hints where it has some."""
    if missing:
        forget_re2(monkeypatch)
    prefilter = make([Trigger("a[0-9]"), Trigger("(?i)Key=", ("key",)), Trigger("x[0-9]", ("x",))], ["key"])
    assert [*prefilter("A a1")] == [0]
    assert [*prefilter("KEY= a1")] == [0, 1]
    assert [*prefilter("nothing")] == []
    assert [*prefilter("x")] == []
    assert [*prefilter("x1")] == [2]


def test_a_telling_trigger_needs_a_telling_word() -> None:
    """Without a stem the second automaton is not asked."""
    prefilter = make([Trigger("=[0-9]", ("=",), telling=True)], ["pass", "pa$$"])
    assert [*prefilter("n=1")] == []
    assert [*prefilter("PASS n=1")] == [0]
    assert [*prefilter("pa$$ n=1")] == [0]


def test_every_pattern_is_one_of_both_engines(finders: Finders) -> None:
    """A pattern that one engine refused would leave its secrets alone."""
    patterns = [detector.trigger.pattern for detector in finders.fast._detectors]
    assert [pattern for pattern in patterns if not re.compile(pattern)] == []
    automatons = finders.fast._prefilter
    assert isinstance(automatons, Fast)
    # The second one is made with the first text that has a telling word.
    automatons("password")
    assert automatons._second is not None
    assert len(automatons._first.numbers) + len(automatons._second.numbers) == len(patterns) + 1


def test_hints_are_in_lower_case(finders: Finders) -> None:
    """They are looked for in the lowered text."""
    hints = [hint for detector in finders.fast._detectors for hint in detector.trigger.hints]
    assert [hint for hint in hints if hint != hint.lower()] == []


def test_both_engines_see_the_same_odd_characters() -> None:
    """The disguise is told by one pattern in RE2 and in `re`."""
    prefilter, pattern = make([Trigger(ODD)], STEMS), re.compile(ODD)
    points = [chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000]
    assert [sign for sign in points if bool(prefilter(sign)) != bool(pattern.search(sign))] == []

"""What the prefilter of the standard library lets pass, against RE2's and against the detectors themselves."""

from __future__ import annotations

import re
from collections.abc import Callable

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from obskit.protect.detect.pairs import STEMS
from obskit.protect.finder import Finder
from obskit.protect.keys import Keys
from obskit.protect.plain_prefilter import Plain
from obskit.protect.prefilter import CLEAR, NESTED, SUSPECT, Fast, Trigger
from obskit.protect.quick_pattern import SHAPES
from obskit.protect.span import Span
from obskit.protect.tokens import TOKENS
from tests.protect.subjects import corpus_texts, corpus_values

FINDER = Finder(Keys())
TRIGGERS = FINDER.triggers
FAST = Fast(TRIGGERS, STEMS, __import__("re2")._re2)
OTHERS = [number for number, trigger in enumerate(TRIGGERS) if not trigger.long]
FIRST_TOKEN = next(number for number, trigger in enumerate(TRIGGERS) if trigger.long)
# What a text may stand in; a telling word for those that need one.
FRAMES = ("{}", "a {} b", "'{}'", "x={}", "x{}y", "\n{}\n", "key: ({}),", "Straße {}", "17{}42", "secret {} is 4x")
ALL_STEMS = "|".join(stem.replace("$", r"\$") for stem in STEMS)
FEW_STEMS = r"pass|pan n|2fa|p@\$\$|hasło|пароль|sid|key"
ALIKE = {"s": "\u017f", "k": "\u212a", "i": "\u0130", "I": "\u0131", "S": "\u017f"}


@pytest.fixture
def plain() -> Plain:
    """Return one that knows no word yet."""
    return Plain(TRIGGERS, STEMS)


def found(number: int, text: str) -> bool:
    """Tell whether a detector finds anything in a text, or that it wears a disguise."""
    return number == len(TRIGGERS) - 1 or any(isinstance(each, Span) for each in FINDER._detectors[number].find(text))


def overlooked(plain: Plain, text: str) -> list[str]:
    """Return the rules of which RE2 and the detector say that a text has something, and this prefilter nothing."""
    told = {*plain(text)}
    return [
        (FINDER._detectors[number].rule if number < len(TRIGGERS) - 1 else "disguise")
        for number in FAST(text)
        if number not in told and found(number, text)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("number", OTHERS)
def test_what_a_pattern_finds_is_told(number: int) -> None:
    """Of texts made by a trigger's own pattern, whatever stands beside them."""
    plain = Plain(TRIGGERS, STEMS)
    # Texts are made slowly where there is so much to choose from.
    pattern = re.compile(TRIGGERS[number].pattern.replace(ALL_STEMS, FEW_STEMS).replace("\U0010ffff", "\xff"))

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(st.from_regex(pattern), st.sampled_from(FRAMES))
    def tried(text: str, frame: str) -> None:
        whole = frame.format(text)
        if number in FAST(whole) and number not in plain(whole):
            # A word or a fence that the detector asks for is not there.
            assert not found(number, whole)

    tried()


@pytest.mark.parametrize("part", range(8))
def test_what_is_a_vendors_token_is_told(part: int) -> None:
    """Of texts made by the patterns of the table, whatever stands beside them."""
    plain = Plain(TRIGGERS, STEMS)
    rows = [*enumerate(TOKENS, FIRST_TOKEN)][part::8]
    tokens = st.sampled_from(rows).flatmap(
        lambda row: st.tuples(st.just(row[0]), st.from_regex(re.compile(row[1].pattern, re.ASCII), fullmatch=True))
    )

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(tokens, st.sampled_from(FRAMES))
    def tried(token: tuple[int, str], frame: str) -> None:
        number, text = token
        # Enough of it stands before the first break, where there is one.
        assert len(text) >= 12
        assert len(text.encode().translate(SHAPES).split()[0]) >= 12
        whole = frame.format(text)
        assert number in plain(whole) or number not in FAST(whole) or not found(number, whole)

    tried()


@pytest.mark.parametrize(("rule", "text"), [
    ("email:spelled", "ann at shop dot example"), ("email:spelled", "ann (at ) shop.example"),
    ("email:spelled", "ann\tDOT\nx AT y dot z"), ("email:spelled", "ann@\n shop.example"),
    ("ip", "::ffff:0808:0411"), ("ip", "64:FF9B::0808"), ("encoded", "0x" + b"ann:hunter22".hex()),
    ("encoded", "\\x" + b"ann:hunter22".hex()), ("phone", "00\n49 (170) 1234567"),
    ("card", "4111\u2022\u20221111\u2022\u20221111\u2022\u20221111"), ("option", "x -a=ann:hunter22"),
    ("option", "AUTH\thunter22"), ("sql:like", "a where password  IN\t('hunter22')"),
    ("jwt", "x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIi"), ("pair", "pa\u017f\u017fword -> hunter22"), ("pair", "PAN N : 7"),
    ("said", "the key is hunter22"), ("token:tailscale_key", "tskey-00000A"),
])  # fmt: skip
def test_a_form_that_hardly_any_text_has_is_told(plain: Plain, rule: str, text: str) -> None:
    """What no property comes upon by itself."""
    rules = [FINDER._detectors[number].rule for number in plain(text) if number < len(FINDER._detectors)]
    assert rule in rules


def test_each_example_of_the_table_is_told(plain: Plain) -> None:
    """As it stands, and where another text breaks it over lines."""
    for number, token in enumerate(TOKENS, FIRST_TOKEN):
        assert number in plain(f"see {token.example}, then")
        whole = token.example
        if number in FAST(f"{whole[:-8]}\n{whole[-8:]}") and len(whole) > 24:
            assert number in plain(f"{whole[:-8]}\n{whole[-8:]}")


def test_nothing_of_the_corpus_is_overlooked(plain: Plain) -> None:
    """Each text as it stands."""
    assert {text: rules for text in corpus_texts(3) if (rules := overlooked(plain, text))} == {}


@pytest.mark.slow
@pytest.mark.parametrize("change", [str.upper, str.title, str.swapcase, lambda text: text.replace(" ", "\t")])
def test_nothing_of_the_corpus_is_overlooked_in_another_shape(plain: Plain, change: Callable[[str], str]) -> None:
    """Each text in other cases, and with other blanks."""
    changed = [change(text) for text in corpus_texts(5)]
    assert {text: rules for text in changed if (rules := overlooked(plain, text))} == {}


@pytest.mark.parametrize("letter", [*ALIKE])
def test_letters_that_case_makes_alike_hide_nothing(plain: Plain, letter: str) -> None:
    """`ſ`, the sign of kelvin and the dotted and dotless i are s, k and i where case does not count."""
    for text in corpus_texts(40):
        if letter in text:
            assert overlooked(plain, text.replace(letter, ALIKE[letter])) == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([
    "password", "api key", "=", ": ", " ", "\n", '"', "'", "hunter22", "ann", "@", "shop.example", "4111", "+49", "170",
    "1234567", "-", "\\n", "%3D", "<", ">", "</", "(", ")", "8.8.4.17", "token", " is ", "Bearer ", "eyJ0", "\u200b",
    "00", "at", "dot", "->", "[", "]", "-u", "\t", "\x0b", "DE89", "é", "\u017f", "İ", "ghp_", "0123456789abcdef",
    "ssn", ".", "#",
]), max_size=14).map("".join))  # fmt: skip
def test_near_misses_are_told_apart_as_by_re2(text: str) -> None:
    """Whatever is put together of the parts of secrets."""
    assert overlooked(PLAIN, text) == []


PLAIN = Plain(TRIGGERS, STEMS)


def test_a_record_of_which_nothing_is_said_has_nothing(plain: Plain) -> None:
    """Values of the corpus within JSON, flat and nested: in no text of it any detector finds anything."""
    overlooked_in = []
    for value in corpus_values(6):
        for record in ({"note": value, "n": 17}, {"a": {"note": value}, "b": [value]}):
            try:
                data = b'"order accepted"' + orjson.dumps(record, default=repr)
            except orjson.JSONEncodeError:
                continue
            if plain.json(data) != SUSPECT:
                overlooked_in += [text for text in _texts(record) if FAST(text) and FINDER.find(text)]
    assert overlooked_in == []


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in _texts(each)]
    if isinstance(value, (list, tuple)):
        return [text for each in value for text in _texts(each)]
    return [str(value)] if isinstance(value, (str, int)) else []


@pytest.mark.parametrize(("data", "said"), [
    (b'"order accepted"{"order_id":"o-17","amount":129.95,"express":true}', CLEAR),
    (b'"order accepted"{"order":{"id":"o-17"}}', NESTED),
    (b'"order accepted"{"sizes":[1,2]}', NESTED),
    (b'"order accepted"{"size":null}', NESTED),
    (b'"order accepted"{"a":1,"b":"line\\nline"}', SUSPECT),
    (b'"order accepted"{"mail":"ann@shop.example"}', SUSPECT),
    (b'"order accepted"{"password":"hunter22"}', SUSPECT),
    (b'"order accepted"{"number":4111111111111111}', SUSPECT),
    (b'"order accepted"{"state":"shipping","n":1}', CLEAR),
    (b'"the password: hunter22"{"n":1}', SUSPECT),
    (b'"a"{"b":"ghp_0123456789abcdefghijABCDEFGHIJ012345"}', SUSPECT),
    ('"Straße"{"a":"Müller"}'.encode(), CLEAR),
    (b"{}", CLEAR),
], ids=str)  # fmt: skip
def test_json_is_told_by_what_its_texts_hold(plain: Plain, data: bytes, said: int) -> None:
    """Twice, for the second time its words are known."""
    assert [plain.json(data), plain.json(data)] == [said, said]


def test_a_value_and_the_name_behind_it_are_no_pair(plain: Plain) -> None:
    """RE2 goes over the whole record at once and suspects it; the walk would find nothing."""
    data = b'"shipping started"{"state":"token","n":1}'
    assert plain.json(data) == CLEAR
    assert FAST.json(data) == SUSPECT


def test_long_texts_are_told_by_hints(plain: Plain) -> None:
    """The standard library would go over them again and again."""
    text = "password " * 600
    assert {*plain(text)} >= set(FAST(text))
    assert plain("order stored " * 600) == ()


def test_a_trigger_of_which_nothing_is_known_is_tried_itself() -> None:
    """A team's own, say."""
    prefilter = Plain([Trigger("x[0-9]"), Trigger("", ("",))], ["key"])
    assert [*prefilter("a x1")] == [0, 1]
    assert [*prefilter("a")] == [1]
    assert Plain([Trigger("x[0-9]")], ["key"]).json(b'"x1"') == SUSPECT


def test_no_rough_pattern_says_less_than_the_exact_one(plain: Plain) -> None:
    """Neither of the corpus nor of its words."""
    rough = [number for number, trigger in enumerate(TRIGGERS) if trigger.rough]
    assert len(rough) > 5
    assert [
        (number, text)
        for text in corpus_texts(10)
        for number in {*FAST(text)}.intersection(rough)
        if number not in plain(text)
    ] == []

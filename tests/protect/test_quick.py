from __future__ import annotations

import pytest

from obskit.protect.prefilter import Trigger
from obskit.protect.quick import TELLING, TOKEN, Quick, Runs, Words

STEMS = ("pass", "2fa", "pan n", "hasło")


def told(trigger: Trigger, text: str) -> bool:
    """Tell whether a trigger is possible in a text."""
    return bool(Quick([trigger], STEMS).possible(text.encode()))


def test_a_word_that_makes_nothing_possible_is_remembered() -> None:
    """With all numbers of as many digits."""
    quick = Quick([Trigger("x", ("key",))], STEMS)
    assert quick.possible(b"order o-17 was stored") == frozenset()
    assert quick._words.quiet == {b"order", b"o-00", b"was", b"stored"}
    assert quick.possible(b"order o-98 was stored") == frozenset()
    assert len(quick._words.quiet) == 4


def test_a_word_that_makes_something_possible_is_remembered_too() -> None:
    """It is judged once."""
    words = Words({3: Trigger("x", ("key",))}, STEMS)
    assert words.possible([b"api-key-0", b"order"]) == {3}
    words._judge = None  # type: ignore[assignment,method-assign]
    assert words.possible([b"api-key-0", b"order"]) == {3}
    assert words.quiet == {b"order"}


def test_so_many_words_are_remembered_and_no_long_ones() -> None:
    """Whoever sends ever new words fills no memory."""
    quick = Quick([Trigger("x", ("key",))], STEMS)
    for number in range(20_000):
        letters = "".join(chr(97 + number // 26**place % 26) for place in range(4))
        quick.possible(letters.encode())
        quick.possible(b"key" + letters.encode())
    quick.possible(b"a" * 500)
    assert 0 < len(quick._words.quiet) <= 8194
    assert 0 < len(quick._words._loud) <= 8194
    assert max(map(len, quick._words.quiet)) < 65


@pytest.mark.parametrize("text", [
    "the PASSWORD", "a 2FA b", "Hasło", "pan number", "2faſ", "paſſ", "x-pass", "(pass)", "pass",
])  # fmt: skip
def test_a_stem_makes_telling_triggers_possible(text: str) -> None:
    """In any case, at any place of a word."""
    assert Quick([Trigger("x", telling=True)], STEMS).possible(text.encode()) == {TELLING}


def test_a_number_reads_as_any_other() -> None:
    """What looks like a stem then may be none: whoever asks further sees the digits."""
    assert Quick([], STEMS).possible(b"a 7fa b") == {TELLING}
    assert Quick([], STEMS).possible(b"a fa b") == frozenset()


def test_a_vendors_token_needs_a_long_word() -> None:
    """Anywhere: its own may be broken."""
    trigger = Trigger("ghp_", ("ghp_",), long=True, start="ghp_")
    quick = Quick([trigger, trigger], STEMS)
    assert quick.possible(b"ghp_ab cd") == frozenset()
    assert quick.possible(b"ghp_ab 0123456789abcdef") == {TOKEN}
    assert quick.possible(b"xghp_ab 0123456789abcdef") == frozenset()


@pytest.mark.parametrize(("trigger", "there", "missing"), [
    (Trigger("x", (" is ",)), ("it is so", "it\tis\nso", '"is"'), ("this", "island")),
    (Trigger("x", ("at)",)), ("(at)", "at", "that x"), ("atom", "a t")),
    (Trigger("x", word="-[uU][ =]"), ("-u ann", "--user -U=ann", "-u"), ("-ux", "u")),
    (Trigger("x", start="ab[1-3]"), ("ab1", "x-ab2y", "(ab3", "ab9"), ("xab1", "0ab1", "ab")),
    (Trigger("x", odd="[\u0400-\u045f]"), ("привет", "xя"), ("x", "é")),
    (Trigger("x", characters="0-9 -", run=6), ("123-456", "1 2 3 4", "123456"), ("12345", "123x456", "12.34.56")),
    (Trigger("x", characters="^A-Za-z", run=4), ("1,2,", "äö", '": "'), ("1,2x3,4", "abcd")),
    (Trigger("x"), ("", "anything"), ()),
    (Trigger("x", ("key", "")), ("", "anything"), ()),
    (Trigger("x", ("(",)), ("", "anything"), ()),
])  # fmt: skip
def test_what_a_trigger_asks_for_makes_it_possible(
    trigger: Trigger, there: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    """Part of a word, a run of characters; nothing asked for is always there."""
    assert [text for text in there if not told(trigger, text)] == []
    assert [text for text in missing if told(trigger, text)] == []


def test_runs_of_the_same_characters_are_told_by_their_length() -> None:
    """The longest there is counts."""
    runs = Runs({4: Trigger("x", characters="0-9", run=3), 7: Trigger("y", characters="0-9", run=5)})
    assert [runs.possible(text) for text in (b"12 34", b"a123b", b"1 12345", b"")] == [[], [4], [4, 7], []]

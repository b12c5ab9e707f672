from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obskit.protect.views import View, fold, joined, views


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("pass\u200bword", "password"),
        ("pass\u00adword", "password"),
        ("pass\ufeffword", "password"),
        ("pass\u2060word", "password"),
        ("pa\u0301ssword", "password"),
        ("pass\x00word", "password"),
        ("\x1b[31mpassword\x1b[0m", "password"),
        ("\u202epassword\u202c", "password"),
        ("pass\U000e0061word", "password"),
        ("ｐａｓｓｗｏｒｄ", "password"),
        ("𝐩𝐚𝐬𝐬𝐰𝐨𝐫𝐝", "password"),
        ("𝚙𝚊𝚜𝚜𝚠𝚘𝚛𝚍", "password"),
        ("ⓟⓐⓢⓢ", "pass"),
        ("pаsswоrd", "password"),
        ("ραsswοrd", "pαssword"),
        ("４１１１", "4111"),
        ("٤١١١", "4111"),
        ("४१११", "4111"),
        ("⁴₁₁₁", "4111"),
        ("4111–1111", "4111-1111"),
        ("4111−1111", "4111-1111"),
        ("ann＠shop．example", "ann@shop.example"),
        ("a\u00a0b\u2009c", "a b c"),
        ("a\u2028b", "a\nb"),
        ("key∶value", "key:value"),
    ],
)
def test_odd_characters_are_seen_as_what_they_look_like(text: str, plain: str) -> None:
    """What shows nothing is left out, other letters and digits are those of ASCII."""
    assert views(text)[-1].text == plain
    assert fold(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("password%3Dhunter22", "password=hunter22"),
        ("%70%61%73%73", "pass"),
        ("ann%40shop.example", "ann@shop.example"),
        ("a%0Ab", "a\nb"),
        ('{\\"password\\": \\"x\\"}', '{"password": "x"}'),
        ("\\u0070\\u0061ss", "pass"),
        ("password\\u003dx", "password=x"),
        ("\\u{70}ass", "pass"),
        ("\\x70\\x61ss", "pass"),
        ("\\U00000070ass", "pass"),
        ("\\160ass", "pass"),
        ("a\\nb\\tc\\rd", "a\nb\tc\rd"),
        ("https:\\/\\/x", "https://x"),
        ("a\\\\b", "a\\b"),
        ("a&amp;b", "a&b"),
        ("&#112;&#97;ss", "pass"),
        ("&#x70;ass", "pass"),
        ("&quot;x&quot;", '"x"'),
        ("&lt;a&gt;", "<a>"),
        ("password=3Dx", "password=x"),
        ("ann=40shop", "ann@shop"),
        ("\\uff50ass", "pass"),
    ],
)
def test_each_escape_is_taken_off(text: str, plain: str) -> None:
    """Those of URLs, JSON, programs, HTML and mails."""
    assert plain in [view.text for view in views(text)]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("password%253Dx", "password=x"),
        ("%25252570ass", "pass"),
        ('{\\\\\\"a\\\\\\": 1}', '{"a": 1}'),
        ("\\\\u0070ass", "pass"),
        ("&amp;#112;ass", "pass"),
        ("&amp;amp;quot;", '"'),
        ("%26%2361%3B", "="),
        ("\\u0025\\u0037\\u0030ass", "pass"),
        ("p\u200bass%3Dx", "pass=x"),
    ],
)
def test_layer_upon_layer_is_taken_off(text: str, plain: str) -> None:
    """Escapes of escapes, of the same sort or of different ones."""
    assert views(text)[-1].text == plain


@pytest.mark.parametrize(
    "text", ["", "plain", "naïve café", "100% sure", "C:/x", "a & b", "x == 3", "日本語", "%zz", "&nope;", "\\q"]
)
def test_a_plain_text_has_one_view(text: str) -> None:
    """It comes out the same."""
    assert [view.text for view in views(text)] == [text]
    assert views(text)[0].original(0, len(text)) == (0, len(text))


@pytest.mark.parametrize("text", ["\\ud800x", "\\U0011ffff", "&#55296;", "&#x110000;", "&#0;", "%00%01", "\\u0001"])
def test_an_escape_that_stands_for_no_character_stays(text: str) -> None:
    """Halves of surrogates and controls are no part of a secret's form."""
    assert views(text)[-1].text == text


def test_there_are_so_many_views_at_most() -> None:
    """A text with more layers than anybody makes is not followed to its end."""
    assert len(views("%" + "25" * 50 + "41")) <= 8


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("a %70%61%73%73 b", "pass"),
        ("x \\u0070\\u0061\\u0073\\u0073", "pass"),
        ("x &#112;&#97;&#115;&#115;", "pass"),
        ("x p\u200ba\u200bs\u200bs y", "pass"),
        ('{\\"k\\": \\"value\\"}', "value"),
        ("a%253Db", "="),
        ("x \\x70\\x61\\x73\\x73 y", "pass"),
    ],
)
def test_a_place_in_a_view_is_one_in_the_original(text: str, inside: str) -> None:
    """The stretch found there decodes to what was found in the view."""
    view = views(text)[-1]
    at = view.text.index(inside)
    start, end = view.original(at, at + len(inside))
    assert views(text[start:end])[-1].text == inside


def _percent(text: str) -> str:
    return "".join(f"%{ord(sign):02X}" for sign in text)


def _unicode(text: str) -> str:
    return "".join(f"\\u{ord(sign):04x}" for sign in text)


def _hexadecimal(text: str) -> str:
    return "".join(f"\\x{ord(sign):02x}" for sign in text)


def _entities(text: str) -> str:
    return "".join(f"&#{ord(sign)};" for sign in text)


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


def _broken(text: str) -> str:
    return "\u200b".join(text)


WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=6)
CODES = st.sampled_from([str, _percent, _unicode, _hexadecimal, _entities, _wide, _broken])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(WORDS, CODES), min_size=1, max_size=6), st.data())
def test_a_stretch_of_any_view_is_the_one_that_it_was_made_of(
    parts: list[tuple[str, Callable[[str], str]]], data: st.DataObject
) -> None:
    """Of every stretch of the last view the stretch of the original decodes to it."""
    text = "-".join(code(word) for word, code in parts)
    plain = "-".join(word for word, _ in parts)
    view = views(text)[-1]
    assert view.text == plain
    start = data.draw(st.integers(0, len(plain) - 1))
    end = data.draw(st.integers(start + 1, len(plain)))
    first, last = view.original(start, end)
    assert 0 <= first < last <= len(text)
    assert views(text[first:last])[-1].text == plain[start:end]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab=%3D0\\u7x&#;\u200bｐ\x1b[m", max_size=30), st.data())
def test_no_place_lies_outside_of_the_original(text: str, data: st.DataObject) -> None:
    """Whatever is half an escape, a place is one of the text and places keep their order."""
    for view in views(text):
        if view.text:
            start = data.draw(st.integers(0, len(view.text) - 1))
            end = data.draw(st.integers(start + 1, len(view.text)))
            first, last = view.original(start, end)
            assert 0 <= first < last <= len(text)
            assert view.original(0, end)[0] <= first and last <= view.original(start, len(view.text))[1]


@given(st.text(alphabet="abc 012.,:-_/é日\n", max_size=40))
def test_text_without_disguise_comes_out_the_same(text: str) -> None:
    """Folding changes nothing that is plain."""
    assert fold(text) == text
    assert len(views(text)) == 1


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("first\nsecond", "firstsecond"),
        ("first\r\n    second", "firstsecond"),
        ("'first'\n'second'", "'firstsecond'"),
        ("'first' + \n    'second'", "'firstsecond'"),
        ("first\\\nsecond", "firstsecond"),
        ("first:\nsecond", "first:\nsecond"),
        ("first second", "first second"),
    ],
)
def test_a_word_that_goes_on_in_the_next_line_is_joined(text: str, plain: str) -> None:
    """Bare, or as a program's text that is put together."""
    view = joined(text)
    assert view.text == plain
    at = view.text.index("second")
    assert text[slice(*view.original(at, at + 6))] == "second"


def test_a_view_without_edits_is_the_text() -> None:
    """Its places are those of the text."""
    assert View("abc").original(1, 2) == (1, 2)


@pytest.mark.parametrize(
    "unit", ["%41", "\\u0041", "\\\\", "&#65;", "&amp;", "=3D", "\u200b", "Ａ", "\\x41", "%2", "&#", "\\u", "\x1b["]
)
def test_time_is_linear_in_the_length(unit: str) -> None:
    """A text that is made of escapes takes no more for its length than a shorter one."""

    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        began = time.process_time()
        view = views(text)[-1]
        view.original(0, len(view.text))
        return time.process_time() - began

    whole = min(seconds(200_000) for _ in range(2))
    assert whole < 0.1 or whole < 8 * max(seconds(50_000), 0.001)

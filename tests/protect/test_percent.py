from __future__ import annotations

import time
from typing import Any

import pytest

from obskit.protect.percent import last_words
from obskit.protect.plain import formatted


class Raising:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Message:
    def __str__(self) -> str:
        return "lazy %s"


def hide(word: str, value: Any) -> str | None:
    return "***" if word.lower().split(" ")[-1] in ("password", "token", "secret", "user_password") else None


@pytest.mark.parametrize(
    ("text", "args", "plain"),
    [
        ("a %s", ("b",), "a b"),
        ("%5.2f|%-4d|%x|%%", (1.5, 3, 255), " 1.50|3   |ff|%"),
        ("%*d", (5, 3), "    3"),
        ("%(a)s %(b)r", {"a": 1, "b": "x"}, "1 'x'"),
        ("%s", ({"a": 1},), "{'a': 1}"),
        ("one", 5, "one (5)"),
        ("one", (), "one"),
        ("100%", (), "100%"),
        ("%s %s", ("a",), "%s %s ('a')"),
        ("%d", ("a",), "%d ('a')"),
        ("%(a)s", ({},), "%(a)s ({})"),
        ("%s", (Raising(),), "%s ((Raising))"),
        (Message(), ("text",), "lazy text"),
        (b"bytes %s", (1,), "bytes 1"),
        (5, (3,), "5 (3)"),
        (Raising(), (3,), "(Raising) (3)"),
    ],
)
def test_arguments_are_put_into_their_template(text: Any, args: Any, plain: str) -> None:
    """As `%` does it; what does not fit stands behind the text."""
    assert formatted(text, args) == plain
    assert formatted(text, args, hide) == plain


@pytest.mark.parametrize(
    ("text", "args", "plain"),
    [
        ("password %s", ("x",), "password ***"),
        ("password=%s user=%s", ("x", "ann"), "password=*** user=ann"),
        ("user=%s, user_password=%r", ("ann", "x"), "user=ann, user_password=***"),
        ("Token: %-20s|", ("x",), "Token: ***|"),
        ("token: %*d end %%", (5, 3), "token: *** end %"),
        ("the secret is %s now", ("x",), "the secret is *** now"),
        ("Password:\n%s", ("x",), "Password:\n***"),
        ("password for %s is %s", ("ann", "x"), "password for ann is ***"),
        ("password %s to %s", ("x", "ann"), "password *** to ann"),
        ("100%% of password %s", ("x",), "100% of password ***"),
        ("%(password)s for %(user)s", {"password": "x", "user": "ann"}, "*** for ann"),
        ("secret %(value)s", {"value": "x"}, "secret ***"),
        ("https://h/?page=%s&token=%s", (1, "x"), "https://h/?page=1&token=***"),
        ("password, then %s", ("x",), "password, then x"),
        ("password %s", (Raising(),), "password ***"),
        ("password", ("x",), "password (***)"),
        ("100% of password %s", ("x",), "100% of password %s (***)"),
        ("password %d", ("x", "y"), "password %d (***, ***)"),
        ("password %s", "x", "password ***"),
    ],
)
def test_what_a_telling_word_leads_to_can_be_hidden(text: str, args: Any, plain: str) -> None:
    """Its neighbours stay; where a template does not fit, no value behind a telling word is shown."""
    assert formatted(text, args, hide) == plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("password=", "password"),
        ("the new api key: ", "new api key"),
        ("user: x; card-number => '", "card-number"),
        ("ends. token ", "token"),
        ("a " * 200 + "b c d ", "b c d"),
        ("is ", "is"),
    ],
)
def test_the_last_words_are_those_that_belong_together(text: str, words: str) -> None:
    """Three at most, without what only leads over."""
    assert last_words(text) == words


def test_hiding_that_fails_shows_nothing() -> None:
    """Neither the value nor what was raised."""

    def broken(word: str, value: Any) -> str | None:
        raise RuntimeError(value)

    assert formatted("password %s", ("x",), broken) == "password %s (tuple)"


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["%", "%(", "%s", "a", " ", "password ", "%%", "%(a)", "- ", "%-", "%1"])
def test_a_long_template_takes_linear_time(unit: str) -> None:
    """Half a megabyte of near-misses."""
    text = (unit * 600_000)[:500_000]
    begin = time.perf_counter()
    formatted(text, (1,), hide)
    assert time.perf_counter() - begin < 5

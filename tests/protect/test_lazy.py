from __future__ import annotations

import re
import time

import pytest

from obskit.protect.lazy import Anchored, Lazy
from tests.protect.subjects import anchored


def test_it_is_compiled_when_it_is_first_used() -> None:
    """Making one costs nothing; a mistake in it shows at its first use."""
    expression = Lazy("(")
    with pytest.raises(re.error):
        expression.search("x")


@pytest.mark.parametrize("method", ["search", "match", "fullmatch"])
def test_it_finds_what_a_compiled_one_finds(method: str) -> None:
    """Each method is that of `re`."""
    for text in ("ab1", "xab1", "AB1", ""):
        assert bool(getattr(Lazy("ab(1)", re.IGNORECASE), method)(text)) == bool(
            getattr(re.compile("ab(1)", re.IGNORECASE), method)(text)
        )


def test_flags_are_heeded() -> None:
    """They are those of `re`."""
    assert Lazy("a.b", re.DOTALL).search("a\nb")
    assert not Lazy("a.b").search("a\nb")


def test_re2_is_used_at_every_use() -> None:
    """The first use does not leave the slower method behind."""
    expression = Anchored("(?:key|pin)", r"\b(?:key|pin)=(\d)")
    for _ in range(3):
        assert [found[1] for found in expression.finditer("pin=1 xkey=2 KEY=3")] == ["1", "3"]
    assert expression._fast


def test_a_word_that_begins_inside_of_another_is_found() -> None:
    """Where the first place fails, a place within the same words may hold."""
    expression = Anchored("(?:proxy-)?auth", r"(?<!\w)(?:proxy-)?auth=(\d)")
    assert [found[1] for found in expression.finditer("xproxy-auth=1 proxy-auth=2")] == ["1", "2"]


def test_text_beyond_ascii_is_searched_too() -> None:
    """Its places in bytes are not those of its characters."""
    expression = Anchored("pin", r"\bpin=(\d)")
    assert [found.start(1) for found in expression.finditer("é pin=1")] == [6]


@pytest.mark.parametrize("text", [
    "a" * 40_000 + "password x, token=1", "a." * 20_000 + "password x, token=1", "password" * 5_000 + " x",
    "pass " * 8_000, "code" * 10_000 + ": ", "aaaa code " * 4_000, "name = " + " " * 40_000, "x@" * 20_000,
], ids=lambda text: text[:8])  # fmt: skip
@pytest.mark.parametrize("name", sorted(anchored()))
def test_time_is_linear_in_the_length(name: str, text: str) -> None:
    """Twice the text takes about twice the time, also of a long word that fails at its end."""
    expression = anchored()[name]

    def seconds(part: str) -> float:
        began = time.process_time()
        for _ in expression.finditer(part):
            pass
        return time.process_time() - began

    seconds(text[:100])
    whole = min(seconds(text) for _ in range(2))
    assert whole < 0.1 or whole < 8 * seconds(text[: len(text) // 4])

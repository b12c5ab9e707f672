from __future__ import annotations

import pytest

from obskit.protect.marker import Marks
from obskit.protect.repeated import Repeated
from tests.protect.subjects import make


def test_what_stood_under_a_telling_name_goes_wherever_it_stands_again() -> None:
    """In texts, lists and names of the same record, before it and after it."""
    shown = make().protect(
        {
            "said": "trying granite-7harbor now",
            "password": "granite-7harbor",
            "list": ["granite-7harbor"],
            "granite-7harbor": 1,
        }
    )
    assert shown == {
        "said": "trying [REDACTED:password] now",
        "password": "[REDACTED:password]",
        "list": ["[REDACTED:password]"],
        "[REDACTED:password]": 1,
    }


@pytest.mark.parametrize("spelling", ["p/w d+1234", "p%2Fw%20d%2B1234", "cC93IGQrMTIzNA=="])
def test_it_goes_in_the_encodings_of_urls_too(spelling: str) -> None:
    """Percent signs and base64."""
    shown = make().protect({"secret": "p/w d+1234", "note": f"sent {spelling} on"})
    assert shown["note"] == "sent [REDACTED:secret] on"


def test_what_was_found_in_a_text_goes_elsewhere_too() -> None:
    """One text gives it away, another repeats it."""
    shown = make().protect({"a": "password=granite7harbor", "b": "granite7harbor again"})
    assert shown == {"a": "password=[REDACTED:password]", "b": "[REDACTED:password] again"}


@pytest.mark.parametrize(
    "word", ["shop", "true", "admin", "1234", "12345", "user", "none", "expired", "granite-harbor"]
)
def test_what_may_be_another_word_is_not_looked_for(word: str) -> None:
    """Words and short numbers stand elsewhere by chance."""
    assert make().protect({"password": word, "note": f"the {word} is up"})["note"] == f"the {word} is up"


def test_a_short_one_is_no_part_of_another_word() -> None:
    """A long one is found inside of another word."""
    assert make().protect({"password": "h4nter", "note": "xh4nterx h4nter"})["note"] == "xh4nterx [REDACTED:password]"
    assert (
        make().protect({"password": "h4nter22-harbor", "note": "xh4nter22-harborx"})["note"] == "x[REDACTED:password]x"
    )


def test_the_letters_of_a_marker_are_no_secret() -> None:
    """Who calls a password `REDACTED` breaks no marker."""
    repeated = Repeated()
    repeated.add("REDACTED:em", "password")
    assert repeated.removed({"a": "[REDACTED:email] REDACTED:em"}, Marks(), lambda text: True) == {
        "a": "[REDACTED:email] [REDACTED:password]"
    }


def test_with_a_key_the_mark_is_that_of_the_secret() -> None:
    """The two places can be told to be one."""
    shown = make(pseudonym_key="k").protect({"password": "granite-7harbor", "note": "granite-7harbor"})
    assert shown["note"] == shown["password"] != "granite-7harbor"


def test_so_many_are_remembered_at_most() -> None:
    """A record that is made of secrets takes no time without end."""
    repeated = Repeated()
    for number in range(10_000):
        repeated.add(f"granite-{number:05}-harbor", "password")
    assert len(repeated._kinds) <= 3 * 64


def test_without_any_there_is_nothing_to_do() -> None:
    """It says so."""
    assert not Repeated()


def test_marks_of_an_earlier_record_are_forgotten() -> None:
    """What is a secret in one record is a word in the next."""
    redactor = make()
    redactor.protect({"password": "granite-7harbor"})
    assert redactor.protect({"note": "granite-7harbor"}) == {"note": "granite-7harbor"}

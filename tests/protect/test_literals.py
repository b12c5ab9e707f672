from __future__ import annotations

from typing import Any

import pytest

from obskit.protect import literals
from obskit.protect.keys import Judgement
from obskit.protect.remarks import REMARKS


@pytest.mark.parametrize(
    "value",
    ["", "****", "xxxx", "•••", "...", "-", "?", "${TOKEN}", "$TOKEN", "$1", "{{ token }}", "<%= token %>", "%s",
     "%(token)s", "%TOKEN%", "{token}", "{}", "<token>", "<your token here>", ":token", "@token", "null", "None", "N/A",
     "true", "[Filtered]", "redacted", "your-api-key", "env:TOKEN",
     "vault:secret/x", "arn:aws:secretsmanager:x", "!Ref Token", "token_here", "#####", "(none)", "********1234"],
)  # fmt: skip
def test_what_stands_for_a_value_is_a_placeholder(value: str) -> None:
    """Masks, variables, templates, names of places where the value lies, words for nothing."""
    assert literals.is_placeholder(value)


@pytest.mark.parametrize(
    "value", ["hunter22", "x1", "<b>x</b>1", "{a}b", "nullable7", "a*b*c", "trueno1", "environment7"]
)
def test_a_value_that_looks_a_bit_like_one_is_none(value: str) -> None:
    """The whole has to be a placeholder."""
    assert not literals.is_placeholder(value)


@pytest.mark.parametrize(
    "value",
    ["expired", "Invalid.", "required,", "must have at least 8 characters", "is too short", "do not match",
     "has been reset", "cannot be blank", "not found"],
)  # fmt: skip
def test_what_is_said_of_a_secret_is_a_remark(value: str) -> None:
    """A word of those, or a sentence."""
    assert literals.is_remark(value)


@pytest.mark.parametrize("value", ["hunter22", "hunter", "correct horse battery", "invalid1", "expired-7", ""])
def test_a_secret_is_no_remark(value: str) -> None:
    """Nor are words that happen to be long."""
    assert not literals.is_remark(value)


def test_remarks_are_plain_words() -> None:
    """In lower case, without a digit but for names of types."""
    assert [word for word in REMARKS if word != word.lower() or " " in word] == []


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("self._token", "token"),
        ("request.form['password']", "password"),
        ("os.environ[", "token"),
        ("get_token()", "token"),
        ("getpass(", "password"),
        ("settings.SECRET_KEY", "secret_key"),
        ("user.profile.password", "password"),
        ("password", "password"),
        ("new_password", "password"),
        ("TokenProvider", "token"),
        ("await fetch", "token"),
        ("str", "token"),
    ],
)
def test_an_expression_that_yields_the_value_is_code(value: str, name: str) -> None:
    """Chains, calls, subscripts, a name like the field's own, types."""
    assert literals.is_code(value, name)


@pytest.mark.parametrize("value", ["hunter22", "Tr0ub4dor&3", "correct", "9f8e7d6c", "a.b.c.1", "p@ss(word1"])
def test_a_secret_is_no_code(value: str) -> None:
    """Whatever signs are in it."""
    assert not literals.is_code(value, "token")


@pytest.mark.parametrize("value", ["aB3dE5fG7hJ9kL1m", "Zm9vYmFyMTIzNDU2Nzg5MA=="])
def test_a_generated_text_looks_random(value: str) -> None:
    """Long, with digits and both cases."""
    assert literals.looks_random(value)


@pytest.mark.parametrize("value", ["short1A", "alllowercase123456", "550e8400-e29b-41d4-a716-446655440000",
                                   "has blanks A1 b2 c3",
                                   "4bf92f3577b34da6a3ce929d0e0e4736", "NoDigitsInThisOneAtAll"])  # fmt: skip
def test_names_and_identifiers_do_not_look_random(value: str) -> None:
    """Nor do digests, which stand in every log."""
    assert not literals.looks_random(value)


@pytest.mark.parametrize("value", ["hunter22", "p@ssword", "Tr0ub4dor&3", "correct!"])
def test_a_word_with_digits_or_signs_looks_chosen(value: str) -> None:
    """As passwords are."""
    assert literals.looks_chosen(value)


@pytest.mark.parametrize("value", ["correct", "Correct", "two-words", "and/or", "snake_case", "don't", "50%"])
def test_a_word_of_a_sentence_does_not_look_chosen(value: str) -> None:
    """Letters, dashes, an apostrophe, a share."""
    assert not literals.looks_chosen(value)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("hunter", "password", True),
        ("expired", "password", False),
        ("****", "password", False),
        ("sent", "email", False),
        ("ann@shop.example", "email", True),
        ("verified", "phone", False),
        (482913, "pin", True),
        (512, "token", False),
        (512_512, "token", True),
        (-512_512, "token", True),
        (4711, "password", True),
        (1.5, "secret", False),
    ],
)
def test_a_value_under_a_telling_key_goes_unless_it_says_that_it_is_none(value: Any, kind: str, expected: bool) -> None:
    """Remarks, placeholders, states and counts stay."""
    assert literals.is_secret(value, Judgement(kind)) is expected


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("hunter22", "password", True),
        ("12", "password", False),
        ("10.5.3", "password", False),
        ("passed", "password", False),
        ("aB3dE5fG7hJ9kL1m", "cookie", True),
        ("checkout", "cookie", False),
        ("030 1234567", "phone", True),
        ("home", "phone", False),
        ("/login/2fa/step1", "authorization", False),
        ("9f8e7d6c5b4a", "authorization", True),
        ("postgres://db/x", "connection", False),
        ("db.internal", "connection", True),
    ],
)
def test_under_a_doubtful_key_the_value_decides(value: str, kind: str, expected: bool) -> None:
    """It has to look like a secret; a number never does."""
    assert literals.is_secret(value, Judgement(kind, doubtful=True)) is expected
    assert not literals.is_secret(12345678, Judgement(kind, doubtful=True))

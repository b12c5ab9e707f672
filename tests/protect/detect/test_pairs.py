from __future__ import annotations

import pytest

from obskit.protect.detect.pairs import ASCII_STEM, KINDS, STEMS
from obskit.protect.redactor import Redactor
from obskit.protect.vocabulary import DOUBTFUL, DOUBTFUL_ENDS, ENDINGS, PAIRS, WORDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password: hunter2, user=bob", "password: [REDACTED:password], user=bob"),
        ('{"api_key": "k-123"}', '{"api_key": "[REDACTED:key]"}'),
        ("{'client_secret': 's-1', 'n': 2}", "{'client_secret': '[REDACTED:secret]', 'n': 2}"),
        ("GET /?token=abc123&page=2", "GET /?token=[REDACTED:token]&page=2"),
        ("grant=x&client_secret=a%2Fb1&scope=y", "grant=x&client_secret=[REDACTED:secret]&scope=y"),
        ("DB_PASSWORD=hunter22 PORT=5432", "DB_PASSWORD=[REDACTED:password] PORT=5432"),
        ("export API_KEY='k-12345'", "export API_KEY='[REDACTED:key]'"),
        ("Server=db;Uid=sa;Pwd=P@ss;word1;Encrypt=True", "Server=db;Uid=sa;Pwd=[REDACTED:password];Encrypt=True"),
        ("password => 'hunter22'", "password => '[REDACTED:password]'"),
        ("password := hunter22", "password := [REDACTED:password]"),
        ("Login(user='ann', password='hunter22')", "Login(user='ann', password='[REDACTED:password]')"),
        ("password: str = 'hunter22'", "password: str = '[REDACTED:password]'"),
        ("X-Api-Key: 9f8e7d6c", "X-Api-Key: [REDACTED:key]"),
        ("form[password]=hunter22&x=1", "form[password]=[REDACTED:password]&x=1"),
        ("Key (token)=(9f8e7d6c) already exists.", "Key (token)=([REDACTED:token]) already exists."),
        ('tokens: ["9f8e7d6c", "1a2b3c4d"]', 'tokens: ["[REDACTED:token]", "[REDACTED:token]"]'),
        ("account number: 12345678", "account number: [REDACTED:account]"),
        ("pass word: hunter22", "pass word: [REDACTED:password]"),
        ("api key: 9f8e7d6c", "api key: [REDACTED:key]"),
        ("birth date: 1970-01-02", "birth date: [REDACTED:birth]"),
        ("cvv=123", "cvv=[REDACTED:card]"),
        ("pin: 4711", "pin: [REDACTED:pin]"),
        ("p@ssw0rd=hunter22", "p@ssw0rd=[REDACTED:password]"),
        ("PassWord=hunter22", "PassWord=[REDACTED:password]"),
        ("contraseña=hunter22", "contraseña=[REDACTED:password]"),
        ("пароль: hunter22", "пароль: [REDACTED:password]"),
        ("seed phrase: correct horse battery staple zebra", "seed phrase: [REDACTED:password]"),
        ("os.environ.get('DB_PASSWORD', 'hunter22')", "os.environ.get('DB_PASSWORD', '[REDACTED:password]')"),
        ("password = config.get(name) or 'hunter22'", "password = config.get(name) or '[REDACTED:password]'"),
        ("the password is hunter22", "the password is [REDACTED:password]"),
        ("password for bob: hunter22", "password for bob: [REDACTED:password]"),
        ("Passwort lautet hunter22", "Passwort lautet [REDACTED:password]"),
        ("?code=4/0AX4XfWh&state=xyz", "?code=[REDACTED:token]&state=xyz"),
        ("?X-Goog-Signature=9f8e7d6c5b4a&x=1", "?X-Goog-Signature=[REDACTED:token]&x=1"),
    ],
)
def test_the_value_behind_a_telling_name_goes(redactor: Redactor, text: str, expected: str) -> None:
    """In any notation; the name, other pairs and the rest of the text stay."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "/etc/passwd: not a directory",
        "password: expired",
        "password: must have at least 8 characters",
        "password=********",
        "password=${DB_PASSWORD}",
        "password=None",
        "password: [REDACTED:password]",
        "token_count=512",
        "tokens: 512",
        "author: Terry Pratchett",
        "keyboard: qwertz22",
        "cache_key=user:42:profile",
        "primary_key = orders_pkey",
        "password_reset_requested=true",
        "PWD=/home/ann",
        "password = request.form['password']",
        "self.token = self._fetch_token(user)",
        "if password == expected:",
        "secret: the plan of the day",
        "token: str",
        "cookie_policy=strict",
        "passenger: 12a",
        "key=value7",
        "sort_key: price22",
        "compass: north-22",
        "https://shop.example/?page=2&sort=price",
        "code: 404",
        "zip_code=12345",
        "has_password=true1",
    ],
)
def test_pairs_that_hold_no_secret_stay(redactor: Redactor, text: str) -> None:
    """Harmless names, remarks, placeholders, code."""
    assert redactor.text(text) == text


def test_every_word_that_texts_are_judged_by_has_a_stem() -> None:
    """A text without a stem is not looked at for pairs: a word without one would be overlooked."""
    words = {
        **WORDS, **ENDINGS, **DOUBTFUL_ENDS, **DOUBTFUL,
        **{f"{first}{sign}{second}": kind for (first, second), kind in PAIRS.items() for sign in ("", "_", "-", " ")},
    }  # fmt: skip
    # It stands in `path` and `patch`; under a key it is judged all the same.
    del words["pat"]
    assert [word for word, kind in words.items() if kind in KINDS and not any(stem in word for stem in STEMS)] == []


def test_stems_are_in_lower_case() -> None:
    """The fall-back without RE2 looks for them in the lowered text."""
    assert [stem for stem in STEMS if stem != stem.lower()] == []
    assert "pass" in ASCII_STEM

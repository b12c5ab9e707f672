from __future__ import annotations

import time
import uuid
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import obskit
from obskit.protect.keys import Keys
from obskit.protect.marker import Marks
from obskit.protect.redactor import Redactor
from obskit.protect.values import Values, luhn


@pytest.fixture
def redactor() -> Redactor:
    return Redactor(Keys(), Values(), lambda: None)


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "userPassword",
        "X-Api-Key",
        "client_secret",
        "refresh_token",
        "Set-Cookie",
        "card_number",
        "cvv",
        "ssn",
        "authorization",
        "http.request.header.authorization",
        "DB_PASSWORD",
        "accessKey",
        "privateKey",
        "password_hash",
        "token_value",
        "apiKey",
    ],
)
def test_a_telling_key_hides_its_value(redactor: Redactor, key: str) -> None:
    """In any spelling, the value under the key goes."""
    assert redactor.protect({key: "v4lue"})[key].startswith("[REDACTED:")


@pytest.mark.parametrize(
    "key",
    [
        "author",
        "keyboard",
        "token_count",
        "cache_key",
        "primary_key",
        "passenger",
        "password_reset_requested",
        "tokenizer",
        "secretary",
        "cookie_policy",
        "compass",
        "discard",
        "key",
        "card_type",
        "session",
    ],
)
def test_a_harmless_key_keeps_its_value(redactor: Redactor, key: str) -> None:
    """Words that merely look alike stay readable."""
    assert redactor.protect({key: "value"}) == {key: "value"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail ann.lee+x@shop.example now", "mail [REDACTED:email] now"),
        ("paid with 4111 1111 1111 1111.", "paid with [REDACTED:card]."),
        ("paid with 4111-1111-1111-1112", "paid with 4111-1111-1111-1112"),
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer [REDACTED:token]"),
        ("basic dXNlcjpwYXNz", "basic [REDACTED:token]"),
        ("db postgres://joe:s3cret@db/x", "db postgres://[REDACTED:userinfo]@db/x"),
        ("GET /?token=abc123&page=2", "GET /?token=[REDACTED:secret]&page=2"),
        ("Authorization: ApiKey abc123def", "Authorization: [REDACTED:secret]"),
        ('Authorization: Digest username="u"', 'Authorization: [REDACTED:secret]"u"'),
        ("Cookie: a=b; c=d\nHost: x", "Cookie: [REDACTED:secret]\nHost: x"),
        ("/etc/passwd: not a directory", "/etc/passwd: not a directory"),
        ("password: hunter2, user=bob", "password: [REDACTED:secret], user=bob"),
        ('{"api_key": "k-123"}', '{"api_key": "[REDACTED:secret]"}'),
    ],
)
def test_only_the_secret_goes_its_neighbours_stay(redactor: Redactor, text: str, expected: str) -> None:
    """A value is found wherever it stands in a text."""
    assert redactor.text(text) == expected


def test_a_card_number_as_an_integer_goes(redactor: Redactor) -> None:
    """Numbers are looked at too."""
    assert redactor.protect({"n": 4111111111111111, "m": 1234567890123456}) == {
        "n": "[REDACTED:card]",
        "m": 1234567890123456,
    }


def test_the_digits_of_a_uuid_are_no_card_number(redactor: Redactor) -> None:
    """Twenty thousand random ids come out as they are."""
    numbers = Random(7)
    ids = [str(uuid.UUID(int=numbers.getrandbits(128), version=4)) for _ in range(20_000)]
    assert redactor.text(" ".join(ids)).split() == ids


def test_marks_are_obeyed(redactor: Redactor) -> None:
    """`secret` is never readable, `safe` never touched."""
    given_dict = {"a": obskit.secret("x"), "password": obskit.safe("shown"), "b": obskit.safe(["a@b.example"])}
    assert redactor.protect(given_dict) == {"a": "[REDACTED:secret]", "password": "shown", "b": ["a@b.example"]}


def test_a_failing_redactor_fails_closed() -> None:
    """The value is replaced and the failure counted; the rest stands."""
    failures: list[int] = []

    class Broken(Values):
        def clean(self, text: str) -> str:
            if "broken" in text:
                raise RuntimeError("broken")
            return text

    redactor = Redactor(Keys(), Broken(), lambda: failures.append(1))
    assert redactor.protect({"x": "broken", "y": "fine"}) == {"x": "[REDACTED:error]", "y": "fine"}
    assert failures == [1]


def test_the_cache_of_keys_is_bounded() -> None:
    """Keys from outside can't fill the memory."""
    keys = Keys()
    for n in range(10_000):
        keys.kind(f"field{n}")
    assert len(keys._known) <= 4096


@pytest.mark.parametrize("unit", ["a", "1", "-", "@", "{", "password=", "4111 ", "eyJ", "a@", "Bearer ", "://", ":"])
def test_time_is_linear_in_the_length(redactor: Redactor, unit: str) -> None:
    """Half a megabyte of near-misses takes no more than a small multiple of twice its half."""

    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        best = 9.0
        for _ in range(3):
            began = time.perf_counter()
            redactor.text(text)
            best = min(best, time.perf_counter() - began)
        return best

    assert seconds(400_000) < 8 * max(seconds(100_000), 0.001)


@given(st.integers(min_value=10**13, max_value=10**14 - 1))
def test_luhn_accepts_exactly_one_check_digit(body: int) -> None:
    """Of the ten numbers that share a body one is right."""
    assert sum(luhn(f"{body}{digit}") for digit in range(10)) == 1


SECRETS = st.sampled_from(["ann@shop.example", "4111111111111111", "Bearer abcdef0123456789"])
PLAIN = st.text(alphabet="abc ,.;\n", max_size=12)


@given(st.data(), SECRETS)
def test_a_secret_at_a_random_place_never_comes_out(data: Any, secret: str) -> None:
    """Put anywhere into any structure, it is gone."""
    text = f"{data.draw(PLAIN)} {secret} {data.draw(PLAIN)}"
    value = data.draw(
        st.recursive(st.just(text), lambda i: st.lists(i, min_size=1) | st.dictionaries(PLAIN, i, min_size=1))
    )
    shown = str(Redactor(Keys(), Values(), lambda: None).protect(value))
    assert secret.removeprefix("Bearer ") not in shown


@given(st.recursive(PLAIN | st.integers(0, 999), lambda i: st.lists(i) | st.dictionaries(PLAIN, i), max_leaves=10))
def test_a_structure_without_secrets_comes_out_equal(value: Any) -> None:
    """Nothing else is touched."""
    assert Redactor(Keys(), Values(), lambda: None).protect(value) == value


@pytest.mark.parametrize(
    ("given_text", "how", "shown"),
    [
        ("8.8.4.4", "truncate", "8.8.4.0"),
        ("2001:4860:4860::8888", "truncate", "2001:4860:4860::"),
        ("10.1.2.3", "truncate", "10.1.2.3"),
        ("8.8.4.4", "keep", "8.8.4.4"),
        ("8.8.4.4", "remove", "[REDACTED:ip]"),
        ("no address", "truncate", "no address"),
    ],
)
def test_a_users_address_is_treated_as_the_policy_says(given_text: str, how: Any, shown: str) -> None:
    """Globally routable addresses are shortened, kept or removed; others stay."""
    redactor = Redactor(Keys(), Values(), lambda: None, ip=how)
    assert redactor.protect({"user": {"ip": given_text}}) == {"user": {"ip": shown}}


def test_a_pseudonym_key_makes_equal_secrets_recognisable() -> None:
    """Equal values get equal marks, other values and other keys other ones, under keys and in text."""
    first, second = (Redactor(Keys(), Values(mark=Marks(k)), lambda: None, Marks(k)) for k in (b"k1", b"k2"))
    one, same, other = (first.text(f"mail {who}@b.example") for who in ("ann", "ann", "bob"))
    assert one == same != other
    assert one.startswith("mail [email:")
    assert second.text("mail ann@b.example") != one
    assert first.protect({"password": "x1"})["password"].startswith("[password:")


def test_only_the_detectors_named_are_used() -> None:
    """`detectors` leaves the other kinds alone."""
    redactor = Redactor(Keys(), Values(detectors=["card"]), lambda: None)
    assert redactor.text("ann@b.example 4111111111111111") == "ann@b.example [REDACTED:card]"


def test_globs_over_dotted_paths_count_at_their_place_only() -> None:
    """`allow` and `deny` take keys and paths."""
    redactor = Redactor(
        Keys(allow=["billing.token", "csrf_*"], deny=["user.nick", "internal*"]), Values(), lambda: None
    )
    shown = redactor.protect({
        "billing": {"token": "t1"}, "token": "t2", "user": {"nick": "n"}, "nick": "m", "internal_note": "x",
        "csrf_token": "c",
    })  # fmt: skip
    assert shown == {
        "billing": {"token": "t1"}, "token": "[REDACTED:token]", "user": {"nick": "[REDACTED:denied]"}, "nick": "m",
        "internal_note": "[REDACTED:denied]", "csrf_token": "c",
    }  # fmt: skip


def test_the_scheme_of_a_credential_may_be_in_any_case(redactor: Redactor) -> None:
    """Mixed case hides nothing."""
    assert redactor.text("BeArEr abcdefghijkl") == "BeArEr [REDACTED:token]"


def test_a_secret_in_a_key_that_looks_like_a_name_goes(redactor: Redactor) -> None:
    """Keys are scanned whatever their form."""
    assert redactor.protect({"card_4111111111111111": 1}) == {"card_[REDACTED:card]": 1}

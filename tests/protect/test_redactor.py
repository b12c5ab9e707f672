from __future__ import annotations

import time
import uuid
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import obskit
from obskit.protect.redactor import GIVEN, Redactor
from tests.protect.subjects import forget_re2, make


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    """Return that of the default policy."""
    return make()


@pytest.mark.parametrize(
    "key",
    ["password", "userPassword", "X-Api-Key", "client_secret", "refresh_token", "Set-Cookie", "card_number", "cvv",
     "ssn", "authorization", "http.request.header.authorization", "DB_PASSWORD", "accessKey", "privateKey",
     "password_hash", "token_value", "apiKey"],
)  # fmt: skip
def test_a_telling_key_hides_its_value(redactor: Redactor, key: str) -> None:
    """In any spelling, the value under the key goes."""
    assert redactor.protect({key: "v4lue"})[key].startswith("[REDACTED:")


@pytest.mark.parametrize(
    "key",
    ["author", "keyboard", "token_count", "cache_key", "primary_key", "passenger", "password_reset_requested",
     "tokenizer", "secretary", "cookie_policy", "compass", "discard", "key", "card_type", "session"],
)  # fmt: skip
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
        ("GET /?token=abc123&page=2", "GET /?token=[REDACTED:token]&page=2"),
        ("Authorization: ApiKey abc123def", "Authorization: ApiKey [REDACTED:token]"),
        ('Authorization: Digest username="u"', "Authorization: Digest [REDACTED:authorization]"),
        ("Cookie: a=b; c=d\nHost: x", "Cookie: a=[REDACTED:cookie]; c=[REDACTED:cookie]\nHost: x"),
        ("/etc/passwd: not a directory", "/etc/passwd: not a directory"),
        ("password: hunter2, user=bob", "password: [REDACTED:password], user=bob"),
        ('{"api_key": "k-123"}', '{"api_key": "[REDACTED:key]"}'),
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


def test_a_failing_redactor_fails_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value is replaced and the failure counted; the rest stands."""
    failures: list[int] = []
    redactor = make(failed=lambda: failures.append(1))
    finder = redactor.finder
    assert finder is not None

    def broken(self: Any, text: str) -> list[Any]:
        if "broken" in text:
            raise RuntimeError("broken")
        return []

    monkeypatch.setattr(type(finder), "find", broken)
    assert redactor.protect({"x": "it is broken", "y": "it is fine"}) == {"x": "[REDACTED:error]", "y": "it is fine"}
    assert failures == [1]


def test_the_tables_of_names_are_bounded(redactor: Redactor) -> None:
    """Keys from outside can't fill the memory."""
    for number in range(10_000):
        redactor.name(f"field{number}")
    redactor.name("x" * 100_000)
    assert len(redactor._names) <= 4096
    assert len(redactor._harmless) <= 4096
    assert max(map(len, redactor._names)) <= 256


@pytest.mark.parametrize("without", [False, True], ids=["re2", "re"])
@pytest.mark.parametrize(
    "unit",
    ["a", "1", "-", "@", "{", "password=", "4111 ", "eyJ", "a@", "Bearer ", "://", ":", "%41", "\\", "é", "token is "],
)
def test_time_is_linear_in_the_length(unit: str, without: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of near-misses takes no more than a small multiple of a fourth of it."""
    if without:
        forget_re2(monkeypatch)
    redactor = make()

    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        began = time.process_time()
        redactor.text(text)
        return time.process_time() - began

    size = 60_000 if without else 200_000
    seconds(1000)
    whole = min(seconds(size) for _ in range(2))
    assert whole < 0.1 or whole < 8 * max(seconds(size // 4), 0.001)


SECRETS = st.sampled_from(["ann@shop.example", "4111111111111111", "Bearer abcdef0123456789"])
PLAIN = st.text(alphabet="abc ,.;\n", max_size=12)


@settings(max_examples=50, deadline=None)
@given(st.data(), SECRETS)
def test_a_secret_at_a_random_place_never_comes_out(redactor: Redactor, data: Any, secret: str) -> None:
    """Put anywhere into any structure, it is gone."""
    text = f"{data.draw(PLAIN)} {secret} {data.draw(PLAIN)}"
    value = data.draw(
        st.recursive(st.just(text), lambda i: st.lists(i, min_size=1) | st.dictionaries(PLAIN, i, min_size=1))
    )
    shown = str(redactor.protect(value))
    assert secret.removeprefix("Bearer ") not in shown


@settings(deadline=None)
@given(st.recursive(PLAIN | st.integers(0, 999), lambda i: st.lists(i) | st.dictionaries(PLAIN, i), max_leaves=10))
def test_a_structure_without_secrets_comes_out_equal(redactor: Redactor, value: Any) -> None:
    """Nothing else is touched."""
    assert redactor.protect(value) == value


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
    assert make(ip=how).protect({"user": {"ip": given_text}}) == {"user": {"ip": shown}}


def test_a_pseudonym_key_makes_equal_secrets_recognisable() -> None:
    """Equal values get equal marks, other values and other keys other ones, under keys and in text."""
    first, second = (make(pseudonym_key=key) for key in ("k1", "k2"))
    one, same, other = (first.text(f"mail {who}@b.example") for who in ("ann", "ann", "bob"))
    assert one == same != other
    assert one.startswith("mail [email:")
    assert second.text("mail ann@b.example") != one
    assert first.protect({"password": "x1"})["password"].startswith("[password:")


def test_only_the_detectors_named_are_used() -> None:
    """`detectors` leaves the other kinds alone."""
    assert make(detectors=["card"]).text("ann@b.example 4111111111111111") == "ann@b.example [REDACTED:card]"


def test_globs_over_dotted_paths_count_at_their_place_only() -> None:
    """`allow` and `deny` take keys and paths."""
    redactor = make(allow=["billing.token", "csrf_*"], deny=["user.nick", "internal*"])
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
    assert redactor.text("BeArEr abcdefghijkl0") == "BeArEr [REDACTED:token]"


def test_a_secret_in_a_key_that_looks_like_a_name_goes(redactor: Redactor) -> None:
    """Keys are scanned whatever their form."""
    assert redactor.protect({"card_4111111111111111": 1}) == {"card_[REDACTED:card]": 1}


def test_a_record_is_protected_in_place_and_keeps_its_order(redactor: Redactor) -> None:
    """What obskit wrote itself is not looked at; what a caller gave is."""
    record = {"timestamp": "2026-01-01T00:00:00Z", "message": "mail ann@shop.example",
              "service": {"name": "token=9f8e7d6c"}, "context": {"password": "hunter22"}}  # fmt: skip
    shown = redactor.record(record, 10_000)
    assert shown is record
    assert list(shown) == ["timestamp", "message", "service", "context"]
    assert shown["message"] == "mail [REDACTED:email]"
    assert shown["service"] == {"name": "token=9f8e7d6c"}
    assert shown["context"] == {"password": "[REDACTED:password]"}


@pytest.mark.parametrize("part", GIVEN)
def test_every_part_that_a_caller_gives_is_protected(redactor: Redactor, part: str) -> None:
    """Texts and structures, the first time and when all its names are known."""
    for _ in range(2):
        assert "ann@" not in repr(redactor.record({part: "mail ann@shop.example"}, 10_000))
        assert "hunter22" not in repr(redactor.record({part: {"x": [{"password": "hunter22"}]}}, 10_000))


@pytest.mark.parametrize(
    ("words", "value", "shown"),
    [
        ("password", "hunter22", "[REDACTED:password]"),
        ("password", 482913, "[REDACTED:password]"),
        ("token", b"9f8e7d6c", "[REDACTED:token]"),
        ("password", None, None),
        ("password", True, None),
        ("password", "expired", None),
        ("user", "hunter22", None),
        ("session", "aB3dE5fG7hJ9kL1m", None),
        ("ip", "8.8.4.17", None),
    ],
)
def test_an_argument_is_hidden_behind_telling_words(
    redactor: Redactor, words: str, value: Any, shown: str | None
) -> None:
    """As positional arguments of a `%` template are; doubtful words and addresses are left to the text."""
    assert redactor.argument(words, value) == shown


def test_the_name_of_a_value_is_heeded(redactor: Redactor) -> None:
    """Where `protect` is told it."""
    assert redactor.protect("hunter22", "password") == "[REDACTED:password]"
    assert redactor.protect("hunter22") == "hunter22"


def test_redactors_of_several_policies_do_not_disturb_each_other() -> None:
    """What one has learned of names is its own."""
    strict, lax = make(deny=["nick"]), make(allow=["password"])
    value = {"nick": "n", "password": "hunter22"}
    for _ in range(2):
        assert strict.protect(value) == {"nick": "[REDACTED:denied]", "password": "[REDACTED:password]"}
        assert lax.protect(value) == value

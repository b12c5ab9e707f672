from __future__ import annotations

import pytest

from obskit.protect.keys import Judgement, Keys, harmless
from obskit.protect.vocabulary import DOUBTFUL, DOUBTFUL_ENDS, DOUBTFUL_PAIRS, ENDINGS, FOLLOWING, PAIRS, WORDS


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("password", "password"),
        ("Password", "password"),
        ("PASSWORD", "password"),
        ("userPassword", "password"),
        ("user_password", "password"),
        ("USER-PASSWORD", "password"),
        ("user.password", "password"),
        ("user password", "password"),
        ("password2", "password"),
        ("password_2", "password"),
        ("new_password_confirmation", "password"),
        ("password_hash", "password"),
        ("X-Api-Key", "key"),
        ("xApiKey", "key"),
        ("apikey", "key"),
        ("APIKey", "key"),
        ("stripeapikey", "key"),
        ("AWS_SECRET_ACCESS_KEY", "key"),
        ("privateKeyPem", "key"),
        ("client_secret", "secret"),
        ("clientSecretValue", "secret"),
        ("refresh_token", "token"),
        ("id_token", "token"),
        ("JWT", "token"),
        ("csrfmiddlewaretoken", "token"),
        ("Authorization", "authorization"),
        ("http.request.header.authorization", "authorization"),
        ("Set-Cookie", "cookie"),
        ("PHPSESSID", "cookie"),
        ("card_number", "card"),
        ("cardNumber", "card"),
        ("cvv", "card"),
        ("cvv2", "card"),
        ("creditCard", "card"),
        ("ssn", "ssn"),
        ("social_security_number", "ssn"),
        ("iban", "iban"),
        ("email", "email"),
        ("customer_email_address", "email"),
        ("e-mail", "email"),
        ("phone_number", "phone"),
        ("dateOfBirth", "birth"),
        ("date_of_birth", "birth"),
        ("passport_no", "document"),
        ("account_number", "account"),
        ("otp_code", "pin"),
        ("pin", "pin"),
        ("remote_addr", "ip"),
        ("seedPhrase", "password"),
    ],
)
def test_a_name_tells_its_kind_in_any_spelling(name: str, kind: str) -> None:
    """Words are split at cases and signs; the last telling ones decide."""
    assert Keys().judge(name) == Judgement(kind)


@pytest.mark.parametrize(
    "name",
    ["author", "authors", "keyboard", "token_count", "tokenizer", "cache_key", "primary_key", "foreignKey", "passenger",
     "password_reset_requested", "secretary", "cookie_policy", "compass", "discard", "card_type", "bypass_rate",
     "username", "id", "", "-", "monkey", "turkey", "pinned", "opinion", "happiness", "email_sent", "mailbox_size",
     "key_count", "keys", "spin", "tank", "cardinality", "phone_verified", "accounting", "sortKey", "pagination",
     "shipping", "content_type", "zip", "zipCode", "status_code", "x" * 5000],
)  # fmt: skip
def test_a_harmless_name_tells_nothing(name: str) -> None:
    """Words that look alike, and names that only begin with a telling one."""
    assert Keys().judge(name) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("contraseña", "password"),
        ("contrasena", "password"),
        ("motdepasse", "password"),
        ("mot_de_passe", "password"),
        ("Kennwort", "password"),
        ("passwort", "password"),
        ("senha", "password"),
        ("hasło", "password"),
        ("пароль", "password"),
        ("密码", "password"),
        ("用户_密码", "password"),
        ("パスワード", "password"),
        ("비밀번호", "password"),
    ],
)
def test_names_of_other_languages_tell(name: str, kind: str) -> None:
    """The words for a password are known in some of them."""
    assert Keys().judge(name) == Judgement(kind)


@pytest.mark.parametrize(
    "name",
    ["p@ssword", "p@ssw0rd", "passw0rd", "pa55word", "$ecret", "s3cr3t", "t0ken", "PassWord", "PASSword", "pаsswоrd",
     "pass\u200bword", "ｐａｓｓｗｏｒｄ", "𝐩𝐚𝐬𝐬𝐰𝐨𝐫𝐝", "user_p@ssword"],
)  # fmt: skip
def test_disguised_names_tell(name: str) -> None:
    """Digits for letters, letters of other scripts, characters that show nothing, case in the wrong place."""
    found = Keys().judge(name)
    assert found is not None and found.kind in {"password", "secret", "token"}


@pytest.mark.parametrize(
    "name", ["1ab", "a11owed", "5tate", "@type", "$ref", "$schema", "c0unt", "gr0up", "3d", "x11", "s3_bucket"]
)
def test_digits_alone_disguise_nothing(name: str) -> None:
    """A name with a digit or a sign in it is one like any other."""
    assert Keys().judge(name) is None


@pytest.mark.parametrize("name", ["session", "signature", "key", "pass", "user_pass2x_pass", "auth", "sid", "db_dsn"])
def test_a_name_with_other_uses_is_doubtful(name: str) -> None:
    """Its value has to look like a secret, too."""
    found = Keys().judge(name)
    assert found is not None and found.doubtful


@pytest.mark.parametrize("name", ["database_url", "redis_url", "connectionString", "conn_str"])
def test_the_name_of_a_connection_string_is_doubtful(name: str) -> None:
    """What is secret in one is found by its form."""
    assert Keys().judge(name) == Judgement("connection", doubtful=True)


@pytest.mark.parametrize("name", ["session_name", "keys_total", "my_session", "signature_algorithm"])
def test_a_doubtful_word_counts_as_the_whole_name_alone(name: str) -> None:
    """Beside others it says nothing."""
    assert Keys().judge(name) is None


@pytest.mark.parametrize(
    "name",
    ["has_password", "is_secret", "hasToken", "requires_password", "needs_pin", "should_rotate_token", "HAS_SSN"],
)
def test_a_name_that_asks_whether_there_is_one_tells_nothing(name: str) -> None:
    """What it holds is yes or no."""
    assert Keys().judge(name) is None


@pytest.mark.parametrize(
    "name", ["expires_in", "type", "token_type", "is_active", "created_at", "userName", "has_more"]
)
def test_a_harmless_neighbour_stays_inside_of_a_telling_container(name: str) -> None:
    """Times, types and names beside a token."""
    assert harmless(name)


@pytest.mark.parametrize("name", ["access", "value", "", "1", "a", "in"])
def test_other_fields_of_a_telling_container_are_no_harmless_neighbours(name: str) -> None:
    """What is not known to be harmless goes with the rest."""
    assert not harmless(name)


@pytest.mark.parametrize("word", sorted(WORDS | ENDINGS))
def test_each_word_of_the_vocabulary_tells_its_kind(word: str) -> None:
    """Alone, behind another, and before what changes nothing."""
    kind = {**ENDINGS, **WORDS}[word]
    keys = Keys()
    for name in (word, f"user_{word}", f"{word}_value"):
        found = keys.judge(name)
        assert found is not None and found.kind in {kind, PAIRS.get(("user", word))}, name


@pytest.mark.parametrize("pair", sorted(PAIRS), ids="_".join)
def test_each_pair_of_the_vocabulary_tells_its_kind(pair: tuple[str, str]) -> None:
    """In snake case and in camel case."""
    first, second = pair
    keys = Keys()
    for name in (f"{first}_{second}", f"{first}-{second}", f"my_{first}_{second}"):
        found = keys.judge(name)
        assert found is not None and found.kind == PAIRS[pair], name


def test_the_tables_of_the_vocabulary_do_not_contradict_each_other() -> None:
    """A word is certain or doubtful, telling or following."""
    assert not WORDS.keys() & (DOUBTFUL.keys() | DOUBTFUL_ENDS.keys())
    assert not PAIRS.keys() & DOUBTFUL_PAIRS.keys()
    assert not WORDS.keys() & FOLLOWING
    assert all(word == word.lower() for word in (*WORDS, *ENDINGS, *FOLLOWING))


def test_the_cache_is_bounded() -> None:
    """Keys from outside can't fill the memory, neither by their number nor by their length."""
    keys = Keys()
    for number in range(10_000):
        keys.judge(f"field{number}")
    keys.judge("x" * 100_000)
    assert len(keys._known) <= 4096
    assert max(map(len, keys._known)) <= 256


def test_a_decision_is_made_once() -> None:
    """The second time it comes from the table."""
    keys = Keys()
    assert keys.judge("password") is keys.judge("password")


def test_the_end_of_a_long_name_decides() -> None:
    """As it does in a short one."""
    assert Keys().judge("x_" * 5000 + "password") == Judgement("password")


def test_globs_allow_and_deny_keys() -> None:
    """In any case; `allow` wins over `deny`, both win over the words."""
    keys = Keys(allow=["next_token", "csrf_*"], deny=["*_iban", "Diagnosis", "csrf_x"])
    assert keys.judge("next_token") is None
    assert keys.judge("CSRF_token") is None
    assert keys.judge("csrf_x") is None
    assert keys.judge("partner_iban") == Judgement("denied")
    assert keys.judge("diagnosis") == Judgement("denied")
    assert keys.judge("token") == Judgement("token")
    assert not keys.by_path


def test_globs_over_paths_count_from_any_key_on() -> None:
    """A path need not begin at the record's root; its last key has to be the value's own."""
    keys = Keys(allow=["billing.token"], deny=["user.*.nick"])
    token = keys.judge("token")
    assert keys.by_path
    assert keys.at(["context", "billing", "token"], token) is None
    assert keys.at(["context", "Billing", "TOKEN"], token) is None
    assert keys.at(["context", "token"], token) == token
    assert keys.at(["billing", "token", "value"], token) == token
    assert keys.at(["user", "home", "nick"], None) == Judgement("denied")
    assert keys.at(["user", "nick"], None) is None

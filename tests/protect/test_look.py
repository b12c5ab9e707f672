from __future__ import annotations

import pytest

from obskit.protect.redactor import Redactor
from tests.protect.subjects import make

FILLER = "all is well in the shop and nothing has to be told of it today\n"
SECRETS = (
    ("mail ann@shop.example now", "ann@shop.example"),
    ("card 4111 1111 1111 1111 now", "4111 1111 1111 1111"),
    ("password = 'granite-harbor 7' now", "granite-harbor"),
    ("Authorization: Bearer abc.def-123456 now", "abc.def-123456"),
    ("db postgres://joe:s3cret@db/x now", "s3cret"),
    ("INSERT INTO u (id, password) VALUES (7, 'hunter22') now", "hunter22"),
    ("sent YW5uOmh1bnRlcjIyLWdyYW5pdGU= now", "YW5uOmh1bnRlcjIy"),
    ("key AKIAQ7W3E5R2T6Y4U2I6 now", "AKIAQ7W3E5R2T6Y4U2I6"),
    ("password_of_the_replication_user_of_the_second_database_token = 'hunter22x' now", "hunter22x"),
    ("INSERT INTO u (id, password) VALUES (7, 'hunter22'), (8, 'granite77'), (9, 'harbor-7') now", "harbor-7"),
    ('Content-Disposition: form-data; name="password"\r\nX-Part: 1\r\n\r\nhunter22\r\nnow', "hunter22"),
    ("escaped password%3Dhunter22 now", "hunter22"),
    ("wide ａｎｎ＠ｓｈｏｐ．ｅｘａｍｐｌｅ now", "ｓｈｏｐ"),
)


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    """Return that of the default policy."""
    return make()


def _padding(size: int) -> str:
    return (FILLER * (size // len(FILLER) + 1))[: size - 1] + "\n"


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_is_found_at_any_place_of_a_long_text(redactor: Redactor, text: str, secret: str) -> None:
    """Also where two of the pieces meet in which it is looked at; what stands around it stays."""
    alone = redactor.text(f"\n{text}\n")
    assert secret not in alone
    for size in (5_000, 6_100, *range(6_085, 6_150, 9), *range(8_120, 8_200, 9), 20_000):
        before = _padding(size)
        assert redactor.text(f"{before}\n{text}\n{FILLER * 40}") == f"{before}{alone}{FILLER * 40}", size


def test_a_long_secret_in_a_long_text_goes_whole(redactor: Redactor) -> None:
    """A key of several pages is no less one."""
    lines = "MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n" * 200
    text = f"{_padding(5000)}-----BEGIN PRIVATE KEY-----\n{lines}-----END PRIVATE KEY-----\nend"
    assert redactor.text(text) == f"{_padding(5000)}[REDACTED:private_key]\nend"


def test_a_long_value_behind_a_name_goes_whole(redactor: Redactor) -> None:
    """Nothing of its end stays where a piece ends."""
    value = "q7W3e9R1t5" * 600
    text = f"{_padding(6000)}password='{value}' end"
    assert redactor.text(text) == f"{_padding(6000)}password='[REDACTED:password]' end"


def test_a_long_text_without_secrets_comes_out_equal(redactor: Redactor) -> None:
    """Whatever its length."""
    assert redactor.text(FILLER * 3000) == FILLER * 3000

"""The table of vendor tokens: what its rows find, and what they leave."""

from __future__ import annotations

import base64
import hashlib
import random
import re
import string
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
import re2

from obskit.protect.tokens import TOKENS, Token

ROOT = Path(__file__).resolve().parents[2]
LOOKALIKES = Path(__file__).with_name("lookalikes.txt").read_text().splitlines()
ENGINES = pytest.mark.parametrize("engine", [re, re2], ids=["re", "re2"])
ROWS = pytest.mark.parametrize("token", TOKENS, ids=[f"{token.kind}-{token.start}" for token in TOKENS])

ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
HEX = "0123456789abcdef"
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
BASE32 = string.ascii_uppercase + "234567"
# What vendors document, apart from the table: how a token begins, its alphabet, its length.
FORMS: list[tuple[str, str, str, int]] = [
    ("aws_access_key", "AKIA", BASE32, 16),
    ("aws_access_key", "ASIA", UPPER, 16),
    ("github_token", "ghp_", ALNUM, 36),
    ("github_token", "gho_", ALNUM, 36),
    ("gitlab_token", "glpat-", URLSAFE, 20),
    ("gitlab_token", "glptt-", HEX, 40),
    ("gitlab_token", "glcbt-64_", URLSAFE, 20),
    ("gitlab_token", "glrt-t1_", URLSAFE, 27),
    ("slack_token", "xoxb-123456789012-1234567890123-", ALNUM, 24),
    ("slack_token", "xoxp-123456789012-123456789012-123456789012-", HEX, 32),
    ("slack_webhook", "https://hooks.slack.com/services/T0123ABCD/B0123ABCD/", ALNUM, 24),
    ("stripe_key", "sk_live_", ALNUM, 24),
    ("stripe_key", "rk_test_", ALNUM, 99),
    ("stripe_webhook_secret", "whsec_", ALNUM, 32),
    ("google_api_key", "AIza", URLSAFE, 35),
    ("google_oauth_token", "ya29.", URLSAFE, 100),
    ("google_client_secret", "GOCSPX-", URLSAFE, 28),
    ("npm_token", "npm_", ALNUM, 36),
    ("pypi_token", "pypi-AgEIcHlwaS5vcmc", URLSAFE, 157),
    ("openai_key", "sk-", ALNUM, 48),
    ("openai_key", "sk-proj-", URLSAFE, 156),
    ("anthropic_key", "sk-ant-api03-", URLSAFE, 95),
    ("anthropic_key", "sk-ant-admin01-", URLSAFE, 95),
    ("twilio_key", "SK", HEX, 32),
    ("mailgun_key", "key-", HEX, 32),
    ("telegram_token", "1234567890:AA", URLSAFE, 33),
    ("telegram_token", "bot1234567890:AA", URLSAFE, 33),
    ("discord_webhook", "https://discord.com/api/webhooks/123456789012345678/", URLSAFE, 68),
    ("shopify_token", "shpat_", HEX, 32),
    ("square_token", "sq0atp-", URLSAFE, 22),
    ("digitalocean_token", "dop_v1_", HEX, 64),
    ("huggingface_token", "hf_", string.ascii_letters, 34),
    ("databricks_token", "dapi", HEX, 32),
    ("vault_token", "hvs.", URLSAFE, 95),
    ("docker_token", "dckr_pat_", URLSAFE, 27),
    ("linear_key", "lin_api_", ALNUM, 40),
    ("notion_token", "ntn_12345678901", ALNUM, 35),
    ("grafana_token", "glc_", ALNUM, 80),
    ("sentry_token", "sntryu_", HEX, 64),
    ("new_relic_key", "NRAK-", UPPER, 27),
    ("doppler_token", "dp.pt.", ALNUM, 43),
    ("atlassian_token", "ATATT3xFfGF0", URLSAFE, 180),
    ("planetscale_token", "pscale_tkn_", URLSAFE, 43),
    ("pulumi_token", "pul-", HEX, 40),
    ("rubygems_token", "rubygems_", HEX, 48),
    ("nuget_key", "oy2", LOWER, 43),
    ("crates_token", "cio", ALNUM, 32),
    ("supabase_key", "sbp_", HEX, 40),
    ("cloudflare_token", "cfut_", ALNUM, 48),
    ("groq_key", "gsk_", ALNUM, 52),
    ("xai_key", "xai-", ALNUM, 80),
    ("replicate_token", "r8_", ALNUM, 37),
    ("perplexity_key", "pplx-", ALNUM, 48),
    ("openrouter_key", "sk-or-v1-", HEX, 64),
    ("elevenlabs_key", "sk_", HEX, 48),
    ("figma_token", "figd_", URLSAFE, 40),
    ("heroku_key", "HRKU-AA", URLSAFE, 58),
    ("alibaba_access_key", "LTAI5t", ALNUM, 18),
    ("tencent_access_key", "AKID", ALNUM, 32),
    ("age_key", "AGE-SECRET-KEY-1", UPPER, 58),
    ("infracost_key", "ico-", ALNUM, 32),
    ("sonar_token", "squ_", HEX, 40),
    ("render_key", "rnd_", ALNUM, 32),
    ("easypost_key", "EZAK", ALNUM, 54),
    ("duffel_token", "duffel_live_", URLSAFE, 43),
    ("dropbox_token", "sl.u.", URLSAFE, 200),
    ("datadog_key", "ddpat_", ALNUM, 40),
]


def found(text: str) -> list[tuple[str, str]]:
    """Return the kinds and texts that the rows find, as a detector does: between fences, and checked."""
    hits: list[tuple[str, str]] = []
    for token in TOKENS:
        if re.search(token.start, text):
            matches = re.finditer(rf"(?<![A-Za-z0-9])(?:{token.pattern})(?![A-Za-z0-9])", text)
            hits += [(token.kind, match[0]) for match in matches if re.search(token.check or "", match[0])]
    return hits


def bare(pattern: str) -> str:
    """Return a pattern without its classes and escapes: what is left are literals and operators."""
    return re.sub(r"\\.|\[[^\]]*\]", "_", pattern)


@ENGINES
@ROWS
def test_an_example_is_found_whole_and_holds_its_start(token: Token, engine: object) -> None:
    """Both engines find the example from end to end, its start in it, and it passes the check."""
    compile_ = getattr(engine, "compile")  # noqa: B009 - either module
    assert compile_(token.pattern).fullmatch(token.example)
    assert compile_(token.start).search(token.example)
    assert token.check is None or compile_(token.check).search(token.example)


@ROWS
def test_an_example_is_found_in_a_sentence(token: Token) -> None:
    """Between words, quotes and commas the whole example is found as its kind, and nothing beside it."""
    text = f"value '{token.example}', then more"
    hits = found(text)
    assert (token.kind, token.example) in hits
    assert all(hit in token.example for _, hit in hits)


@ROWS
def test_a_pattern_is_bounded_and_plain(token: Token) -> None:
    """No row looks around, refers back, captures, or repeats without an end: each takes linear time."""
    for pattern in (token.start, token.pattern):
        assert re.compile(pattern).groups == 0
        assert not re.search(r"\(\?[^:]|[*]|[^)_a-zA-Z0-9}]\+|\{\d+,\}|\\[1-9]", bare(pattern))
        assert all(int(bound) <= 900 for bound in re.findall(r"(\d+)\}", bare(pattern)))
    assert token.check is None or re.compile(token.check).groups == 0


@ROWS
def test_a_kind_is_a_word_and_a_source_an_address(token: Token) -> None:
    """A marker can carry the kind, and the source says in words what stands at its address."""
    assert re.fullmatch(r"[a-z][a-z0-9_]{2,31}", token.kind)
    assert re.fullmatch(r"[A-Z0-9][^:]{8,100}: https://\S+", token.source, re.IGNORECASE)


def test_no_two_rows_are_the_same() -> None:
    """A kind and a start name one row."""
    names = [(token.kind, token.start) for token in TOKENS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("kind", "start", "alphabet", "length"), FORMS, ids=[f"{form[0]}-{form[1]}" for form in FORMS])
def test_a_documented_form_with_a_random_body_is_found(kind: str, start: str, alphabet: str, length: int) -> None:
    """Whatever the body, a token of a documented form is found whole."""
    chance = random.Random(f"{kind}{start}")
    for _ in range(40):
        # What ends in a dash can't be told from punctuation, and vendors' checksums don't.
        body = "".join(chance.choices(alphabet, k=length - 1)) + chance.choice(alphabet.rstrip("-_"))
        assert (kind, start + body) in found(f"got {start}{body} from the store")


@pytest.mark.parametrize("text", LOOKALIKES)
def test_what_only_looks_like_a_token_is_left(text: str) -> None:
    """Names of packages, classes, branches, columns and hosts, hashes and placeholders are no tokens."""
    assert found(text) == []
    assert found(f'name="{text}"; {text}, {text}') == []


def identifiers() -> list[tuple[str, Callable[[random.Random], str]]]:
    return [
        ("uuid", lambda chance: str(uuid.UUID(int=chance.getrandbits(128)))),
        ("md5", lambda chance: hashlib.md5(chance.randbytes(8)).hexdigest()),
        ("sha1", lambda chance: hashlib.sha1(chance.randbytes(8)).hexdigest()),
        ("sha256", lambda chance: hashlib.sha256(chance.randbytes(8)).hexdigest()),
        ("integrity", lambda chance: f"sha512-{base64.b64encode(chance.randbytes(64)).decode()}"),
        ("base64", lambda chance: base64.b64encode(chance.randbytes(chance.randint(9, 90))).decode()),
        ("urlsafe", lambda chance: base64.urlsafe_b64encode(chance.randbytes(33)).decode()),
        ("nanoid", lambda chance: "".join(chance.choices(URLSAFE, k=21))),
        ("ulid", lambda chance: "".join(chance.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=26))),
        ("traceparent", lambda chance: f"00-{chance.randbytes(16).hex()}-{chance.randbytes(8).hex()}-01"),
        ("object", lambda chance: f"order_{chance.getrandbits(64)}_{''.join(chance.choices(ALNUM, k=16))}"),
        ("file", lambda chance: f"static/app.{chance.randbytes(8).hex()}.js?v={chance.randbytes(16).hex()}"),
    ]


@pytest.mark.parametrize(("name", "make"), identifiers(), ids=[name for name, _ in identifiers()])
def test_random_identifiers_are_left(name: str, make: Callable[[random.Random], str]) -> None:
    """Hashes, identifiers and encoded bytes have no vendor's form."""
    chance = random.Random(name)
    assert [text for _ in range(800) if found(text := make(chance))] == []


def test_a_token_inside_a_longer_word_is_left() -> None:
    """A row does not cut a piece out of a longer run of letters and digits."""
    key = next(token.example for token in TOKENS if token.kind == "aws_access_key")
    assert found(f"x{key}") == []
    assert found(f"{key}QQQQ") == []


def test_the_page_has_the_table_that_the_code_has() -> None:
    """The page that is checked in lists the rows as they are."""
    command = [sys.executable, "scripts/token_table.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr

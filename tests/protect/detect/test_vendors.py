from __future__ import annotations

import pytest

from obskit.protect.detect.vendors import vendor_tokens
from obskit.protect.redactor import Redactor
from obskit.protect.span import Span
from obskit.protect.tokens import TOKENS, Token

ROWS = pytest.mark.parametrize("token", TOKENS, ids=[f"{token.kind}-{place}" for place, token in enumerate(TOKENS)])
BODY = "Q7w3E9r1T5y8U2i6O4p0A7s3D9f1G5h8J2k6L4z0"


@ROWS
def test_each_rows_example_goes_from_a_sentence(redactor: Redactor, token: Token) -> None:
    """The token goes, the sentence stays."""
    shown = redactor.text(f"deployed using {token.example} today")
    assert shown.startswith("deployed using ")
    assert shown.endswith(" today")
    assert token.example not in shown and "[REDACTED:" in shown


def test_there_is_a_detector_a_row() -> None:
    """Each is called by its own trigger."""
    assert [detector.rule for detector in vendor_tokens()] == [f"token:{token.kind}" for token in TOKENS]


@ROWS
def test_a_row_finds_its_own_example(token: Token) -> None:
    """By its own pattern, under its own kind."""
    detector = vendor_tokens()[TOKENS.index(token)]
    found = [span for span in detector.find(f"({token.example})") if isinstance(span, Span)]
    assert [(span.kind, span.start) for span in found] == [(token.kind, 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"ghp_{BODY[:36]}", "[REDACTED:github_token]"),
        (f"AKIA{'Q7W3E5R2T6Y4U2I6'}", "[REDACTED:aws_access_key]"),
        (f"sk_live_{BODY[:24]},", "[REDACTED:stripe_key],"),
        (f"'glpat-{BODY[:20]}'", "'[REDACTED:gitlab_token]'"),
        (f"npm_{BODY[:36]}.", "[REDACTED:npm_token]."),
        (f'key "ghp_{BODY[:18]}\n{BODY[18:36]}" given', 'key "[REDACTED:github_token]" given'),
    ],
)
def test_known_tokens_go_wherever_they_stand(redactor: Redactor, text: str, expected: str) -> None:
    """In quotes, before a full stop, broken over two lines."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    ["ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghp_", "AKIA", f"xghp_{BODY[:36]}", "npm_config_registry", "sk-learn",
     "glpat-********************", "hooks.slack.com is down"],
)  # fmt: skip
def test_beginnings_and_placeholders_stay(redactor: Redactor, text: str) -> None:
    """What only begins like a token, or repeats one letter."""
    assert redactor.text(text) == text

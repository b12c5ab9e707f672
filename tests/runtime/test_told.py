from __future__ import annotations

from obskit.runtime.told import clean, cleaned
from obskit.settings.mistakes import ConfigError, Mistake


def test_mistakes_lose_the_secrets_of_value_and_reason() -> None:
    """The name of the setting and what it accepts stay as they are."""
    given = Mistake("level", "'a@b.example'", "token=DEBUG", "password=hunter2x is no level")
    (shown,) = cleaned(ConfigError(given)).mistakes
    assert shown == Mistake("level", "'[REDACTED:email]'", "token=DEBUG", "password=[REDACTED:password] is no level")


def test_a_plain_text_is_cleaned() -> None:
    """A mistake without a form of its own is text."""
    assert cleaned(ConfigError("of a@b.example")).mistakes == ("of [REDACTED:email]",)


def test_addresses_that_were_configured_stay() -> None:
    """Who looks for a collector has to see where it is."""
    assert clean({"endpoint": "http://8.8.8.8:4318", "answer": "a@b.example"}) == {
        "endpoint": "http://8.8.8.8:4318",
        "answer": "[REDACTED:email]",
    }

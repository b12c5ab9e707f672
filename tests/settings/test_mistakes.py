"""The error that lists what is wrong."""

from __future__ import annotations

import pickle

import pytest

from obskit.settings.mistakes import ConfigError, Mistake, shown, shown_url


def test_error_lists_name_value_reason_and_what_is_accepted() -> None:
    """Each mistake is one line of the text."""
    error = ConfigError(Mistake("a", "1", "a text"), Mistake("b", "2", "a list", "it is bare"), "no plug-in x")
    assert str(error).splitlines() == [
        "obskit can't be configured, 3 mistakes:",
        "  - a=1: accepted: a text",
        "  - b=2: it is bare; accepted: a list",
        "  - no plug-in x",
    ]
    assert len(error.mistakes) == 3


def test_error_is_a_value_error_that_survives_pickling() -> None:
    """A ConfigError can be caught as ValueError and sent between processes."""
    error = ConfigError(Mistake("a", "1", "a text"))
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, ValueError)
    assert str(again) == str(error)


def test_long_values_are_cut() -> None:
    """A megabyte in the wrong place doesn't fill the screen."""
    assert len(shown("x" * 1_000_000)) < 200


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://user:pass@localhost:1/x", "'http://localhost:1/x'"),
        ("user:pass@localhost", "'localhost'"),
        ("http://user:p@ss/w@localhost", "'http://localhost'"),
        ("localhost:4318", "'localhost:4318'"),
        ("http://localhost/?key=1", "'http://localhost/?[REDACTED:query]'"),
    ],
)
def test_urls_are_shown_without_userinfo_and_query(url: str, text: str) -> None:
    """Whatever the URL looks like, what may be a password in it is not shown."""
    assert shown_url(url) == text

"""Say what is wrong with a configuration, all of it at once and without its secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_USERINFO = r"//.*@"
_MOST_CHARACTERS = 120


class Mistake(NamedTuple):
    """One setting that can't be used.

    `name` is the argument or the environment variable, `value` its readable form (a marker for a secret), `accepted`
    what can stand there, and `why` the reason where `accepted` alone doesn't give it.
    """

    name: str
    value: str
    accepted: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.name}={self.said}"

    @property
    def said(self) -> str:
        """What is wrong, for a reader who sees the name already."""
        reason = f"{self.why}; " if self.why else ""
        return f"{self.value}: {reason}accepted: {self.accepted}"


class ConfigError(ValueError):
    """The settings can't be used; the text lists every mistake with its name, its value and what is accepted.

    Args:
        mistakes: what is wrong, one each; a plain text stands for itself.
    """

    # A traceback names it as it is imported.
    __module__ = "obskit"

    def __init__(self, *mistakes: Mistake | str) -> None:
        super().__init__(*mistakes)

    @property
    def mistakes(self) -> tuple[Mistake | str, ...]:
        """Every mistake, in the order of the table of settings."""
        return self.args

    def __str__(self) -> str:
        count = len(self.args)
        head = "1 mistake" if count == 1 else f"{count} mistakes"
        return "\n".join([f"obskit can't be configured, {head}:", *(f"  - {mistake}" for mistake in self.args)])


def marker(kind: str) -> str:
    """Return what stands where a secret was, `[REDACTED:<kind>]`."""
    return f"[REDACTED:{kind}]"


def shown(value: object) -> str:
    """Return the repr of a value as an error may show it: cut where long, without the userinfo of a URL."""
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__} without a repr>"
    text = re.sub(_USERINFO, "//", text, flags=re.DOTALL)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}..."


def shown_url(value: object) -> str:
    """Return the repr of what should be a URL, without userinfo and query, also where it is malformed."""
    if not isinstance(value, str):
        return shown(value)
    head, at, rest = value.rpartition("@")
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", head)
    text = f"{scheme[0] if scheme else ''}{rest}" if at else value
    bare, query, _ = text.partition("?")
    return shown(f"{bare}?{marker('query')}" if query else bare)


def nearest(name: str, known: Iterable[str], least: float = 0.86) -> str | None:
    """Return the known name that a mistyped one is most like, or None where none is like it enough (0 to 1)."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=least)), None)


class Refused(ValueError):
    """A value is not accepted; the text is the reason, empty where the words of its kind say it all."""

"""Take secrets out of what obskit says of its own configuration, where no policy is in force yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from obskit.protect.policy import make
from obskit.protect.redactor import Redactor
from obskit.settings.mistakes import ConfigError, Mistake
from obskit.settings.options import Redaction


def cleaned(error: ConfigError) -> ConfigError:
    """Return the same mistakes, without the secrets that their values or reasons hold."""
    clean = _redactor().text
    return ConfigError(*(_clean(mistake, clean) for mistake in error.mistakes))


def clean(value: Any) -> Any:
    """Return plain data of obskit's own as it may be shown; an address that was configured stays."""
    return _redactor().protect(value)


def _clean(mistake: Mistake | str, text: Callable[[str], str]) -> Mistake | str:
    # The name and what is accepted are obskit's own words.
    return (
        mistake._replace(value=text(mistake.value), why=text(mistake.why))
        if isinstance(mistake, Mistake)
        else text(mistake)
    )


@lru_cache(maxsize=1)
def _redactor() -> Redactor:
    return make(Redaction(ip="keep"), lambda: None)

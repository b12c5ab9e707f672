"""Look at what is configured, and from where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from obskit.commands.checks.check import Check
from obskit.decide import levels
from obskit.settings.load import Settings, load
from obskit.settings.mistakes import ConfigError, Mistake, marker, shown_url
from obskit.settings.options import Journal, Option
from obskit.settings.table import ROWS, Row

SUBJECT = "settings"


def settings(environ: Mapping[str, str]) -> tuple[Settings | None, list[Check]]:
    """Load the settings that the environment gives.

    Args:
        environ: Environment variables.

    Returns:
        The settings, None where a variable is wrong, and the checks of them.
    """
    try:
        found = load({}, environ)
    except ConfigError as error:
        return None, [
            Check(SUBJECT, mistake.name, "broken", _one_line(mistake.said))
            if isinstance(mistake, Mistake)
            else Check(SUBJECT, "environment", "broken", _one_line(mistake))
            for mistake in error.mistakes
        ]
    checks = list(_checks(found)) or [Check(SUBJECT, "environment", "note", "no variable gives one: defaults hold")]
    checks += [Check(SUBJECT, "environment", "warning", _one_line(warning)) for warning in found.warnings]
    if found.disabled:
        checks.append(Check(SUBJECT, "OTEL_SDK_DISABLED", "warning", "no spans are made and nothing is sent"))
    return found, checks


def _checks(found: Settings) -> Iterator[Check]:
    for name, row in ROWS.items():
        origin = found.origins.get(name, "default")
        value = _value(found, name)
        # The path is the journal's own value, and told of as such.
        if origin != "default" and name != "journal.path":
            text = _shown(row, value)
            yield Check(SUBJECT, name, "works", f"{text}  (from {origin})", {"value": text, "origin": origin})


def _value(found: Settings, name: str) -> Any:
    option, dot, field = name.partition(".")
    value = getattr(found, option)
    return getattr(value, field, None) if dot else value


def _shown(row: Row, value: Any) -> str:
    if row.secret:
        return marker(row.name.rpartition(".")[2])
    if row.name == "level":
        return levels.name(value)
    if row.name == "otlp_endpoint":
        return shown_url(value)
    if value is None or value is False:
        return "off"
    if isinstance(value, Journal):
        return "auto" if value.path is None else row.kind.show(value.path)
    # Its fields have rows of their own.
    if isinstance(value, Option):
        return "on"
    if row.name == "redaction.custom":
        # The kinds: a pattern may say much of what it finds.
        return ", ".join(value)
    if row.name == "levels":
        return ", ".join(f"{logger}={levels.name(least)}" for logger, least in value.items())
    if isinstance(value, tuple) and value and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return row.kind.show(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())

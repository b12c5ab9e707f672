"""Write the configuration table of the documentation: `python -m obskit.settings.document`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from obskit.settings.table import STANDARD, TABLE, Row


def document() -> str:
    """Return the tables of settings and of OpenTelemetry's variables, in Markdown, ending with a line end."""
    settings = _table(
        ("Setting", "Variables, the first wins", "Default", "Accepted", "What it is for"),
        ((f"`{row.name}`", _variables(row), _default(row), row.kind.words, row.purpose) for row in TABLE),
    )
    others = _table(
        ("Variable of OpenTelemetry", "Read as"),
        ((", ".join(f"`{name}`" for name in names.split(", ")), text) for names, text in STANDARD),
    )
    return f"{settings}\n{others}"


def _variables(row: Row) -> str:
    return ", ".join(f"`{variable}`" for variable in (row.variable, *row.standard))


def _default(row: Row) -> str:
    if row.unset:
        return row.unset
    if isinstance(row.default, tuple):
        return f"`{','.join(row.default)}`"
    if row.name in ("redaction", "sampling"):
        return f"`{row.name.capitalize()}()`"
    return f"`{row.default:g}`" if isinstance(row.default, float) else f"`{row.default}`"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(document())

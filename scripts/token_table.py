"""Writes the table of vendor tokens into docs/tokens.md, or with --check tells whether it has drifted."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from obskit.protect.tokens import TOKENS, Token

BEGIN = "<!-- tokens: written by scripts/token_table.py -->\n"
END = "<!-- end of tokens -->\n"


def table() -> str:
    """Returns the table: a row for each kind and source, with the parts that its tokens are known by."""
    return "\n".join(["| kind | known by | documented in |", "| --- | --- | --- |", *_rows(), ""])


def _rows() -> Iterator[str]:
    def named(token: Token) -> tuple[str, str]:
        return token.kind, token.source

    for (kind, source), tokens in groupby(sorted(TOKENS, key=named), named):
        starts = ", ".join(_code(token.start) for token in tokens)
        title, _, address = source.rpartition(": ")
        yield f"| `{kind}` | {starts} | [{title}]({address}) |"


def _code(pattern: str) -> str:
    if "|" not in pattern:
        return f"`{pattern}`"
    # A bar would end the cell even in backquotes, on some sites; between tags Markdown's own signs would count.
    return f"<code>{''.join(sign if sign.isalnum() else f'&#{ord(sign)};' for sign in pattern)}</code>"


def renewed(text: str) -> str:
    """Returns the page with the table that the code has now.

    Raises:
        ValueError: the page has no pair of markers to write between.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page must hold {BEGIN.strip()} and, below it, {END.strip()}")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> int:
    """Writes or checks the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("page", nargs="?", type=Path, default=Path("docs", "tokens.md"))
    chosen = parser.parse_args()
    text = chosen.page.read_text()
    if not chosen.check:
        chosen.page.write_text(renewed(text))
    elif text != renewed(text):
        print(f"{chosen.page} differs from the tokens in the code; run: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

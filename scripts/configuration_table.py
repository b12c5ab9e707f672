"""Writes the table of settings into docs/configuration.md, or with --check tells whether it has drifted."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from obskit.settings.document import document

BEGIN = "<!-- settings: written by scripts/configuration_table.py -->\n"
END = "<!-- end of settings -->\n"


def renewed(text: str) -> str:
    """Returns the page with the table that the code has now.

    Raises:
        ValueError: the page has no pair of markers to write between.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page must hold {BEGIN.strip()} and, below it, {END.strip()}")
    return f"{before}{BEGIN}\n{document()}\n{END}{after}"


def main() -> int:
    """Writes or checks the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("page", nargs="?", type=Path, default=Path("docs", "configuration.md"))
    chosen = parser.parse_args()
    text = chosen.page.read_text()
    if not chosen.check:
        chosen.page.write_text(renewed(text))
    elif text != renewed(text):
        print(f"{chosen.page} differs from the settings in the code; run: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

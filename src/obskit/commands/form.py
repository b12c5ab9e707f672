"""The form of an answer: text for people on a terminal, JSON for programs."""

from __future__ import annotations

import argparse
import json
import sys

from obskit.commands.safe import escaped_json
from obskit.commands.screen import Screen


def add_form(parser: argparse.ArgumentParser, shape: str) -> None:
    """Add `--json` and `--text`.

    Args:
        parser: The parser of the command.
        shape: What its JSON is, such as "one JSON object".
    """
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--json", action="store_true", help=f"{shape}, on a terminal too")
    group.add_argument("--text", action="store_true", help="text without colours, in a pipe or a file too")


def screen_of(options: argparse.Namespace) -> Screen | None:
    """Return what to write text for people on; None where the answer is JSON.

    Raises:
        QueryError: Colours are wanted and cannot be made.
    """
    if options.json or not (options.text or sys.stdout.isatty()):
        return None
    return Screen(colours=not options.text)


def write_json(answer: object) -> None:
    """Write one JSON document in UTF-8, harmless where it goes to a terminal."""
    text = json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
    if sys.stdout.isatty():
        sys.stdout.write("\n".join(map(escaped_json, text.split("\n"))))
        return
    sys.stdout.flush()
    # A lone surrogate, as a path that is no UTF-8 has, becomes its JSON escape.
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()

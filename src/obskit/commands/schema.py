"""`obskit schema`: the JSON Schema of a line."""

from __future__ import annotations

import argparse
import sys

from obskit.query import schema


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "schema",
        help="the JSON Schema of a line",
        description="Print the JSON Schema (draft 2020-12) of log lines and spans.",
    )
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Print the schema."""
    sys.stdout.write(schema.text())
    return 0

"""Sign the header with which one request asks for a level."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from obskit.commands.level_choice import level_of
from obskit.decide.level_header import HEADER, LONGEST, sign
from obskit.query import times
from obskit.query.failure import QueryError

_VARIABLE = "OBSKIT_LEVEL_KEY"
_USUAL = "10m"


def header(asked: Sequence[str], length: str | None, key_file: str | None, environ: Mapping[str, str]) -> str:
    """Return the header's line.

    Args:
        asked: The level, one word.
        length: How long it is good for; ten minutes where it is None.
        key_file: The file with the key; `$OBSKIT_LEVEL_KEY` where it is None.
        environ: Environment variables.

    Raises:
        QueryError: One of them is missing or wrong.
    """
    if len(asked) != 1:
        raise QueryError("sign which level? such as: obskit level sign DEBUG --for 10m")
    level = level_of(asked[0])
    seconds = times.length(length or _USUAL, "--for").total_seconds()
    if seconds > LONGEST:
        raise QueryError(f"--for: a header is good for 24h at most, not for {length}")
    key = _from_file(key_file) if key_file is not None else environ.get(_VARIABLE, "").strip().encode()
    if not key:
        raise QueryError(
            f"no key: set ${_VARIABLE}, or name a file that holds it with --key-file; "
            "it is the one that the services have as init(level_key=...)"
        )
    return f"{HEADER}: {sign(level, key, int(time.time() + seconds))}"


def run(asked: Sequence[str], length: str | None, key_file: str | None) -> int:
    """Print the header's line."""
    print(header(asked, length, key_file, os.environ))
    return 0


def _from_file(name: str) -> bytes:
    try:
        key = Path(name).read_bytes().strip()
    except OSError as trouble:
        raise QueryError(f"--key-file: {name!r} can't be read: {trouble.strerror}") from None
    if not key:
        raise QueryError(f"--key-file: {name!r} holds no key")
    return key

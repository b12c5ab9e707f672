"""Look for records of this journal that tell of others that were given up."""

from __future__ import annotations

import mmap
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from obskit.commands import words
from obskit.commands.checks.check import Check
from obskit.journal import reader

_TOLD = b'"message":"records dropped from the journal","logger":"obskit.journal"'


def given_up(root: Path) -> Check:
    """Count what a journal had to give up, by reason.

    Args:
        root: Its directory.
    """
    reasons: Counter[str] = Counter()
    newest = ""
    for record in _told(root):
        context = record.get("context")
        fields: dict[str, Any] = context if isinstance(context, dict) else {}
        count = fields.get("count")
        reasons[str(fields.get("reason"))] += count if type(count) is int else 1
        newest = max(newest, str(record["timestamp"]))
    total = reasons.total()
    facts = {"records": total, "reasons": dict(reasons)}
    if not total:
        return Check("journal", "given up", "works", "no record here tells of others that had to go", facts)
    text = f"{words.plural(total, 'record')} had to go ({', '.join(sorted(reasons))})"
    advice = "see `obskit logs --where logger=obskit.journal`, and OBSKIT_JOURNAL_MAX_BYTES for more room"
    return Check("journal", "given up", "warning", f"{text}, the last ones {_ago(newest)}; {advice}", facts)


def _told(root: Path) -> Iterator[dict[str, Any]]:
    for path in reader.segment_files(root):
        # A segment can vanish meanwhile, and an empty one has nothing to map.
        try:
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                yield from _lines(data)
        except (OSError, ValueError):
            continue


def _lines(data: mmap.mmap) -> Iterator[dict[str, Any]]:
    at = data.find(_TOLD)
    while at >= 0:
        begin, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
        if end < 0:
            return
        record = reader.parse(data[begin:end])
        if record is not None and record.get("logger") == "obskit.journal":
            yield record
        at = data.find(_TOLD, end)


def _ago(timestamp: str) -> str:
    try:
        seconds = time.time() - datetime.fromisoformat(timestamp).timestamp()
    except ValueError:
        return "at no known time"
    return f"{words.duration(max(0.0, seconds) * 1000)} ago"

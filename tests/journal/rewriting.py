"""What the tests of rewriting share."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import orjson

from obskit.journal import reader
from obskit.journal.cursors import Key
from obskit.journal.place import Place
from obskit.journal.rewrite import Progress, Summary, bring_up
from obskit.settings.options import Redaction
from obskit.ship.feed import SegmentFeed
from tests.support import journals

POLICY = Redaction()
LOGS: Key = ("t", "logs")
SPANS: Key = ("t", "spans")
SECRET = {"user_email": "alice@example.com", "note": "write to bob@example.org today", "amount": 12}


def rewrite(where: Place, policy: Redaction = POLICY, **options: Any) -> Summary:
    """Bring a journal up to a policy."""
    return bring_up(where, policy, Progress(), **options)


def old(where: Place, logs: int, **options: Any) -> tuple[Path, list[str]]:
    """Leave what a dead writer wrote under an older policy, which found nothing."""
    spans = options.pop("spans", 0)
    made = journals.writer(where, **options)
    ids = journals.fill(made, logs, spans=spans, context=SECRET)
    made.close()
    return made.directory, ids


def headers(root: Path) -> list[dict[str, Any]]:
    """Return every header of a journal."""
    found = []
    for path in reader.segment_files(root):
        found += [orjson.loads(line.raw) for line in reader.lines(path) if reader.kind(line.raw) == "segment"]
    return found


def content(root: Path) -> bytes:
    """Return everything that lies anywhere under a directory."""
    return b"\n".join(path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file())


def pending(directory: Path, key: Key = LOGS) -> list[str]:
    """Return the ids that a shipper would send now."""
    found: list[str] = []
    with tempfile.TemporaryDirectory() as copy:
        # Under its own name, by which a feed tells gaps; the cursors of the original stay as they are.
        feed = SegmentFeed(Path(shutil.copytree(directory, Path(copy) / directory.name)))
        while (batch := feed.read(key, "logs" if key[1] == "logs" else "spans", 512, lambda: None)) is not None:
            found += [record["id"] for record in batch.records]
            feed.acknowledge(key, batch.end())
    return found

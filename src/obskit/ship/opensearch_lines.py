"""Make documents of lines: the bulk form of OpenSearch, one index a service and day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from obskit.ship.encoder import Record, Scope

_ILLEGAL = re.compile(r"[^a-z0-9_.-]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LONGEST_NAME = 200
_TOGETHER = 64
_START = b'{"timestamp":"'
# A term of a flat_object, path and value, has at most 32,766 bytes: a shorter line holds none that is longer.
_LONGEST_TERM = 32_766
# In characters; beside a path of 16 names of 256 characters that stays within a term.
_LONGEST_TEXT = 4_000
_NO_SCOPE = Scope()
_new = tuple.__new__


class BulkEncoder:
    """Encodes lines of either signal as `create` actions: the line as the document, its id as `_id`.

    A document that OpenSearch could not index as it is has what is in the way cut or left out, and the whole of that
    in the field `uncut`, which is stored and not searched.
    """

    content_type = "application/x-ndjson"

    def record(self, line: Mapping[str, Any], plain: bool = False) -> Record:  # noqa: ARG002 - one protocol for all
        """Encode one parsed line."""
        return self.copied(line, orjson.dumps(line))

    def copied(self, line: Mapping[str, Any], raw: bytes) -> Record:
        """Encode one parsed line of which the bytes are there, too."""
        document = raw.rstrip() if _is_whole(raw) else orjson.dumps(line)
        if len(document) > _LONGEST_TERM or _is_awkward(line.get("request")):
            document = orjson.dumps(indexable(line))
        index = index_name(line.get("service"), line.get("timestamp"))
        action = b'{"create":{"_index":"%b","_id":%b}}\n' % (index.encode("ascii"), orjson.dumps(line["id"]))
        return _new(Record, (_NO_SCOPE, b"%b%b\n" % (action, document)))

    def chunks(self, records: Sequence[Record], resource: Mapping[str, Any]) -> Iterator[bytes]:  # noqa: ARG002
        """Yield the body of a request in parts of a few records; each line names its service."""
        for start in range(0, len(records), _TOGETHER):
            yield b"".join(record.data for record in records[start : start + _TOGETHER])


def index_name(service: object, timestamp: object) -> str:
    """Return the index of a record: `obskit-<service in lower case>-<UTC date>`.

    Args:
        service: As in the record; characters that a name of an index can't have become `_`.
        timestamp: As in the record.
    """
    name = _ILLEGAL.sub("_", service.lower())[:_LONGEST_NAME] if isinstance(service, str) and service else "unknown"
    date = _DATE.match(timestamp) if isinstance(timestamp, str) else None
    return f"obskit-{name}-{date[0] if date else 'undated'}"


def indexable(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document that OpenSearch can index, for a line that it could not."""
    document = dict(line)
    uncut: dict[str, Any] = {}
    for name in ("context", "attributes", "events", "links"):
        if name in line and (cut := _cut(line[name])) != line[name]:
            document[name], uncut[name] = cut, line[name]
    request = line.get("request")
    if isinstance(request, dict) and _is_awkward(request):
        document["request"] = {key: value for key, value in request.items() if not _is_awkward_name(key)}
        uncut["request"] = request
    if uncut:
        document["uncut"] = uncut
    return document


def _is_whole(raw: bytes) -> bool:
    """Tell whether the bytes are one line and nothing else, surely: behind a torn line stands another."""
    return raw.startswith(_START) and raw.find(_START, 1) < 0 and b"\x00" not in raw


def _is_awkward(request: object) -> bool:
    return isinstance(request, dict) and any(map(_is_awkward_name, request))


def _is_awkward_name(name: str) -> bool:
    # A dot names a field within an object, which is none here or has no name.
    return not name.strip() or "." in name


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "…"
    if isinstance(value, dict):
        return {name: _cut(item) for name, item in value.items()}
    return [_cut(item) for item in value] if isinstance(value, list) else value

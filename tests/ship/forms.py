"""Read OTLP's JSON form."""

from __future__ import annotations

import base64
import json
from typing import Any

from google.protobuf import json_format


def parse_json(body: bytes, message: Any) -> Any:
    """Read OTLP's JSON form strictly into a message: it differs from protobuf's own in that ids are hex."""

    def based(value: Any) -> Any:
        if isinstance(value, list):
            return [based(item) for item in value]
        if isinstance(value, dict):
            ids = ("traceId", "spanId", "parentSpanId")
            return {
                key: base64.b64encode(bytes.fromhex(item)).decode() if key in ids else based(item)
                for key, item in value.items()
            }
        return value

    return json_format.ParseDict(based(json.loads(body)), message)

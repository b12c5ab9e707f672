"""Name a redaction policy by its digest, so that a segment tells what its lines were written under."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from obskit.settings.options import Redaction

# Raised whenever the built-in rules find more than before.
RULES = 1


def digest(policy: Redaction | None) -> str:
    """Return 16 hexadecimal digits that change with the policy or with the built-in rules; `off` without one."""
    if policy is None:
        return "off"
    key = policy.pseudonym_key
    facts = {
        "rules": RULES,
        "allow": list(policy.allow),
        "deny": list(policy.deny),
        "detectors": None if policy.detectors is None else sorted(policy.detectors),
        "ip": policy.ip,
        "custom": {kind: getattr(pattern, "pattern", pattern) for kind, pattern in sorted(policy.custom.items())},
        # Whether there is a key, not the key: a digest of it would help whoever guesses.
        "pseudonyms": key is not None,
    }
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

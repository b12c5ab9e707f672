"""Turn a policy into the redactor that enforces it, and name it by its digest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson

from obskit.digest import sha256
from obskit.protect.finder import Finder
from obskit.protect.keys import Keys
from obskit.protect.marker import Marks
from obskit.protect.redactor import Redactor
from obskit.protect.watch import Watch

if TYPE_CHECKING:
    from obskit.settings.options import Redaction

# Raised whenever the built-in rules find more than before.
RULES = 2


def make(policy: Redaction | None, failed: Callable[[], None], watch: Watch | None = None) -> Redactor:
    """Return the redactor of a policy.

    Args:
        policy: What to remove; None removes nothing, limits hold.
        failed: Called when redaction of a value failed and the value was replaced by `[REDACTED:error]`.
        watch: Told of everything that is replaced.
    """
    if policy is None:
        return Redactor(None, None, failed)
    key = policy.pseudonym_key
    mark = Marks(key.encode() if isinstance(key, str) else key)
    keys = Keys(policy.allow, policy.deny)
    return Redactor(
        keys,
        Finder(keys, policy.ip, policy.detectors, policy.custom, pseudonyms=key is not None),
        failed,
        mark=mark,
        ip=policy.ip,
        watch=watch,
    )


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
    said: str = sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return said[:16]

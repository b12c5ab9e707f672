"""Who wants to know what was replaced, and why."""

from __future__ import annotations

from collections.abc import Callable

# Called with the path of the value, the kind of the secret and the rule that found it; never with the secret.
Watch = Callable[[tuple[str, ...], str, str], None]

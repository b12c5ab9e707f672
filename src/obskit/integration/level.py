"""Let one request log at the level that its signed header asks for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from obskit.decide.level_header import HEADER, judge

if TYPE_CHECKING:
    from obskit.context.scope import Scope
    from obskit.integration.carriers import Headers
    from obskit.runtime.runtime import Runtime

_NAMES = (HEADER.lower(), HEADER.lower().encode("ascii"))


def admit(unit: Scope, headers: Headers, runtime: Runtime) -> None:
    """Make a unit verbose where its inbound carrier has a header that is good; one that isn't is counted.

    The head's decision is made for it: at a rate of 1 % there would be nothing to see.
    """
    key = runtime.settings.level_key
    value = next((value for name, value in headers if name.lower() in _NAMES), None)
    if key is None or value is None:
        return
    level = judge(value, key, time.time())
    if level is None:
        runtime.count("level_header_refused")
        return
    unit.level_header = value.decode("latin-1") if isinstance(value, bytes) else value
    unit.sampled, unit.rate = True, 1.0
    unit.speak(level)

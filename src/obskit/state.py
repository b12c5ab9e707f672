"""Hold the one Runtime of the process: the only global state of obskit.

A leaf that imports nothing, so that every stage can ask for the runtime without importing what builds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from obskit.runtime.runtime import Runtime

runtime: Runtime | None = None

"""Hold the one Runtime of the process: the only global state of obskit.

A leaf that imports nothing, so that every stage can ask for the runtime without importing what builds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from obskit.runtime.runtime import Runtime


class InForce:
    """What the accelerator reads of a runtime: a slot is found without a look at names.

    Attributes:
        quick: The accelerator's way of a plain record, None where it is not installed.
    """

    __slots__ = ("quick",)

    quick: object


runtime: Runtime | None = None

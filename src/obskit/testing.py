"""Look at what an application emits, in tests: no I/O, nothing left over.

The fixture `obskit_capture` comes with the package's pytest plug-in; `capture` is the same for other test runners.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from obskit import state
from obskit.runtime import api
from obskit.runtime.capture import Capture, Record

__all__ = ["Capture", "Record", "capture"]


@contextmanager
def capture(**arguments: Any) -> Iterator[Capture]:
    """Capture every record and span of a block.

    An application that calls `obskit.init()` in the block keeps its settings, and is captured too.

    Args:
        **arguments: Of `init`.

    Returns:
        As context manager, a `Capture` with `.records` and `.spans`.
    """
    former = state.runtime
    found = Capture()
    api.capturing(found, **arguments)
    try:
        yield found
    finally:
        api.resume(former)

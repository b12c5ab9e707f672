"""Mark the thread that ships, so that nothing it causes comes back as a record."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_thread = threading.local()


def is_shipping() -> bool:
    """Tell whether this thread is shipping now."""
    return getattr(_thread, "shipping", False)


@contextmanager
def marked() -> Iterator[None]:
    """Mark this thread for the length of a block."""
    before = is_shipping()
    _thread.shipping = True
    try:
        yield
    finally:
        _thread.shipping = before

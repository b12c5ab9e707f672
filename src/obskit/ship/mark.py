"""Mark the thread that ships, so that nothing it causes comes back as a record."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Thread(threading.local):
    shipping = False


_thread = _Thread()


def is_shipping() -> bool:
    """Tell whether this thread is shipping now."""
    return _thread.shipping


@contextmanager
def marked() -> Iterator[None]:
    """Mark this thread for the length of a block."""
    before = is_shipping()
    _thread.shipping = True
    try:
        yield
    finally:
        _thread.shipping = before

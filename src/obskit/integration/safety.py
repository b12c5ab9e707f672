"""Keep obskit's own failures from the application, and ask whether obskit is there at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from obskit import state


def enabled() -> bool:
    """Tell whether obskit is initialised and not shut down."""
    return state.runtime is not None and not state.runtime.plain


@contextlib.contextmanager
def guard() -> Iterator[None]:
    """Keep obskit's own failures from the application: an Exception in the block is counted and told of once."""
    try:
        yield
    except Exception as trouble:
        if state.runtime is not None:
            state.runtime.pipeline.failed("an integration", trouble)

"""Keep obskit's own failures from the application, and ask whether obskit is there at all."""

from __future__ import annotations

from types import TracebackType

from obskit import state


def enabled() -> bool:
    """Tell whether obskit is initialised and not shut down."""
    runtime = state.runtime
    return runtime is not None and not runtime.plain


def failed(trouble: Exception) -> None:
    """Count a failure of obskit's own, and tell of it once."""
    if state.runtime is not None:
        state.runtime.pipeline.failed("an integration", trouble)


class guard:  # noqa: N801 - used like a function
    """Keep obskit's own failures from the application: an Exception in the block is counted and told of once."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        failed(error)
        return True

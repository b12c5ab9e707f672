"""The body of a response, followed to its end: exhausted, broken off by an error, or closed by the server before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from werkzeug.wsgi import ClosingIterator

from obskit_flask.wsgi import Environ

if TYPE_CHECKING:
    from obskit_flask.exchange import Exchange


def followed(exchange: Exchange, body: Iterable[bytes], environ: Environ) -> Iterable[bytes]:
    """Return what the server shall iterate and close in place of `body`."""
    wrapper = environ.get("wsgi.file_wrapper")
    if isinstance(wrapper, type) and isinstance(body, wrapper) and _ends_on_close(exchange, body):
        return body
    return Body(exchange, body)


class Body:
    """Iterate a response's body inside its unit of work.

    The unit ends with the last chunk; where the response has callbacks to run on `close()`, with that; where the server
    stops before, with that too.
    """

    __slots__ = ("_exchange", "_exhausted", "_iterable", "_iterator", "_sent")

    def __init__(self, exchange: Exchange, iterable: Iterable[bytes]) -> None:
        self._exchange = exchange
        self._iterable = iterable
        self._iterator: Iterator[bytes] | None = None
        self._exhausted = False
        self._sent = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        exchange = self._exchange
        if self._iterator is not None and exchange.finished and type(self._iterable) is ClosingIterator:
            # Flask's own iterator over a list, of which all has been sent: nothing is left to come, nor to be run.
            return next(self._iterator)
        try:
            with exchange.running:
                if self._iterator is None:
                    self._iterator = iter(self._iterable)
                chunk = next(self._iterator)
                self._sent += len(chunk)
                if exchange.is_whole and self._all_sent() and not exchange.has_callbacks:
                    # Test clients read no further than they need, and close nothing.
                    exchange.finish(within=True)
        except StopIteration:
            self._exhausted = True
            if not exchange.has_callbacks:
                exchange.finish()
            raise
        except BaseException as error:
            exchange.finish(error)
            raise
        return chunk

    def close(self) -> None:
        """Close the body, then end the unit if that hasn't happened yet."""
        exchange = self._exchange
        close = getattr(self._iterable, "close", None)
        try:
            if close is not None:
                with exchange.running:
                    close()
        except BaseException as error:
            exchange.finish(error)
            raise
        exchange.finish(disconnected=not (self._exhausted or self._all_sent() or exchange.is_bodiless()))

    def _all_sent(self) -> bool:
        length = self._exchange.length
        return length is not None and self._sent >= length


def _ends_on_close(exchange: Exchange, body: Any) -> bool:
    """End the unit when the server closes its own file wrapper, which it knows by its type and may send by sendfile."""
    close = getattr(body, "close", None)

    def close_and_finish() -> None:
        try:
            if close is not None:
                close()
        except BaseException as error:
            exchange.finish(error)
            raise
        exchange.finish()

    try:
        body.close = close_and_finish
    except (AttributeError, TypeError):
        return False
    return True

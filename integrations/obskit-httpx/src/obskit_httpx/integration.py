"""The plug-in that `obskit.init` finds under the name `httpx`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, ClassVar

from obskit.integration import DidNotEnable, Integration, patch
from obskit_httpx.attempt import begin

if TYPE_CHECKING:
    import httpx

_METHOD = "_send_single_request"


class HTTPXIntegration(Integration):
    """Make a client span of every attempt of every client, and send trace and correlation id along.

    The span ends when the response's headers have been read (or could not be), not with its body: the semantic
    conventions advise so where an application may leave a body unread.
    """

    name: ClassVar[str] = "httpx"

    def install(self) -> Callable[[], None]:
        """Wrap what sends one attempt in `httpx.Client` and `httpx.AsyncClient`; return what restores it.

        Raises:
            DidNotEnable: where HTTPX is not installed.
        """
        try:
            import httpx
        except ImportError as missing:
            raise DidNotEnable(f"httpx can't be imported: {missing}") from missing

        undo = [patch(httpx.Client, _METHOD, _sync), patch(httpx.AsyncClient, _METHOD, _async)]

        def restore() -> None:
            while undo:
                undo.pop()()

        return restore


def _sync(original: Callable[..., httpx.Response], active: Callable[[], bool]) -> Callable[..., httpx.Response]:
    @wraps(original)
    def _send_single_request(self: httpx.Client, request: httpx.Request) -> httpx.Response:
        attempt = begin(self, request) if active() else None
        if attempt is None:
            return original(self, request)
        try:
            with attempt.current():
                response = original(self, attempt.outgoing)
        except BaseException as error:
            attempt.failed(error)
            raise
        attempt.answered(response)
        return response

    return _send_single_request


def _async(
    original: Callable[..., Awaitable[httpx.Response]], active: Callable[[], bool]
) -> Callable[..., Awaitable[httpx.Response]]:
    @wraps(original)
    async def _send_single_request(self: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
        attempt = begin(self, request) if active() else None
        if attempt is None:
            return await original(self, request)
        try:
            with attempt.current():
                response = await original(self, attempt.outgoing)
        except BaseException as error:
            attempt.failed(error)
            raise
        attempt.answered(response)
        return response

    return _send_single_request

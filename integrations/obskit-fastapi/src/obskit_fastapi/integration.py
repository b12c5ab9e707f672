"""The plug-ins that `obskit.init` finds under the names of their frameworks."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import ClassVar

from obskit.integration import DidNotEnable, Integration
from obskit_fastapi import access_log, native, outermost


class FastAPIIntegration(Integration):
    """Serve every request of a FastAPI or Starlette application as one unit of work.

    Args:
        replace_access_log: leave out the lines of `uvicorn.access` for requests that have an access line of obskit.
    """

    name: ClassVar[str] = "fastapi"
    module: ClassVar[str] = "fastapi.applications"

    def __init__(self, *, replace_access_log: bool = True) -> None:
        self.replace_access_log = replace_access_log

    def install(self) -> Callable[[], None]:
        """Wrap `FastAPI.__call__` and `Starlette.__call__`; return what restores them.

        Raises:
            DidNotEnable: where the framework is not installed.
        """
        try:
            import_module(self.module)
        except ImportError as missing:
            raise DidNotEnable(f"{self.name} can't be imported: {missing}") from missing
        undo = [outermost.wrap(outermost.every), native.give_way()]
        if self.replace_access_log:
            undo.append(access_log.replace())

        def restore() -> None:
            while undo:
                undo.pop()()

        return restore


class StarletteIntegration(FastAPIIntegration):
    """Do the same in a process that has Starlette and no FastAPI."""

    name: ClassVar[str] = "starlette"
    module: ClassVar[str] = "starlette.applications"

from collections.abc import Callable, Sequence
from typing import Any

API: int

class Scanner:
    def __init__(self, always: tuple[str, ...], telling: tuple[str, ...], words: tuple[str, ...]) -> None: ...
    def json(self, data: bytes, /) -> int: ...
    @property
    def states(self) -> tuple[int, int]: ...

class Fused:
    def __init__(
        self,
        pure: Callable[..., bytes | None],
        fixed: bytes,
        limit: int,
        heads: dict[int, bytes],
        loggers: dict[str, bytes | None],
        shapes: dict[tuple[str, ...], int],
        harmless: set[bytes],
        naming: frozenset[str],
        holding: frozenset[str],
        quiet: set[str],
        scan: Callable[[bytes], int],
        scanner: Scanner | None,
        find: Callable[[str], Sequence[object]],
        flat: bool,
        lists: bool,
    ) -> None: ...
    @property
    def pure(self) -> Callable[..., bytes | None]: ...
    def __call__(
        self,
        when: int,
        level: int,
        message: Any,
        logger: str,
        unit: bytes,
        span: bytes,
        fields: dict[str, Any],
        sampling: bytes,
        /,
    ) -> bytes | None: ...
    def attempt(
        self,
        when: int,
        level: int,
        message: Any,
        logger: str,
        unit: bytes,
        span: bytes,
        fields: dict[str, Any],
        sampling: bytes,
        /,
    ) -> bytes | None: ...

class Emitter:
    def __init__(self, pipeline: Any, fused: Fused, error: int, parts: dict[str, Any]) -> None: ...

class Method:
    __dict__: dict[str, Any]
    def __init__(self, function: Callable[..., None], level: int, parts: dict[str, Any]) -> None: ...
    def __call__(self, *args: Any, **fields: Any) -> None: ...

"""What an integration is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar


class DidNotEnable(Exception):
    """An integration can't be installed here; the text says why.

    Silent under `integrations="auto"`, a ConfigError where it was named.
    """


class Integration(ABC):
    """Joins one framework.

    Attributes:
        name: The name of the framework's module, which is also that of the entry point.
    """

    name: ClassVar[str]

    @abstractmethod
    def install(self) -> Callable[[], None]:
        """Patch the framework, and return what takes the patches back.

        Raises:
            DidNotEnable: The framework is absent, too old, or already taken care of.
        """

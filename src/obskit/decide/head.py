"""Decide at the head of a unit of work: once for all of its lines and spans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from obskit.context.scope import Scope
    from obskit.decide.sampling import Sampler

WHOLE: Mapping[str, Any] = {}


class Head:
    """The head's decision, remembered on the scope.

    Args:
        sampler: Decides where there is no trace that has decided.
    """

    __slots__ = ("_blake", "_sampler", "decides")

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        # Where everything is kept no line has to ask.
        self.decides = sampler.rate < 1.0
        self._blake: Any = _blake() if self.decides else None

    def __call__(self, scope: Scope | None, trace: tuple[bool, float] | None) -> Mapping[str, Any] | None:
        """Return the sampling block (empty: the line stands for itself), or None where the line is left out.

        Args:
            scope: The unit of work.
            trace: Whether its trace is sampled, and the probability with which it was; None without a trace.
        """
        if scope is None:
            return WHOLE if trace is None else self._block(*trace)
        if scope.kept:
            return WHOLE
        if scope.sampled is None:
            scope.sampled, scope.rate = self._decide(scope) if trace is None else trace
        return self._block(scope.sampled, scope.rate)

    def _decide(self, scope: Scope) -> tuple[bool, float]:
        digest = (self._blake or _blake())(scope.correlation_id.encode(), digest_size=8).digest()
        return self._sampler.keeps(int.from_bytes(digest)), self._sampler.rate

    @staticmethod
    def _block(sampled: bool, rate: float) -> Mapping[str, Any] | None:
        if not sampled:
            return None
        return {"rate": rate, "reason": "head"} if rate < 1.0 else WHOLE


def _blake() -> Any:
    # hashlib loads OpenSSL, which a process that keeps everything has no use for.
    from hashlib import blake2b

    return blake2b

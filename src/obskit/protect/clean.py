"""Remember long texts in which nothing was found: of an exception that comes again, the stack trace is one."""

from __future__ import annotations

# A shorter one is looked through as fast as it is remembered; few longer ones come again.
_SHORTEST = 512
_LONGEST = 16_384
_MOST = 32


class Clean:
    """The texts in which a policy's detectors found nothing lately; never one in which they found something."""

    __slots__ = ("_texts",)

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def __contains__(self, text: str) -> bool:
        return _SHORTEST <= len(text) <= _LONGEST and text in self._texts

    def add(self, text: str) -> None:
        """Remember a text, where that is worth it."""
        if _SHORTEST <= len(text) <= _LONGEST:
            # Starting anew is cheaper than keeping an order.
            if len(self._texts) >= _MOST:
                self._texts.clear()
            self._texts[text] = None

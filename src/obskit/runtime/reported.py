"""Remember which exceptions have been reported, without touching or keeping them."""

from __future__ import annotations

import weakref
from collections import OrderedDict

_MOST = 256


class Reported:
    """The exceptions that a line already tells of, by identity; bounded, and holding none alive."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: OrderedDict[int, weakref.ref[BaseException]] = OrderedDict()

    def add(self, error: BaseException) -> None:
        """Remember an exception; one that can't be referred to weakly is not remembered."""
        try:
            self._seen[id(error)] = weakref.ref(error)
        except TypeError:
            return
        if len(self._seen) > _MOST:
            try:
                self._seen.popitem(last=False)
            except KeyError:
                return

    def __contains__(self, error: BaseException) -> bool:
        # The identity alone is not enough: it is given again once an exception is gone.
        known = self._seen.get(id(error))
        return known is not None and known() is error

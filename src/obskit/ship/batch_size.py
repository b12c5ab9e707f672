"""Say how many records a request holds: many more where a target takes long for each request, whatever is in it."""

from __future__ import annotations

_USUAL = 512
_MOST = 16_384
_TIMES = 4
# Seconds to an answer. A target this slow may be paid for by the request; one this quick has nothing to be spared.
_SLOW = 0.25
_QUICK = 0.05
# Were it paid for by the record, a larger request would take so many times as long: it must not run into its time-out.
_LONGEST = 9.0


class BatchSize:
    """The records of a lane's next batch.

    Attributes:
        most: How many there may be.
    """

    __slots__ = ("_begun", "_each", "_records", "most")

    def __init__(self) -> None:
        self.most = _USUAL
        self._begun = 0.0
        self._records = 0
        # Seconds a record in the last full batch of the size before.
        self._each = 0.0

    def sent(self, records: int, now: float) -> None:
        """Note that a request was sent.

        Args:
            records: How many it holds.
            now: Seconds, monotonic.
        """
        self._begun, self._records = now, records

    def answered(self, now: float) -> None:
        """Learn from the answer how large the next batch may be.

        Args:
            now: Seconds, monotonic.
        """
        taken = now - self._begun
        if taken < _QUICK:
            self.failed()
        # A batch may end before its number is reached, at the end of a segment or with the bytes of a request.
        elif taken >= _SLOW and self._records > self.most // 2:
            each = taken / self._records
            if each <= self._each / 2:
                # Shown: it is the request that takes the time.
                self.most = _MOST
            elif taken * _TIMES <= _LONGEST and not self._each:
                self._each, self.most = each, self.most * _TIMES

    @property
    def to_have_ready(self) -> int:
        """How many records to read while a target thinks; 0 where it is too quick for that to gain anything."""
        return _MOST if self.most > _USUAL else 0

    def failed(self) -> None:
        """Begin anew with small ones."""
        self.most, self._each = _USUAL, 0.0

"""The flight recorder: hold what is left out of a unit of work until it is known whether it matters."""

from __future__ import annotations

import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from obskit.context.scope import Scope

UNIT_BYTES = 256 << 10
PROCESS_BYTES = 16 << 20
# What an entry takes beside its payload.
_ENTRY = 200


# A record that is not emitted yet:
#   what it is made of, serialised, because a reference would show later changes;
#   its kind: "event" (message and fields, not redacted), "line" (protected, without an id), "span" (not redacted);
#   what left it out: "level" or "sampling";
#   its time (nanoseconds since the epoch), its level, its logger, and the ids of its span as a line shows them.
Held: TypeAlias = tuple[bytes, str, str, int, int, str, bytes]


class Ring:
    """What one unit of work holds, oldest first."""

    __slots__ = ("__weakref__", "deadline", "entries", "owner", "size")

    def __init__(self, deadline: float, owner: object) -> None:
        # Whoever counts its bytes: not so a later `init`, nor a forked child.
        self.owner = owner
        self.entries: deque[Held] = deque()
        self.size = 0
        self.deadline = deadline


class Recorder:
    """The rings of all units of work that go on in this process, bounded in bytes, without a lock.

    Args:
        slow: Seconds after which a unit's ring is released.
        dropped: Called with a reason and a number for what is dropped: `level` and `sampling` for what left it out,
            `recorder` where a ring had no room.
        unit_bytes: What one unit may hold.
        process_bytes: What all of them may hold together.
        clock: Seconds, monotonic; that of `Scope.started`.
    """

    def __init__(
        self,
        slow: float,
        dropped: Callable[[str, int], None],
        *,
        unit_bytes: int = UNIT_BYTES,
        process_bytes: int = PROCESS_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.slow = slow
        self.size = 0
        self._owner = object()
        self._dropped = dropped
        self._unit_bytes = unit_bytes
        self._process_bytes = process_bytes
        self._clock = clock
        self._rings: dict[int, tuple[weakref.ref[Scope], Ring]] = {}

    def hold(self, scope: Scope, held: Held) -> bool:
        """Put a record at the end of a unit's ring; the oldest go where it has no room.

        Returns:
            Whether it is the unit's first.
        """
        ring, owner = scope.ring, self._owner
        first = ring is None or ring.owner is not owner
        if ring is None or ring.owner is not owner:
            made = Ring(scope.started + self.slow, owner)
            # No call stands between looking and storing: of two threads the second takes the first one's ring.
            ring = scope.ring
            if ring is None or ring.owner is not owner:
                scope.ring = ring = made
            self._rings[id(scope)] = (weakref.ref(scope, self._forgetting(id(scope), ring)), ring)
        size = len(held[0]) + _ENTRY
        ring.entries.append(held)
        # No call stands between reading and storing a size, so no other thread comes in between.
        ring.size += size
        self.size += size
        if ring.size > self._unit_bytes or self.size > self._process_bytes:
            self._make_room(ring)
        return first

    def _make_room(self, ring: Ring) -> None:
        gone = 0
        while ring.size > self._unit_bytes or self.size > self._process_bytes:
            oldest = _pop(ring)
            if oldest is None:
                break
            size = len(oldest[0]) + _ENTRY
            ring.size -= size
            self.size -= size
            gone += 1
        if gone:
            self._dropped("recorder", gone)

    def release(self, scope: Scope) -> Iterator[Held]:
        """Take a unit's records out, oldest first; each goes to one caller only."""
        ring = self._ring(scope)
        while ring is not None and (held := _pop(ring)) is not None:
            size = len(held[0]) + _ENTRY
            ring.size -= size
            self.size -= size
            yield held

    def end(self, scope: Scope) -> None:
        """Drop what a unit still holds: it ended without a fault, in time and unmarked."""
        ring = self._ring(scope)
        if ring is None:
            return
        self._rings.pop(id(scope), None)
        self._drop(ring)

    def _drop(self, ring: Ring) -> None:
        self.size -= ring.size
        ring.size = 0
        counts: dict[str, int] = {}
        while (held := _pop(ring)) is not None:
            counts[held[2]] = counts.get(held[2], 0) + 1
        for why, count in counts.items():
            self._dropped(why, count)

    def due(self) -> list[Scope]:
        """Return the units that have become slow since the last call and still go on."""
        now, found = self._clock(), []
        for key, (reference, ring) in list(self._rings.items()):
            if ring.deadline <= now:
                self._rings.pop(key, None)
                scope = reference()
                if scope is not None and not scope.sealed:
                    found.append(scope)
        return found

    def forget(self) -> None:
        """In a forked child: what the parent's units hold is the parent's to tell."""
        self._rings, self.size, self._owner = {}, 0, object()

    def _ring(self, scope: Scope) -> Ring | None:
        ring = scope.ring
        return ring if ring is not None and ring.owner is self._owner else None

    def _forgetting(self, key: int, ring: Ring) -> Callable[[object], None]:
        def gone(_: object) -> None:
            # A unit that nobody ended.
            found = self._rings.get(key)
            if found is not None and found[1] is ring:
                self._rings.pop(key, None)
                self._drop(ring)

        return gone


def _pop(ring: Ring) -> Held | None:
    try:
        return ring.entries.popleft()
    except IndexError:
        return None

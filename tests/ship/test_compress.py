"""Compression in slices."""

from __future__ import annotations

import gzip as reference
import os

from hypothesis import given
from hypothesis import strategies as st

from obskit.ship.compress import SLICE, gzip


@given(st.lists(st.binary(max_size=100), max_size=20), st.integers(0, 3))
def test_what_is_unpacked_is_what_was_packed(chunks: list[bytes], large: int) -> None:
    """Any parts, small and larger than a slice, come back as their whole."""
    chunks = [*chunks, os.urandom(7) * SLICE * large]

    assert b"".join(chunks) == reference.decompress(gzip(chunks, lambda: None))


def test_there_is_a_pause_after_each_slice() -> None:
    """A body of ten slices is packed with ten pauses."""
    pauses: list[int] = []

    gzip([b"x" * SLICE * 10], lambda: pauses.append(1))

    assert len(pauses) == 10

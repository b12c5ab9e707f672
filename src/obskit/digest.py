"""SHA-256 without OpenSSL: hashlib would load it in every process, and for small digests only."""

from __future__ import annotations

import contextlib
from importlib import import_module
from typing import Any


def _made() -> Any:
    for name in ("_sha2", "_sha256"):
        with contextlib.suppress(ImportError):
            return import_module(name).sha256
    from hashlib import sha256

    return sha256


sha256: Any = _made()

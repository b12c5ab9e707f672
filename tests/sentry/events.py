"""Set-ups, records and exceptions that the tests of Sentry share."""

from __future__ import annotations

import re
from typing import Any

from obskit.sentry import SentryClient, setup

IDS = {"correlation_id": "req-7", "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331"}
SECRET = re.compile(r"hunter2|(?<![\w.])[\w.]{1,64}@[\w.]+\.\w+|4111[ -]?1111[ -]?1111[ -]?1111")
KEYS = re.compile(r"(?i)password|token|authorization|cookie")


def protect(value: Any, key: str | None) -> Any:
    """Redact as obskit's redactor does: by key, by value, and through containers."""
    if key is not None and KEYS.search(key):
        return "[REDACTED:key]"
    if isinstance(value, str):
        return SECRET.sub("[REDACTED:value]", value)
    if isinstance(value, dict):
        return {str(protect(name, None)): protect(item, name) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [protect(item, None) for item in value]
    return value


def install(dsn: str, **changes: Any) -> SentryClient:
    options: dict[str, Any] = {
        "service": "shop",
        "environment": "test",
        "release": "1.2.3",
        "server_name": "host-1",
        "protect": protect,
        "ids": lambda: IDS,
        "resource": {"service.name": "shop", "service.version": "1.2.3"},
    }
    return setup(dsn, **{**options, **changes})


def record(**changes: Any) -> dict[str, Any]:
    """Return an emitted record as the pipeline hands it over."""
    base = {
        "timestamp": "2026-01-02T03:04:05.000006Z",
        "level": "ERROR",
        "message": "checkout failed",
        "logger": "shop.checkout",
        **IDS,
        "service": "shop",
        "environment": "test",
        "error": {"type": "ValueError", "message": "no stock", "fingerprint": "f" * 32},
        "id": "0" * 32 + "-l7",
    }
    return {**base, **changes}


def raised(error: BaseException) -> BaseException:
    """Raise and catch, so that the exception has a traceback with locals."""
    password = "hunter2"
    customer = {"email": "jane@example.com", "note": "card 4111 1111 1111 1111"}
    settings = Settings(password)
    try:
        raise error
    except BaseException as caught:
        assert customer
        assert settings
        return caught


class Settings:
    def __init__(self, password: str) -> None:
        self.password = password

    def __repr__(self) -> str:
        return f"Settings(user='x', password={self.password!r}, token='abc def')"

"""In: every record of level ERROR or above, or with an error, that was really emitted, and its exception.

Out: redacted Sentry events under the same ids, delivered by sentry-sdk, which is imported by `setup` and not before.
"""

from __future__ import annotations

from obskit.sentry.client import SentryClient, setup

__all__ = ["SentryClient", "setup"]

"""obskit for HTTPX: one client span an attempt, and the ids of the caller sent along."""

from __future__ import annotations

from obskit_httpx.integration import HTTPXIntegration

__all__ = ["HTTPXIntegration"]

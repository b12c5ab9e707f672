"""obskit for Celery: a producer span and a carrier with each message, a unit of work for each run of a task."""

from __future__ import annotations

from obskit_celery.integration import CeleryIntegration

__all__ = ["CeleryIntegration"]

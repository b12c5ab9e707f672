"""obskit for Flask: one unit of work, one server span and one access line a request."""

from __future__ import annotations

from obskit_flask.extension import Obskit
from obskit_flask.integration import FlaskIntegration

__all__ = ["FlaskIntegration", "Obskit"]

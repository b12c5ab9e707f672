"""The credentials that vendors give out in a form of their own, as one table; `token_rows` has the rows by field."""

from __future__ import annotations

from obskit.protect.token_rows import clouds, code, commerce, messages, models, services
from obskit.protect.token_rows.row import Token

# Where two rows find something at one place, the earlier is right.
TOKENS: tuple[Token, ...] = (
    *code.ROWS,
    *models.ROWS,
    *clouds.ROWS,
    *commerce.ROWS,
    *messages.ROWS,
    *services.ROWS,
)

__all__ = ["TOKENS", "Token"]

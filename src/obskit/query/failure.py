"""The one exception of the query stage."""

from __future__ import annotations


class QueryError(Exception):
    """Say in one line why a question cannot be answered, and what to type instead.

    Args:
        message: One line, for the person who asked.
        status: Exit status of the command: 2 for a wrong question, 1 where nothing was found.
    """

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.status = status

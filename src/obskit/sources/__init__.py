"""Where records come from: structlog loggers, the standard library's, and exceptions that nobody caught.

Enters: calls of the application and of its libraries.
Leaves: level, logger, message, fields and exception, handed to the runtime in force.
"""

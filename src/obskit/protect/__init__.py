"""Make a record safe to leave the process: redaction by key and by value, then limits of type, size and depth.

Enters: a record with any values a caller could give.
Leaves: plain data (str, int, float, bool, None, list, dict with str keys), redacted, within limits.
"""

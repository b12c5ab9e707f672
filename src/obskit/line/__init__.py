"""Turn a protected record into one line of bytes.

Enters: a dict in schema order, redacted and within limits.
Leaves: UTF-8 JSON in bytes, to which the writer adds the id as last key, and the newline.
"""

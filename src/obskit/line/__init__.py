"""Turn a protected record into one line of bytes.

Enters: a dict in schema order, redacted and within limits.
Leaves: UTF-8 JSON without its closing brace's id; the writer adds the id and the newline.
"""

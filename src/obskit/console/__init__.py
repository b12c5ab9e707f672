"""Show lines to people and to whatever collects standard output.

Enters: a finished line, and its record for the pretty form.
Leaves: bytes on a stream.
"""

"""Build one dict, in the order of the standard schema, from an event, the current scope and the current span.

Enters: level, message, fields and exception of a log call, or a span that has ended.
Leaves: a record whose values may still be anything; the protect stage makes them safe.
"""

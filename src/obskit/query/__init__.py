"""Answer questions from what the journal holds.

Enters: a journal directory, a JSON-lines file or a stream of lines, written by this or another process.
Leaves: records in the order of time, traces as trees, errors as groups; nothing is printed here and nothing changed.
"""

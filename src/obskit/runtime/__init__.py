"""Wire the stages together: the one Runtime of the process.

Enters: settings.
Leaves: a pipeline that every source emits into, a journal, a shipper; swapped as a whole by the next `init`.
"""

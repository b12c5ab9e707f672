"""Keep every line in append-only segment files: spool, crash log and store at once.

Enters: finished lines of bytes, without their id.
Leaves: segments in `JOURNAL/<service>/<writer>/`, which the shipper and the commands read.
"""

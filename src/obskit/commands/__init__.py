"""Answer on the command line: `obskit logs`, `trace`, `errors`, `schema`, `doctor`.

Enters: arguments, the environment, what the query stage found.
Leaves: text or JSON on the standard output, remarks on the standard error, and an exit status.
"""

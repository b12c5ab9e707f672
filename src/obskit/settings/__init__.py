"""Settle how obskit behaves in this process.

Enters: the arguments of `init` and the environment.
Leaves: one frozen Settings, or one ConfigError that lists every mistake; `table.TABLE` is what both are read by.
"""

"""Measurements of obskit beside its peers: one script a claim, each contender in its own process, ratios of one run.

`python -m benchmarks` runs them all; `python -m benchmarks.log_call --quick` one of them.
"""

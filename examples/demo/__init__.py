"""The demo: in goes nothing, out comes one request followed through real processes, and the totals that must hold.

`python -m examples.demo` runs it; `run.run()` is the same traffic as a library.
"""

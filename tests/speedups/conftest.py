"""Leaves these tests out where the accelerator is not built: it needs a C compiler, and nothing else needs it.

`.ci/run` fails where it can't be imported, so that they are left out nowhere by mistake.
"""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("obskit_speedups") else ["test_*.py"]

"""Run the commands with `python -m obskit`."""

from __future__ import annotations

import sys

from obskit.commands.main import main

if __name__ == "__main__":
    sys.exit(main())

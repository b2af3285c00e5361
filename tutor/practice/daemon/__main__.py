"""`python -m tutor.practice.daemon FOLDER PORT`."""

from __future__ import annotations

import gc
import sys

# What is loaded now stays for good: looking for garbage in it would only make the start slower.
gc.disable()

from tutor.practice.daemon.run import main  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

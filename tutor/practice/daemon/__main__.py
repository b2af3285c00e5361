"""`python -m tutor.practice.daemon FOLDER PORT`."""

from __future__ import annotations

import sys

from tutor.practice.daemon.run import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

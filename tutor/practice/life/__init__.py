"""Starting, stopping and looking after the practice cluster's daemon, from outside it.

Loads nothing heavy: the commands of the tutor call it. Everything that a cluster keeps lies in one folder (see
`folder`), which only its owner can read.
Reading order: `errors`, `folder`, `instance` (which daemon runs), `client` (asking it), `control` (start, stop, …).
"""

from tutor.practice.life.control import Running, reset, start, status, stop
from tutor.practice.life.errors import PracticeError

__all__ = ["PracticeError", "Running", "reset", "start", "status", "stop"]

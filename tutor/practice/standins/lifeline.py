"""End with the daemon: its end of standard input closes when it dies, however it dies.

A thread waits for that end of file: it works on every system, and also while the application's loop is busy.
On Linux the kernel is asked as well, for the moment before the thread runs.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import BinaryIO

_PR_SET_PDEATHSIG = 1


def hold(stdin: BinaryIO) -> None:
    """End this process when `stdin` ends."""
    if sys.platform == "linux":
        _ask_kernel()
    threading.Thread(target=_wait, args=(stdin,), name="lifeline", daemon=True).start()


def _wait(stdin: BinaryIO) -> None:
    while stdin.read(4096):
        pass
    # Nobody is left to read a status or a log: no orderly shutdown.
    os._exit(137)


def _ask_kernel() -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")

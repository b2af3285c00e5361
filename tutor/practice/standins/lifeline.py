"""End with the daemon: its end of standard input closes when it dies, however it dies.

A thread waits for that end of file: it works on every system, and also while the application's loop is busy.
On Linux the kernel is asked as well, for the moment before the thread runs.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1


# Standard input by its number: a thread that holds the buffered object's lock would break the interpreter's exit.
STDIN = 0


def first_line() -> bytes:
    """Standard input up to its first line feed; b"" where it ends before."""
    data = b""
    while not data.endswith(b"\n"):
        piece = os.read(STDIN, 1 << 16)
        if not piece:
            return b""
        data += piece
    return data


def hold() -> None:
    """End this process when standard input ends."""
    if sys.platform == "linux":
        _ask_kernel()
    threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def _wait() -> None:
    while os.read(STDIN, 4096):
        pass
    # Nobody is left to read a status or a log: no orderly shutdown.
    os._exit(137)


def _ask_kernel() -> None:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")

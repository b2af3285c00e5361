"""What differs between the systems when a container's process is started and ended: all of it is here.

Linux and macOS: own session (so a terminal's Ctrl+C does not reach it), SIGTERM and SIGKILL to its group, bound
sockets handed over. Windows: own process group, TerminateProcess for both, port numbers handed over.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from tutor.practice.standins.configuration import Listen


def interpreter() -> str:
    """The Python that runs the stand-ins. On Windows a venv's python.exe only starts another: end that one itself."""
    base = getattr(sys, "_base_executable", "")
    return str(base) if sys.platform == "win32" and base else sys.executable


def process_environment() -> dict[str, str]:
    """The process's real environment: nothing of a manifest, and only what the system needs to start a program."""
    needed = (
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "TEMP",
        "TMP",
        "LANG",
        "LC_ALL",
        "TZ",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
    )
    return {name: os.environ[name] for name in needed if name in os.environ}


def creation_options() -> Mapping[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def reserve(port: int) -> tuple[Listen, int, socket.socket | None]:
    """(what the process is told, the local port, the socket to hand over and then close).

    The socket is bound and does not listen yet, so until the process does, a connection is refused.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.bind(("127.0.0.1", 0))
    local = int(bound.getsockname()[1])
    if sys.platform == "win32":
        # No inherited sockets there: between this close and the process's bind another program could take the port,
        # and the container would then fail to start and be restarted.
        bound.close()
        return Listen(port, "port", local), local, None
    return Listen(port, "fd", bound.fileno()), local, bound


def terminate(pid: int) -> None:
    """Ask the process (and its group) to end. No error where it has already."""
    _signal(pid, getattr(signal, "SIGTERM", 15))


def kill(pid: int) -> None:
    _signal(pid, getattr(signal, "SIGKILL", 9))


def _signal(pid: int, number: int) -> None:
    try:
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)
        else:
            os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        # It ended meanwhile; on macOS a group of ended processes answers with a permission error.
        return


def exit_code(returncode: int, ended_by: int | None) -> int:
    """As a container runtime counts: 128 + signal. Windows has no signals: there `ended_by` (15 or 9) is our own."""
    if sys.platform == "win32":
        return returncode & 0xFF if ended_by is None else 128 + ended_by
    return 128 - returncode if returncode < 0 else returncode

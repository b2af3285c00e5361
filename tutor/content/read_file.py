"""Reading a learner's file whatever it is: never waiting, never more than `LIMIT`, and never a traceback."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

LIMIT = 2 * 1024 * 1024
"""Bytes. The largest manifest of the exercise has 1 KB."""
TRIES = 3


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What was had of one file."""

    path: str
    """Relative to the workspace, with forward slashes."""
    exists: bool
    data: bytes = b""
    error: str = ""
    """Why there are no bytes although something is there: a sentence with what to do; empty where all went well."""
    near: str = ""
    """Where the file is missing: one beside it that may be the one meant, e.g. "kube/gateway/deployment.yml"."""


def read_bytes(path: Path) -> tuple[bool, bytes, str]:
    """(exists, bytes, error) of one file. Devices, pipes and folders are told by `stat` and not opened."""
    for _ in range(TRIES):
        try:
            status = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            if path.is_symlink():
                return True, b"", "is a link to a file that does not exist. Put the file itself there."
            return False, b"", ""
        except (OSError, ValueError) as error:
            return True, b"", _sentence(error)
        if refused := _not_a_file(status):
            return True, b"", refused
        if status.st_size > LIMIT:
            return True, b"", _too_large(status.st_size)
        try:
            data, before, after = _read(path)
        except FileNotFoundError:
            continue  # between two of an editor's renames
        except OSError as error:
            return True, b"", _sentence(error)
        if refused := _not_a_file(before):
            return True, b"", refused
        if len(data) > LIMIT:
            return True, b"", _too_large(max(after.st_size, len(data)))
        if _same(before, after, len(data)):
            return True, data, ""
    return True, b"", "keeps changing while it is read. Wait until your editor has saved it."


def _read(path: Path) -> tuple[bytes, os.stat_result, os.stat_result]:
    # O_NONBLOCK: what was a file a moment ago may be a FIFO now, and opening one waits for its writer.
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, name, 0)
    handle = os.open(path, flags)
    with os.fdopen(handle, "rb") as file:
        before = os.fstat(handle)
        data = file.read(LIMIT + 1) if stat.S_ISREG(before.st_mode) else b""
        return data or b"", before, os.fstat(handle)


def _same(before: os.stat_result, after: os.stat_result, length: int) -> bool:
    return (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size) and length == after.st_size


def _not_a_file(status: os.stat_result) -> str:
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return ""
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe (FIFO)"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    kind = next((name for test, name in kinds if test(mode)), "something else")
    return f"is {kind}, not a file. Put a YAML file there."


def _too_large(size: int) -> str:
    return f"has {size / 1024 / 1024:.1f} MB; a manifest has a few hundred lines at most. It was not read."


def _sentence(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        if error.errno == errno.ELOOP:
            return "is a link that leads to itself. Put the file itself there."
        if isinstance(error, PermissionError):
            return "may not be read by you. Change its permissions (chmod u+r)."
        return f"cannot be read ({error.strerror or error})."
    return f"cannot be read ({error})."

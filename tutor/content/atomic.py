"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` at `path`: readers see the old file or the new one, never half of one. Raises: `OSError`."""
    temporary = _temporary(path, data)
    try:
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def create_file(path: Path, data: bytes) -> None:
    """Put `data` at `path` where nothing is yet, not even a link to nothing.

    Raises: `FileExistsError` where something is, else `OSError`.
    """
    temporary = _temporary(path, data)
    try:
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError, AttributeError):
            # No hard links here (FAT, some mounts). An exclusive open overwrites nothing either.
            with path.open("xb") as file:
                file.write(data)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _temporary(path: Path, data: bytes) -> Path:
    """A new file with `data`, beside `path` so that it can be renamed to it, with the rights of a usual file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        # Not to be mistaken for a file that is there already.
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path.parent)) from error
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.name == "posix":
            temporary.chmod(_usual_mode(path))
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _usual_mode(path: Path) -> int:
    """The rights of the file that is replaced, else what the umask leaves of 0666. State folders are 0700."""
    with suppress(OSError):
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask

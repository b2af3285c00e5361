"""The folder of one practice cluster: what lies in it, and that only its owner can read it."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tutor.practice.life.errors import FolderUnusable


@dataclass(frozen=True, slots=True)
class ClusterFolder:
    path: Path

    @property
    def kubeconfig(self) -> Path:
        return self.path / "kubeconfig"

    @property
    def instance(self) -> Path:
        """Which daemon runs: process, boot id, port."""
        return self.path / "instance.json"

    @property
    def starting_lock(self) -> Path:
        """Held by who starts or stops the daemon."""
        return self.path / "starting.lock"

    @property
    def running_lock(self) -> Path:
        """Held by the daemon as long as it lives; the system lets go of it however the daemon ends."""
        return self.path / "running.lock"

    @property
    def token(self) -> Path:
        return self.path / "token"

    @property
    def certificates(self) -> Path:
        return self.path / "certificates"

    @property
    def signing_key(self) -> Path:
        """Of ServiceAccounts' tokens, PEM; there once a token was made."""
        return self.certificates / "service-accounts.key"

    @property
    def objects(self) -> Path:
        """The cluster's objects (SQLite)."""
        return self.path / "objects.sqlite"

    @property
    def log(self) -> Path:
        return self.path / "daemon.log"

    @property
    def output(self) -> Path:
        """What the daemon prints, which is nothing unless Python itself fails."""
        return self.path / "daemon.output"

    @property
    def node(self) -> Path:
        """The kubelet's: logs of containers, records of processes."""
        return self.path / "node"

    def create(self) -> None:
        """For this user alone. Raises: `FolderUnusable`."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.name == "posix":
                self.path.chmod(0o700)
        except OSError as error:
            raise unusable(self.path, error) from error


def unusable(path: Path, error: OSError) -> FolderUnusable:
    if error.errno == errno.ENOSPC:
        return FolderUnusable(
            f"The disk that holds {path} is full, so the practice cluster cannot keep its objects."
            " Free some space and start it again; what it has saved so far is kept."
        )
    return FolderUnusable(
        f"The practice cluster cannot use {path} ({error.strerror or error})."
        " Set HOMICS_STATE_DIR to a folder that you may write to."
    )


def write_private(path: Path, data: bytes) -> None:
    """Whole or not at all, readable by its owner alone. Raises: `FolderUnusable`."""
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # mkstemp makes files of mode 0600.
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(name, path)
    except OSError as error:
        if name:
            with contextlib.suppress(OSError):
                Path(name).unlink(missing_ok=True)
        raise unusable(path.parent, error) from error

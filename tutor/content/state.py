"""Where the tutor keeps what it remembers: progress, timelines, copies of files that were put back.

One root for everything (`HOMICS_STATE_DIR` moves it), one folder in it for each workspace.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "HOMICS_STATE_DIR"


class StateUnusable(Exception):
    """The state folder cannot be made or written; the text says which and what to do."""


def state_root() -> Path:
    """`HOMICS_STATE_DIR`, else the place where this system keeps the state of programs. Nothing is created."""
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser().absolute()
    from platformdirs import user_state_path  # 5 ms that `--version` need not pay

    return user_state_path("homics-tutor", appauthor=False)


@dataclass(frozen=True, slots=True)
class WorkspaceState:
    """The state folder of one workspace."""

    folder: Path

    @property
    def progress(self) -> Path:
        return self.folder / "progress.json"

    @property
    def timeline(self) -> Path:
        return self.folder / "timeline.jsonl"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    def create(self) -> None:
        """Make the folder, for this user alone. Raises: `StateUnusable`."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StateUnusable(
                f"{self.folder} cannot be made ({error.strerror}), so nothing can be remembered."
                f" Set {VARIABLE} to a folder that you may write to."
            ) from error


def workspace_state(workspace: Path, root: Path | None = None) -> WorkspaceState:
    """The state folder of the workspace `workspace`, told apart by its absolute path."""
    absolute = os.path.normcase(workspace.resolve())
    digest = hashlib.sha256(absolute.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return WorkspaceState((root or state_root()) / "workspaces" / digest)

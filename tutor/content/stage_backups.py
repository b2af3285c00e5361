"""What was on a cluster before an instructor set a stage, kept so that it can be had back.

One folder each, `stages/NNNN/` in the workspace's state folder: `objects.json`, a List that `kubectl apply -f` takes as
well, and `about.json`, written last, so that a backup without it was never finished and is passed over.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.content.atomic import replace_file
from tutor.content.state import WorkspaceState

OBJECTS, ABOUT = "objects.json", "about.json"
MOST = 30
"""Backups that are kept; the oldest go first."""


class BackupFailed(Exception):
    """A backup could not be written or read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Backup:
    number: int
    """Counts from 1; 0 before it is kept."""
    at: float
    """Unix seconds."""
    why: str
    """What was about to be done, e.g. "stage readiness"."""
    context: str
    server: str
    namespace: str
    objects: tuple[dict[str, Any], ...]
    """Manifests that bring the objects back."""
    absent: tuple[tuple[str, str], ...]
    """(kind, name) of the course's objects that were not there."""
    progress: dict[str, Any]
    """The saved progress of then, as JSON."""
    restored: bool = False
    folder: Path = Path()


class StageBackups:
    """The backups of one workspace, by their numbers."""

    def __init__(self, state: WorkspaceState) -> None:
        self._root = state.folder / "stages"

    def keep(self, backup: Backup) -> Backup:
        """Write a new one, whole, before anything is touched. Raises: `BackupFailed`."""
        number = max(self._numbers(), default=0) + 1
        folder = self._root / f"{number:04d}"
        kept = replace(backup, number=number, folder=folder)
        try:
            folder.mkdir(parents=True, mode=0o700)
            listed = {"apiVersion": "v1", "kind": "List", "items": list(backup.objects)}
            replace_file(folder / OBJECTS, _json(listed))
            self._write_about(kept)
            for path in (folder / OBJECTS, folder / ABOUT):
                path.chmod(0o600)
        except OSError as error:
            raise BackupFailed(
                f"No backup could be kept in {folder} ({error.strerror}), so nothing was changed on the cluster."
            ) from error
        for old in sorted(self._numbers())[:-MOST]:
            shutil.rmtree(self._root / f"{old:04d}", ignore_errors=True)
        return kept

    def all(self) -> tuple[Backup, ...]:
        """Those that can be restored, the newest first. One that cannot be read is left out."""
        found = []
        for number in sorted(self._numbers(), reverse=True):
            try:
                found.append(self.load(number))
            except BackupFailed:
                continue
        return tuple(found)

    def newest(self) -> Backup | None:
        """The newest one that was not restored yet."""
        return next((backup for backup in self.all() if not backup.restored), None)

    def load(self, number: int) -> Backup:
        """Raises: `BackupFailed` where there is none of that number, or none that can be read."""
        folder = self._root / f"{number:04d}"
        try:
            about = json.loads((folder / ABOUT).read_bytes())
            objects = json.loads((folder / OBJECTS).read_bytes())["items"]
            return Backup(
                number,
                float(about["at"]),
                str(about["why"]),
                str(about["context"]),
                str(about["server"]),
                str(about["namespace"]),
                tuple({**obj} for obj in objects),
                tuple((str(kind), str(name)) for kind, name in about["absent"]),
                {**about["progress"]},
                bool(about["restored"]),
                folder,
            )
        except FileNotFoundError as error:
            raise BackupFailed(f"There is no backup {number}.") from error
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise BackupFailed(f"The backup in {folder} cannot be read ({error}).") from error

    def mark_restored(self, backup: Backup) -> None:
        """Raises: `BackupFailed`."""
        try:
            self._write_about(replace(backup, restored=True))
        except OSError as error:
            raise BackupFailed(f"{backup.folder / ABOUT} cannot be written ({error.strerror}).") from error

    def forget(self, backup: Backup) -> None:
        """Remove one that turned out to hold nothing new."""
        shutil.rmtree(backup.folder, ignore_errors=True)

    def _write_about(self, backup: Backup) -> None:
        about = {
            "at": backup.at,
            "why": backup.why,
            "context": backup.context,
            "server": backup.server,
            "namespace": backup.namespace,
            "absent": [list(key) for key in backup.absent],
            "progress": backup.progress,
            "restored": backup.restored,
        }
        replace_file(backup.folder / ABOUT, _json(about))

    def _numbers(self) -> Iterable[int]:
        if not self._root.is_dir():
            return []
        return [int(path.name) for path in self._root.iterdir() if path.name.isdigit() and path.is_dir()]


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"

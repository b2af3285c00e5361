"""Putting a learner's files back to their starters. A copy is kept first, and the last reset can be undone.

Asking whether it is meant is the caller's. Copies: `backups/NNNN/kube/…` in the workspace's state folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tutor.content.atomic import create_file, replace_file
from tutor.content.locate import CourseFolders
from tutor.content.read_file import read_bytes
from tutor.content.state import WorkspaceState
from tutor.content.workspace import Workspace

MISSING = "missing.txt"
"""In a backup: the files that were not there before the reset, one a line. Undoing removes them again."""


class ResetFailed(Exception):
    """Nothing was changed, or what was changed is kept in the backup that the text names."""


@dataclass(frozen=True, slots=True)
class ResetDone:
    files: tuple[str, ...]
    """Those that now hold something else."""
    unchanged: tuple[str, ...]
    """Those that were as wanted already."""
    backup: Path | None
    """Where the copies are; None where nothing had to be changed."""


def reset(workspace: Workspace, course: CourseFolders, state: WorkspaceState, files: Iterable[str]) -> ResetDone:
    """Put `files` back to their starters, after copying what is there. Raises: `ResetFailed`."""
    return put(workspace, state, {file: course.starter / file for file in files})


def put(workspace: Workspace, state: WorkspaceState, sources: Mapping[str, Path]) -> ResetDone:
    """Have files of the workspace hold what other files hold, after copying what is there. Raises: `ResetFailed`."""
    change: dict[str, bytes] = {}
    before: dict[str, bytes | None] = {}
    unchanged = []
    for file, source in sources.items():
        try:
            wanted = source.read_bytes()
        except OSError as error:
            raise ResetFailed(f"There is no starter for {file} ({error.strerror}). Nothing was changed.") from error
        exists, data, problem = read_bytes(workspace.path(file))
        if problem:
            raise ResetFailed(f"{file} {problem} Nothing was changed.")
        if exists and data == wanted:
            unchanged.append(file)
            continue
        change[file], before[file] = wanted, data if exists else None
    if not change:
        return ResetDone((), tuple(unchanged), None)
    backup = _keep(state, before)
    _write(workspace, dict(change), backup)
    return ResetDone(tuple(change), tuple(unchanged), backup)


def undo(workspace: Workspace, state: WorkspaceState) -> ResetDone | None:
    """Have the files back as they were before the last reset; None where there is nothing to undo.

    What they hold now is kept as a backup of its own, so that undoing can be undone. Raises: `ResetFailed`.
    """
    backups = _backups(state)
    if not backups:
        return None
    last = backups[-1]
    change: dict[str, bytes | None] = {}
    try:
        for path in sorted(last.rglob("*")):
            if path.is_file() and path.name != MISSING:
                change[path.relative_to(last).as_posix()] = path.read_bytes()
        missing = last / MISSING
        for file in missing.read_text(encoding="utf-8").splitlines() if missing.exists() else ():
            change[file] = None
    except OSError as error:
        raise ResetFailed(f"The copies in {last} cannot be read ({error.strerror}). Nothing was changed.") from error
    before: dict[str, bytes | None] = {}
    for file in change:
        exists, data, problem = read_bytes(workspace.path(file))
        if problem:
            raise ResetFailed(f"{file} {problem} Nothing was changed. The copies are in {last}.")
        before[file] = data if exists else None
    backup = _keep(state, before)
    _write(workspace, change, backup)
    return ResetDone(tuple(change), (), backup)


def _keep(state: WorkspaceState, before: dict[str, bytes | None]) -> Path:
    """A new backup of these contents, complete before anything is overwritten."""
    numbers = [int(path.name) for path in _backups(state)]
    backup = state.backups / f"{max(numbers, default=0) + 1:04d}"
    try:
        backup.mkdir(parents=True, mode=0o700)
        for file, data in before.items():
            if data is not None:
                create_file(backup / file, data)
        gone = [file for file, data in before.items() if data is None]
        if gone:
            create_file(backup / MISSING, "\n".join(gone).encode() + b"\n")
    except OSError as error:
        raise ResetFailed(
            f"No copy of your files could be kept in {backup} ({error.strerror}), so nothing was changed."
        ) from error
    return backup


def _write(workspace: Workspace, change: dict[str, bytes | None], backup: Path) -> None:
    for file, data in change.items():
        path = workspace.path(file)
        try:
            if data is None:
                path.unlink(missing_ok=True)
            else:
                # Through a link to the file it points at, so that the link stays one.
                replace_file(Path(os.path.realpath(path)), data)
        except OSError as error:
            raise ResetFailed(
                f"{file} cannot be written ({error.strerror}). Copies of all files are in {backup}."
            ) from error


def _backups(state: WorkspaceState) -> list[Path]:
    if not state.backups.is_dir():
        return []
    return sorted(path for path in state.backups.iterdir() if path.is_dir() and path.name.isdigit())

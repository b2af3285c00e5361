"""Noticing that files were saved, by looking at them: at once when the system says that something changed.

Its word does not come everywhere (`file_events`); looking works everywhere. So there is a look now and then, too, and
once that found what nobody had told of, nobody is relied on: then there are two looks a second, and more at the few
files that are worked on. It sees files that an editor replaces by renaming, that appear and that vanish.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.content.file_events import Events
from tutor.content.read_file import read_bytes
from tutor.content.workspace import Workspace

if TYPE_CHECKING:
    from tutor.kube.times import Clock

INTERVAL = 0.5
"""Seconds between two looks where nobody tells of changes."""
TOLD = 2.0
"""Seconds between two looks where the system does."""
GATHER = 0.03
"""Seconds from its word to the look: an editor empties a file before it writes it."""
GRACE = 1.0
"""Seconds that its word may be later than the look that found the change."""
GLANCE = 0.08
"""Seconds between two looks at the times of the few files that are worked on."""
COARSE = 3.0
"""Seconds. Times of files are as coarse as 2 s (FAT): so long after a save its content decides, too."""

Signature = tuple[int, int, int, str]
"""(mtime in ns, size, inode, digest of the content while the file is fresh); all zero where there is no file."""
MISSING: Signature = (0, 0, 0, "")


@dataclass(frozen=True, slots=True)
class Saved:
    """One file of a workspace that changed, appeared or vanished."""

    path: str
    """Relative to the workspace, with forward slashes."""
    digest: str
    """Of its content; empty where it is gone or cannot be read."""


async def watch_files(
    workspace: Workspace,
    known: Iterable[str],
    clock: Clock,
    often: Callable[[], Iterable[str]] = tuple,
    events: Events | None = None,
) -> AsyncIterator[Saved]:
    """Saves of the `known` files and of all other manifests in the workspace. Ends when cancelled.

    `often`: those of the known files that are worked on at the time. `events`: who tells of changes, closed at the end.
    """
    course = tuple(dict.fromkeys(known))

    def files() -> dict[Path, str]:
        return {workspace.path(file): file for file in (*course, *workspace.others(course))}

    def worked_on() -> list[Path]:
        return [workspace.path(file) for file in often()]

    async for changed in FileWatch(files, lambda: workspace.folders(course)).changes(clock, worked_on, events):
        for path in sorted(changed):
            data = await asyncio.to_thread(read_bytes, path)
            yield Saved(path.relative_to(workspace.folder).as_posix(), digest(data[1]) if data[1] else "")


def digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class FileWatch:
    """Looks at the files that `files` names at the time; they may be others each time."""

    def __init__(self, files: Callable[[], Iterable[Path]], folders: Callable[[], Iterable[Path]] = tuple) -> None:
        """`folders`: where such files may appear."""
        self._files = files
        self._folders = folders
        self._seen: dict[Path, Signature] | None = None

    def poll(self, now: float) -> frozenset[Path]:
        """Those that changed, appeared or vanished since the last look. The first look finds nothing new.

        `now` is Unix seconds, for comparison with the files' own times.
        """
        seen = {path: self._signature(path, now) for path in self._files()}
        before, self._seen = self._seen, seen
        if before is None:
            return frozenset()
        changed = {path for path, signature in seen.items() if _differs(before.get(path, MISSING), signature)}
        gone = {path for path in before.keys() - seen.keys() if before[path] != MISSING}
        return frozenset(changed | gone)

    def glance(self, paths: Iterable[Path]) -> bool:
        """Whether the times of one of these files tell that it changed since the last look."""
        seen = self._seen or {}
        return any(path in seen and _stamp(path) != seen[path][:3] for path in paths)

    async def changes(
        self, clock: Clock, often: Callable[[], Iterable[Path]] = tuple, events: Events | None = None
    ) -> AsyncIterator[frozenset[Path]]:
        """What changed, whenever something did. Ends when cancelled. Slow disks do not hold up the loop.

        `often`: the few files whose times are looked at in between where nobody tells. `events`: who tells.
        """
        relied_on, told = events, True
        try:
            while True:
                changed, listens = await asyncio.to_thread(self._look, clock.now(), relied_on)
                relied_on = relied_on if listens else None
                if changed:
                    yield changed
                    if relied_on is not None and not told and not await relied_on.wait(clock, GRACE):
                        relied_on = None
                if relied_on is None:
                    await self._glance_on(clock, often)
                elif told := await relied_on.wait(clock, TOLD):
                    await clock.sleep(GATHER)
        finally:
            if events is not None:
                events.close()

    def _look(self, now: float, events: Events | None) -> tuple[frozenset[Path], bool]:
        """What `poll` found, and whether word of later changes will come."""
        listens = events is not None and events.follow(self._folders())
        return self.poll(now), listens

    async def _glance_on(self, clock: Clock, often: Callable[[], Iterable[Path]]) -> None:
        """Until the next look is due, or one of the few files changed."""
        left = INTERVAL
        while left > 0 and not self.glance(few := tuple(often())):
            pause = min(GLANCE, left) if few else left
            await clock.sleep(pause)
            left -= pause

    @staticmethod
    def _signature(path: Path, now: float) -> Signature:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return MISSING
        content = digest(read_bytes(path)[1]) if abs(now - status.st_mtime) < COARSE else ""
        return status.st_mtime_ns, status.st_size, status.st_ino, content


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return MISSING[:3]
    return status.st_mtime_ns, status.st_size, status.st_ino


def _differs(before: Signature, after: Signature) -> bool:
    if before[:3] != after[:3]:
        return True
    # The digest is left out once a file is no longer fresh: that alone is no change.
    return bool(before[3] and after[3] and before[3] != after[3])

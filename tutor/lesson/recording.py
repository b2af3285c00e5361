"""The timeline of one workspace, in memory and on disk. One process at a time writes the file; others only read it."""

from __future__ import annotations

from collections.abc import Callable

from filelock import FileLock, Timeout

from tutor.content.state import StateUnusable, WorkspaceState
from tutor.content.timeline_file import TimelineFile
from tutor.core.timeline import Entry, Timeline


class Recording(Timeline):
    """A timeline that remembers itself.

    The app, `watch` and `check --wait` may run side by side: the first one takes the lock and writes; the others keep
    what they see to themselves, and lose nothing by it, since the first one sees the same.
    """

    def __init__(self, state: WorkspaceState) -> None:
        self._file = TimelineFile(state.timeline)
        self._lock: FileLock | None = None
        self.on_append: Callable[[Entry], object] = lambda _: None
        """Called after each new entry."""
        super().__init__(self._file.load())
        try:
            state.create()
            lock = FileLock(state.folder / "recording.lock")
            lock.acquire(timeout=0)
            self._lock = lock
        except (Timeout, StateUnusable, OSError):
            # Another process records, or nothing can be written there: then this one records in memory alone.
            self._lock = None

    @property
    def writes(self) -> bool:
        return self._lock is not None

    @property
    def problem(self) -> str:
        """What keeps entries from the disk, a sentence; empty while they are written."""
        return self._file.problem

    def append(self, entry: Entry) -> None:
        super().append(entry)
        if self._lock is not None:
            self._file.append(entry)
        self.on_append(entry)

    def flush(self) -> None:
        if self._lock is not None:
            self._file.flush()

    def close(self) -> None:
        if self._lock is not None:
            self._file.close()
            self._lock.release()
            self._lock = None

"""The system's own word that something in a folder changed: inotify, FSEvents or ReadDirectoryChangesW, by watchdog.

It is a reason to look, never the whole truth. No word comes from WSL's /mnt/c, Docker mounts and network folders, of
files behind links, and where the system's limit of watches is reached.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

    from tutor.kube.times import Clock


class Events(Protocol):
    """Tells that something may have changed."""

    def follow(self, folders: Iterable[Path]) -> bool:
        """Listen to these folders from now on, not to what is in their folders. False: no word will come of some.

        Blocking; called from any thread, by one at a time.
        """
        ...

    async def wait(self, clock: Clock, seconds: float) -> bool:
        """Until word comes, or that long. Whether word came since the last call."""
        ...

    def close(self) -> None:
        """Listen no longer. Blocking."""
        ...


class FolderEvents:
    """Made in the event loop that waits for it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._told = asyncio.Event()
        self._observer: BaseObserver | None = None
        self._watched: dict[Path, tuple[int, ObservedWatch]] = {}
        """Folder → its inode and the watch on it: a folder that was made again is another one."""
        self._one_at_a_time = threading.Lock()
        self._closed = False

    def follow(self, folders: Iterable[Path]) -> bool:
        # Whoever waited for this in a thread may have been cancelled, and have closed it meanwhile.
        with self._one_at_a_time:
            return not self._closed and self._follow(folders)

    def _follow(self, folders: Iterable[Path]) -> bool:
        wanted = {folder: inode for folder in folders if (inode := _inode(folder)) is not None}
        if self._observer is not None and wanted == {folder: inode for folder, (inode, _) in self._watched.items()}:
            return True
        try:
            self._listen(wanted)
        except (OSError, RuntimeError):
            # No inotify left, a file system that refuses, threads that cannot be started.
            return False
        return True

    async def wait(self, clock: Clock, seconds: float) -> bool:
        if not self._told.is_set():
            told, passed = asyncio.ensure_future(self._told.wait()), asyncio.ensure_future(clock.sleep(seconds))
            try:
                await asyncio.wait({told, passed}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                told.cancel()
                passed.cancel()
        came = self._told.is_set()
        self._told.clear()
        return came

    def close(self) -> None:
        with self._one_at_a_time:
            self._closed = True
            if self._observer is not None:
                self._observer.stop()
                self._observer.join()
                self._observer = None
                self._watched.clear()

    def _listen(self, wanted: dict[Path, int]) -> None:
        # Imported here, because most commands watch no file.
        from watchdog import events
        from watchdog.observers import Observer

        tell = self._tell

        class Handler(events.FileSystemEventHandler):
            def on_any_event(self, event: events.FileSystemEvent) -> None:
                tell()

        observer = self._observer
        if observer is None:
            observer = self._observer = Observer()
            observer.start()
        for folder, (inode, watch) in list(self._watched.items()):
            if wanted.get(folder) != inode:
                del self._watched[folder]
                observer.unschedule(watch)
        # Reading is left out: our own looks would be told, too.
        kinds: list[type[events.FileSystemEvent]] = [
            events.FileCreatedEvent,
            events.FileModifiedEvent,
            events.FileAttribEvent,
            events.FileDeletedEvent,
            events.FileMovedEvent,
            events.DirCreatedEvent,
            events.DirDeletedEvent,
            events.DirMovedEvent,
        ]
        handler = Handler()
        for folder, inode in wanted.items():
            if folder not in self._watched:
                watch = observer.schedule(handler, str(folder), recursive=False, event_filter=kinds)
                self._watched[folder] = (inode, watch)

    def _tell(self) -> None:
        """From the observer's thread."""
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            self._loop.call_soon_threadsafe(self._told.set)


def _inode(folder: Path) -> int | None:
    """None where there is no such folder."""
    try:
        return os.stat(folder).st_ino if os.path.isdir(folder) else None
    except (OSError, ValueError):
        return None

"""The cluster's objects on disk: one SQLite file, written in the background, a moment behind at most.

SQLite, because a process that is killed or a disk that fills up in the middle of a write leaves the file whole.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tutor.kube.times import Clock
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

LOG = logging.getLogger(__name__)

Key = tuple[str, str, str]
"""(kind, namespace, name)."""

# Versions that a client may have seen but that were not on disk yet when the process was killed.
VERSION_MARGIN = 1000
RETRY_SECONDS = 5.0
# Changes of this long go into one write.
GATHER_SECONDS = 0.02
_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (kind, namespace, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class ObjectsFile:
    """`load` it into a store, then `follow` that store and `run`. `problem`: why the disk lags behind, if it does."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._pending: dict[Key, dict[str, Any] | None] = {}
        self._version = 0
        self._changed = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="objects-file")
        self._unfollow: Callable[[], None] = lambda: None
        self.problem = ""

    def load(self, store: Store) -> str:
        """Fill the store; returns what the learner has to know ("" for nothing). Raises: OSError, sqlite3.Error."""
        note = ""
        try:
            objects, version = self._read()
        except sqlite3.DatabaseError as error:
            if is_full(error):
                raise
            note = f"The saved objects could not be read ({error}); they are kept as {self._set_aside()}."
            objects, version = self._read()
        if objects or version:
            store.restore(objects, version + VERSION_MARGIN)
        return note

    def _read(self) -> tuple[list[dict[str, Any]], int]:
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_SCHEMA)
            facts = dict(connection.execute("SELECT name, value FROM facts"))
            if int(facts.get("format", _FORMAT)) != _FORMAT:
                raise sqlite3.DatabaseError(f"format {facts['format']} is not known here")
            rows = connection.execute("SELECT content FROM objects").fetchall()
            objects = [json.loads(row[0]) for row in rows]
        except (sqlite3.Error, ValueError) as error:
            connection.close()
            raise error if isinstance(error, sqlite3.Error) else sqlite3.DatabaseError(str(error)) from error
        self._connection = connection
        return objects, int(facts.get("version", 0))

    def _set_aside(self) -> Path:
        """Move the broken file out of the way."""
        aside = self._path.with_name(f"{self._path.name}.broken-{int(self._clock.now())}")
        self._path.replace(aside)
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        return aside

    def follow(self, store: Store) -> None:
        self._version = store.resource_version
        self._unfollow = store.subscribe(self._on_event)

    def _on_event(self, event: StoreEvent) -> None:
        key = (event.kind, event.namespace, str(event.object["metadata"]["name"]))
        self._pending[key] = None if event.type == "DELETED" else event.object
        self._version = event.resource_version
        self._changed.set()

    async def run(self) -> None:
        """For ever; `close` writes what is left."""
        while True:
            await self._changed.wait()
            await self._clock.sleep(GATHER_SECONDS)
            self._changed.clear()
            if not await self.flush():
                await self._clock.sleep(RETRY_SECONDS)
                self._changed.set()

    async def flush(self) -> bool:
        """Write now; False where the disk refuses (`problem` says why), and nothing is lost from memory."""
        pending, self._pending = self._pending, {}
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._write, pending, self._version)
        except sqlite3.Error as error:
            self._pending = {**pending, **self._pending}
            text = "the disk is full" if is_full(error) else str(error)
            if text != self.problem:
                LOG.error("the objects cannot be saved: %s", text)
            self.problem = text
            return False
        if self.problem:
            LOG.info("the objects are saved again")
        self.problem = ""
        return True

    def _write(self, pending: dict[Key, dict[str, Any] | None], version: int) -> None:
        connection = self._connection
        if connection is None:
            return
        kept = [(*key, json.dumps(obj, separators=(",", ":"))) for key, obj in pending.items() if obj is not None]
        gone = [key for key, obj in pending.items() if obj is None]
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", kept)
            connection.executemany("DELETE FROM objects WHERE kind = ? AND namespace = ? AND name = ?", gone)
            facts = [("format", str(_FORMAT)), ("version", str(version))]
            connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    async def close(self) -> None:
        """Write what is left and let go of the file."""
        self._unfollow()
        if self._connection is not None:
            await self.flush()
            connection, self._connection = self._connection, None
            await asyncio.get_running_loop().run_in_executor(self._thread, connection.close)
        self._thread.shutdown()


def is_full(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)

"""The timeline on disk: one JSON line an entry, appended; bounded by two files that take turns.

`timeline.jsonl` is written; when it is full it becomes `timeline.1.jsonl` and a new one begins. A line that a crash
tore in two is skipped when it is read, and the next entry begins on a line of its own.
"""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path
from typing import IO

from tutor.core.timeline import CommandRun, Entry, FileSaved, LinkChanged, RecordingBegan, RecordingEnded, StepMoved
from tutor.core.timeline_lines import from_line, to_line

MOST_BYTES = 8 * 1024 * 1024
"""Both files together."""
AT_ONCE = (StepMoved, CommandRun, FileSaved, LinkChanged, RecordingBegan, RecordingEnded)
"""Rare entries that nothing can tell again: written without waiting for the next flush."""
MOST_PENDING = 256
"""Entries that may wait for a flush. The caller flushes about once a second."""
MOST_KEPT = 5_000
"""Entries held in memory while the disk refuses them; the oldest go first."""


class TimelineFile:
    """Appends entries and reads them back. Nothing raises: `problem` says what keeps entries from the disk."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self.problem = ""
        """A sentence for the learner; empty while entries are written."""
        self._half = most_bytes // 2
        self._pending: deque[Entry] = deque(maxlen=MOST_KEPT)
        self._file: IO[bytes] | None = None
        self._size = 0

    @property
    def older(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.1{self.path.suffix}")

    def load(self) -> list[Entry]:
        """All entries on disk, the oldest first; torn lines and those of unknown types are skipped."""
        entries = []
        for path in (self.older, self.path):
            try:
                with path.open("rb") as file:
                    for line in file:
                        entry = from_line(line.decode("utf-8", "replace"))
                        if entry is not None:
                            entries.append(entry)
            except FileNotFoundError:
                continue
            except OSError as error:
                self.problem = f"The recording in {path} cannot be read ({error.strerror}). It begins anew."
        return entries

    def append(self, entry: Entry) -> None:
        self._pending.append(entry)
        if isinstance(entry, AT_ONCE) or (len(self._pending) >= MOST_PENDING and not self.problem):
            self.flush()

    def flush(self) -> None:
        """Write what waits. A disk that refuses keeps it waiting for the next call."""
        if not self._pending:
            return
        lines = [to_line(entry).encode("utf-8", "surrogatepass") + b"\n" for entry in self._pending]
        data = b"".join(lines)
        try:
            file = self._opened(len(data))
            file.write(data)
            file.flush()
        except OSError as error:
            self._close()
            why = f"{self.path} cannot be written ({error.strerror})"
            self.problem = f"What happens is not being recorded: {why}. Free some space."
            return
        self._size += len(data)
        self._pending.clear()
        self.problem = ""

    def close(self) -> None:
        self.flush()
        self._close()

    def _opened(self, more: int) -> IO[bytes]:
        if self._file is not None and self._size + more > self._half and self._size > 0:
            self._close()
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._size = self.path.stat().st_size if self.path.exists() else 0
            if self._size and self._size + more > self._half:
                os.replace(self.path, self.older)
                self._size = 0
            self._file = self.path.open("ab")
            if self._size and not _ends_with_newline(self.path):
                self._file.write(b"\n")
                self._size += 1
        return self._file

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:  # what it still held could not be written
                self.problem = f"What happened last was not recorded ({error.strerror})."


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"

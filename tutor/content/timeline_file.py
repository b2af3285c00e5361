"""The timeline on disk: one JSON line an entry, appended; bounded by two files that take turns.

`timeline.jsonl` is written; when it is full it becomes `timeline.1.jsonl` and a new one begins, with the last state of
everything that is still there. A line that a crash tore in two is skipped when it is read, and the next entry begins on
a line of its own. Others may read what one process writes (`news`).
"""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable, Iterable
from io import RawIOBase
from pathlib import Path

from tutor.core.timeline import CommandRun, Entry, FileSaved, LinkChanged, RecordingBegan, RecordingEnded, StepMoved
from tutor.core.timeline_lines import from_line, to_line

MOST_BYTES = 4 * 1024 * 1024
"""Both files together: four to eight hours of a call a second. Reading them is what a `check` waits for first."""
AT_ONCE = (StepMoved, CommandRun, FileSaved, LinkChanged, RecordingBegan, RecordingEnded)
"""Rare entries that nothing can tell again: written without waiting for the next flush."""
MOST_PENDING = 256
"""Entries that may wait for a flush. The caller flushes several times a second."""
MOST_KEPT = 5_000
"""Entries held in memory while the disk refuses them; the oldest go first."""
AGAIN = b',"again":true}'
"""The end of a line that repeats what the file before held, so that this one can be understood alone."""


class TimelineFile:
    """Appends entries and reads them back. Nothing raises: `problem` says what keeps entries from the disk.

    `baseline` gives, when a file is full, the entries that the next one begins with.
    """

    def __init__(
        self, path: Path, most_bytes: int = MOST_BYTES, baseline: Callable[[], Iterable[Entry]] = tuple
    ) -> None:
        self.path = path
        self.problem = ""
        """A sentence for the learner; empty while entries are written."""
        self._half = most_bytes // 2
        self._baseline = baseline
        self._pending: deque[Entry] = deque(maxlen=MOST_KEPT)
        self._file: RawIOBase | None = None
        self._size = 0
        self._read: tuple[int, int] = (0, 0)
        """(inode, offset) up to which `path` was read."""

    @property
    def older(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.1{self.path.suffix}")

    def load(self) -> list[Entry]:
        """All entries on disk, the oldest first; torn lines and those of unknown types are skipped."""
        entries: list[Entry] = []
        for path in (self.older, self.path):
            lines, place = self._lines(path, 0)
            # What the second file says again, the first one has.
            entries.extend(_entries(line for line in lines if not (entries and line.endswith(AGAIN))))
            if path is self.path:
                self._read = place
        return entries

    def news(self) -> list[Entry]:
        """What another process appended since the last `load` or `news`; an unfinished line waits for its end."""
        inode, offset = self._read
        lines: list[bytes] = []
        if offset and _inode(self.path) != inode and _inode(self.older) == inode:
            lines, _ = self._lines(self.older, offset)
            offset = 0
        elif _inode(self.path) != inode:
            offset = 0
        more, self._read = self._lines(self.path, offset, whole=True)
        # What is said again is known here already.
        return _entries(line for line in (*lines, *more) if not line.endswith(AGAIN))

    def _lines(self, path: Path, offset: int, *, whole: bool = False) -> tuple[list[bytes], tuple[int, int]]:
        """Lines from `offset` on, and (inode, offset) behind them. `whole`: without one that has no end yet."""
        try:
            with path.open("rb") as file:
                inode = os.fstat(file.fileno()).st_ino
                if offset > os.fstat(file.fileno()).st_size:
                    offset = 0
                file.seek(offset)
                data = file.read()
        except FileNotFoundError:
            return [], (0, 0)
        except OSError as error:
            self.problem = f"The recording in {path} cannot be read ({error.strerror}). It begins anew."
            return [], (0, 0)
        end = data.rfind(b"\n") + 1 if whole else len(data)
        return data[:end].splitlines(), (inode, offset + end)

    @property
    def waits(self) -> bool:
        """Whether entries wait for a flush."""
        return bool(self._pending)

    def append(self, entry: Entry) -> None:
        self._pending.append(entry)
        if isinstance(entry, AT_ONCE) or (len(self._pending) >= MOST_PENDING and not self.problem):
            self.flush()

    def flush(self) -> None:
        """Write what waits. A disk that refuses keeps it waiting for the next call."""
        while self._pending:
            lines = self._piece()
            size = sum(map(len, lines))
            written = _Written()
            try:
                written.put(self._opened(size), b"".join(lines))
            except OSError as error:
                self._close()
                why = f"{self.path} cannot be written ({error.strerror})"
                full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
                do = "Free some space." if full else "Set HOMICS_STATE_DIR to a folder that you may write to."
                self.problem = f"What happens is not being recorded: {why}. {do}"
                # A disk that becomes full takes a part: what is there as whole lines is not written again.
                self._forget(lines, written.bytes)
                return
            self._size += size
            self._forget(lines, size)
            self.problem = ""

    def _piece(self) -> list[bytes]:
        """The lines of the entries that are written next: all that wait, where that is little enough for the bound.

        That of an entry that would fit into no file is empty.
        """
        lines: list[bytes] = []
        size = 0
        for entry in self._pending:
            line = _line(entry)
            if size and size + len(line) > self._half // 4:
                break
            lines.append(line if len(line) <= self._half else b"")
            size += len(lines[-1])
        return lines

    def _forget(self, lines: list[bytes], written: int) -> None:
        """Let the entries go whose lines are within the first `written` bytes, their last end perhaps not: the next
        line brings it."""
        for line in lines:
            if written < len(line) - 1:
                return
            written -= len(line)
            self._pending.popleft()

    def put(self, entry: Entry) -> None:
        """One line into a file that another process writes."""
        self.append(entry)
        self.close()

    def close(self) -> None:
        self.flush()
        self._close()

    def _opened(self, more: int) -> RawIOBase:
        if self._file is not None and self._size + more > self._half and self._size > 0:
            self._close()
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._size = self.path.stat().st_size if self.path.exists() else 0
            turned = bool(self._size) and self._size + more > self._half
            if turned:
                os.replace(self.path, self.older)
                self._size = 0
            self._file = self.path.open("ab", buffering=0)
            if turned:
                self._begin_with_baseline(more)
            elif self._size and not _ends_with_newline(self.path):
                _Written().put(self._file, b"\n")
                self._size += 1
        return self._file

    def _begin_with_baseline(self, more: int) -> None:
        assert self._file is not None
        waiting = set(self._pending)
        lines = [_line(entry)[:-2] + AGAIN + b"\n" for entry in self._baseline() if entry not in waiting]
        data = b"".join(lines)
        if len(data) + more <= self._half:
            _Written().put(self._file, data)
            self._size += len(data)

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:  # some file systems of a network tell only now
                self.problem = f"What happened last was not recorded ({error.strerror})."


class _Written:
    """How much of what was to be written is."""

    def __init__(self) -> None:
        self.bytes = 0

    def put(self, file: RawIOBase, data: bytes) -> None:
        """All of it. Raises: `OSError`; `bytes` then tells how far it came."""
        while self.bytes < len(data):
            self.bytes += file.write(data[self.bytes :]) or 0


def _line(entry: Entry) -> bytes:
    return to_line(entry).encode("utf-8", "surrogatepass") + b"\n"


def _entries(lines: Iterable[bytes]) -> list[Entry]:
    return [entry for line in lines if (entry := from_line(line.decode("utf-8", "replace"))) is not None]


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"

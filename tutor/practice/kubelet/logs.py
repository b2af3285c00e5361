"""Containers' logs: one file a run, one line a line with its time, bounded; read as `kubectl logs` asks.

A line of the file is `<RFC 3339 time with nanoseconds> <stream> <text>`, the container runtime's own layout.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from tutor.kube.times import Clock

# The kubelet's containerLogMaxSize; one older part is kept beside the newest.
MOST_BYTES = 10 << 20
_LONGEST_LINE = 16 << 10


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What `pods/log` asks for. None: not limited by it."""

    tail_lines: int | None = None
    since: float | None = None
    """Unix seconds: lines of that moment and later."""
    timestamps: bool = False
    limit_bytes: int | None = None
    follow: bool = False


def stamp(seconds: float) -> str:
    """2026-01-02T03:04:05.678901000Z."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


class LogFile:
    """The log of one run of a container: written by the kubelet alone, followed by any number of readers."""

    def __init__(self, path: Path, clock: Clock, *, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self._clock = clock
        self._most_bytes = most_bytes
        self._file: BinaryIO | None = None
        self._size = 0
        self._partial: dict[str, bytes] = {}
        self._changed = asyncio.Event()
        self.closed = False
        self.problem = ""
        """Why lines are missing, e.g. a full disk; "" where none is."""

    def open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = self.path.open("ab")
        self._size = self._file.tell()

    def feed(self, data: bytes, stream: str = "stdout") -> None:
        """What the container wrote, in any pieces."""
        *lines, rest = (self._partial.pop(stream, b"") + data).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            lines, rest = [*lines, rest], b""
        if rest:
            self._partial[stream] = rest
        if lines:
            self._write(b"".join(self._line(stream, line) for line in lines))

    def _line(self, stream: str, text: bytes) -> bytes:
        return f"{stamp(self._clock.now())} {stream} ".encode() + text.removesuffix(b"\r") + b"\n"

    def _write(self, data: bytes) -> None:
        if self._file is None:
            return
        try:
            if self._size + len(data) > self._most_bytes:
                self._rotate()
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            # A full disk loses log lines; it must not end the container. The reason is kept for the daemon's log.
            self.problem = str(error)
        self._size += len(data)
        self._changed.set()
        self._changed = asyncio.Event()

    def _rotate(self) -> None:
        if self._file is None:
            return
        self._file.close()
        self.path.replace(older(self.path))
        self._file = self.path.open("ab")
        self._size = 0

    def close(self) -> None:
        for stream, rest in list(self._partial.items()):
            self._write(self._line(stream, rest))
        self._partial.clear()
        if self._file is not None:
            self._file.close()
            self._file = None
        self.closed = True
        self._changed.set()

    async def changed(self) -> None:
        """Returns at the next line, and at the end."""
        if not self.closed:
            await self._changed.wait()


def drop_older(folder: Path, number: int) -> None:
    """Forget the logs of the runs before `number`: that of the last run and the one before it are kept."""
    for path in folder.iterdir():
        run = path.name.partition(".")[0]
        if run.isdigit() and int(run) < number:
            path.unlink(missing_ok=True)


def older(path: Path) -> Path:
    return path.with_suffix(".log.1")


async def read(path: Path, options: LogOptions, live: LogFile | None) -> AsyncIterator[bytes]:
    """The log's text in pieces. `live`: the file is still written; with `follow`, goes on until it is closed."""
    given = 0
    position, lines = _existing(path, options)
    pending = b"".join(lines)
    while True:
        if pending:
            if options.limit_bytes is not None and given + len(pending) >= options.limit_bytes:
                yield pending[: options.limit_bytes - given]
                return
            given += len(pending)
            yield pending
        if not options.follow or live is None:
            return
        ended = live.closed
        found, data = _from(path, position)
        if not data and ended:
            return
        if not data:
            await live.changed()
            position = found
            pending = b""
            continue
        position = found + len(data)
        pending = b"".join(_shown(data, options))


def _existing(path: Path, options: LogOptions) -> tuple[int, list[bytes]]:
    """The position after what is there now, and its lines as asked for."""
    data = older(path).read_bytes() if older(path).exists() else b""
    newest = path.read_bytes() if path.exists() else b""
    newest = newest[: newest.rfind(b"\n") + 1]
    lines = list(_shown(data + newest, options))
    if options.tail_lines is not None:
        lines = lines[len(lines) - options.tail_lines :] if options.tail_lines < len(lines) else lines
    return len(newest), lines


def _from(path: Path, position: int) -> tuple[int, bytes]:
    """(start, whole lines from there); from the file's beginning where it was rotated meanwhile."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = position if position <= size else 0
        file.seek(start)
        data = file.read()
    return start, data[: data.rfind(b"\n") + 1]


def _shown(data: bytes, options: LogOptions) -> Iterator[bytes]:
    since = stamp(options.since).encode() if options.since is not None else b""
    for line in data.split(b"\n")[:-1]:
        time, _, rest = line.partition(b" ")
        if time < since:
            continue
        text = rest.partition(b" ")[2]
        yield (time + b" " + text if options.timestamps else text) + b"\n"

"""The timeline of one workspace, in memory and on disk. One process at a time watches for all: the others read.

The app, `watch` and `check --wait` may run side by side. The first one takes the lock and writes what it sees; the
others read along, and take over when it ends. One that looks at another cluster keeps its own record, in memory alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum

from filelock import FileLock, Timeout

from tutor.cluster.api import Target
from tutor.content.state import VARIABLE, StateUnusable, WorkspaceState
from tutor.content.timeline_file import TimelineFile
from tutor.core.timeline import (
    CommandRun,
    Entry,
    FileSaved,
    RecordingBegan,
    RecordingEnded,
    StepMoved,
    Timeline,
    baseline,
)
from tutor.core.timeline_clock import as_of, by_one_clock

OWN = (StepMoved, CommandRun, FileSaved)
"""Entries that each process has of its own: nobody else sees them happen."""
APART = (
    "Another tutor records another cluster for this folder. What this one sees is remembered until it is closed, no"
    " longer."
)


class Part(Enum):
    """What this process does with what it sees."""

    WAITING = "waiting"
    """Its cluster has not answered yet."""
    WRITING = "writing"
    FOLLOWING = "following"
    """Another process writes; its entries are read."""
    APART = "apart"
    """Kept in memory alone: another process writes of another cluster, or nothing can be written."""
    CLOSED = "closed"


class Recording(Timeline):
    """A timeline that remembers itself. What is in memory is of one world: one namespace of one cluster."""

    def __init__(self, state: WorkspaceState) -> None:
        self._state = state
        self._file = TimelineFile(state.timeline, baseline=lambda: baseline(self))
        self._lock: FileLock | None = None
        self._lock_is_taken = False
        self._began: RecordingBegan | None = None
        """Of this process; None until its cluster answered."""
        self._theirs: RecordingBegan | None = None
        """The last one on disk: what the process that writes looks at."""
        self.on_append: Callable[[Entry], object] = lambda _: None
        """Called after each new entry."""
        self.on_recording: Callable[[], object] = lambda: None
        """Called when this process begins to record after it had read another one's: its first look is to be taken."""
        self.on_taking_over: Callable[[], object] = lambda: None
        """Called before that: a process that slept must notice it first."""
        self._unusable = ""
        """Why nothing can be kept on disk at all."""
        self._lost = ""
        """Why what was seen last is not on disk, at the end."""
        self._loaded: list[Entry] | None = self._file.load()
        """In the order in which it was recorded, which tells what belongs to which world: an Event is older than the
        beginning of the recording that found it. None when a cluster has answered."""
        super().__init__(self._loaded)
        self._note(self._loaded)
        self.part = Part.WAITING
        self._recorded = asyncio.Event()

    @property
    def records(self) -> bool:
        """Whether what this process sees belongs into its timeline."""
        return self.part in (Part.WRITING, Part.APART)

    @property
    def problem(self) -> str:
        """What keeps entries from the disk, a sentence; empty while they are written."""
        if self.part is Part.APART and self._lock_is_taken and not self._same_place():
            return APART
        return self._unusable or self._file.problem

    def begin(self, target: Target, world: str, at: float) -> None:
        """The cluster answers and `world` is its namespace's UID (empty: not known). What was recorded of another
        world leaves the memory, and stays on disk: evidence from there proves nothing here.
        """
        before = self._began
        self._began = RecordingBegan(at, target.context, target.server, target.namespace, world)
        if self._lock is None and (self._take_lock() or self._lock_is_taken):
            self._read_on()
        if self._loaded is not None:
            self._hold(_of_world(as_of(by_one_clock(self._loaded), at), self._began))
            self._loaded = None
        elif before is not None and not _same_world(before, self._began):
            # Who reads along may have read of the new world already; who records has not seen anything of it.
            read = by_one_clock(self._file.load()) if self.part is Part.FOLLOWING else list(self)
            self._hold(_of_world(read, self._began))
        self._take_part()
        if self.records:
            self._record(self._began)

    def slept(self, since: float, at: float) -> None:
        """This process did not run from `since` to `at`: as if one had been closed, and another one opened.

        Where the clock was set back (`at` is earlier) what was dated after `at` leaves the memory.
        """
        if at < since:
            self._hold(as_of(self, at))
            since = at
            self._began = replace(self._began, at=at) if self._began is not None else None
        if self._began is None or not self.records:
            return
        self._record(RecordingEnded(min(max(since, self._began.at), at)))
        self._record(replace(self._began, at=at))

    def append(self, entry: Entry) -> None:
        """Add what this process saw or did."""
        if self.records:
            self._record(entry)
        elif isinstance(entry, OWN):
            # Another process may be writing: its reader, too, finds the line in the file.
            self._file.put(entry)
            if self.part is Part.WAITING:
                self._read_on()

    async def due(self) -> None:
        """Until there may be something to do for `tick`: at once where another process has to be looked after."""
        while self.part is Part.WRITING and not self._file.waits:
            self._recorded.clear()
            await self._recorded.wait()

    def tick(self, at: float) -> None:
        """Several times a second: write what waits, or read what another process wrote; take over where it ended."""
        if self.part is Part.WRITING:
            self._file.flush()
        elif self._began is None:
            return
        elif self._take_lock():
            self._read_on()
            self.on_taking_over()
            before, self.part = self.part, Part.WRITING
            if before is Part.FOLLOWING:
                self._record(replace(self._began, at=at))
                self.on_recording()
            elif before is Part.APART:
                # What was kept apart stays in memory alone. The disk has the state of things from here on.
                for entry in (replace(self._began, at=at), *baseline(self)):
                    if not isinstance(entry, RecordingBegan) or entry.at == at:
                        self._file.append(entry)
        elif self._lock_is_taken:
            self._read_on()
            if self.part is not Part.FOLLOWING or self._same_as_theirs() or not self._same_place():
                self._take_part()
            # Else the namespace was made anew: they know it already, and `begin` will tell this one.

    @property
    def summary(self) -> str:
        """What became of what was seen: for the end."""
        if self._began is None:
            return "Nothing was seen: no cluster answered."
        if self._lost:
            return f"What was seen is not recorded, and `homics-tutor check` cannot read it. {self._lost}"
        return "What was seen is recorded; `homics-tutor check` reads it."

    def close(self, at: float) -> None:
        self._recorded.set()
        apart = ""
        if self.part is Part.APART:
            apart = APART if self._lock_is_taken else self.problem
        if self.part is Part.WRITING:
            self._record(RecordingEnded(at))
        self._file.close()
        self._lost = apart or self._file.problem
        self.part = Part.CLOSED
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _take_part(self) -> None:
        """By who holds the lock and what it looks at."""
        assert self._began is not None
        if self._lock is not None:
            self.part = Part.WRITING
        elif self._lock_is_taken and self._same_as_theirs():
            if self.part is Part.APART:
                self._hold(_of_world(by_one_clock(self._file.load()), self._began))
            self.part = Part.FOLLOWING
        elif self.part is not Part.APART:
            followed, self.part = self.part is Part.FOLLOWING, Part.APART
            if followed:
                self._record(self._began)
                self.on_recording()

    def _read_on(self) -> None:
        for entry in self._file.news():
            self._note((entry,))
            if self._loaded is not None:
                self._loaded.append(entry)
                self._add(entry)
            elif self.part is not Part.APART and (isinstance(entry, OWN) or self._same_as_theirs()):
                self._add(entry)

    def _note(self, entries: Sequence[Entry]) -> None:
        self._theirs = next((e for e in reversed(entries) if isinstance(e, RecordingBegan)), self._theirs)

    def _same_as_theirs(self) -> bool:
        """Whether the process that writes looks at what this one looks at."""
        return self._theirs is None or self._began is None or _same_world(self._theirs, self._began)

    def _same_place(self) -> bool:
        """Whether it looks at a namespace of the same name there, if only one that was made anew."""
        return self._theirs is not None and self._began is not None and _place(self._theirs) == _place(self._began)

    def _record(self, entry: Entry) -> None:
        self._add(entry)
        if self.part is Part.WRITING:
            self._file.append(entry)
            self._recorded.set()

    def _add(self, entry: Entry) -> None:
        super().append(entry)
        self.on_append(entry)

    def _take_lock(self) -> bool:
        """Whether this process writes from now on. Sets `_lock_is_taken` where another one does."""
        self._lock_is_taken, self._unusable = False, ""
        try:
            self._state.create()
            lock = FileLock(self._state.folder / "recording.lock")
            lock.acquire(timeout=0)
        except Timeout:
            self._lock_is_taken = True
            return False
        except (StateUnusable, OSError, NotImplementedError) as error:
            # Then this one records in memory alone.
            self._unusable = _why(error, self._state)
            return False
        self._lock = lock
        return True


def _why(error: Exception, state: WorkspaceState) -> str:
    """What keeps a recording from the disk, and what to do."""
    if isinstance(error, StateUnusable):
        return str(error)  # in the words in which the rest of what is to be remembered says it
    what = f"cannot be written ({error.strerror})" if isinstance(error, OSError) else "knows no locks on files"
    return (
        f"What happens is not being recorded: {state.folder} {what}. Set {VARIABLE} to a folder that you may write to."
    )


def _of_world(entries: list[Entry], world: RecordingBegan) -> list[Entry]:
    """The entries since a tutor came to that world for the last time, and what the learner did before."""
    start = len(entries)
    for index in range(len(entries) - 1, -1, -1):
        entry = entries[index]
        if isinstance(entry, RecordingBegan):
            if not _same_world(entry, world):
                break
            start = index
    return [entry for index, entry in enumerate(entries) if index >= start or isinstance(entry, OWN)]


def _same_world(one: RecordingBegan, other: RecordingBegan) -> bool:
    """A namespace that may not be read is known by the server's address and its name alone."""
    if _place(one) != _place(other):
        return bool(one.world) and one.world == other.world
    return not one.world or not other.world or one.world == other.world


def _place(world: RecordingBegan) -> tuple[str, str]:
    return world.server, world.namespace

"""Traffic and pods on one time axis, as cells: what answered in each second, and in which state each pod was.

Pure: from a timeline and a window to values that any drawing can use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from math import floor

from tutor.core.calls import Gap
from tutor.core.pictures.histories import Histories, History
from tutor.core.timeline import Answered, PodChanged

ZOOMS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds a cell."""


MOST_BARS = 40
"""Pods that have a bar; a screen has no room for more."""


@dataclass(frozen=True, slots=True)
class Axis:
    """`cells` cells of `per_cell` seconds; their edges lie on multiples of `per_cell`, so that nothing jitters."""

    start: float
    per_cell: float
    cells: int

    @property
    def end(self) -> float:
        """The right edge; not in the axis any more."""
        return self.start + self.per_cell * self.cells

    def cell(self, at: float) -> int:
        """Index of the cell of a time; below 0 or from `cells` on outside."""
        return floor((at - self.start) / self.per_cell + 1e-9)


def axis_until(now: float, per_cell: float, cells: int) -> Axis:
    """The axis whose last cell holds `now`."""
    last = floor(now / per_cell + 1e-9)
    return Axis((last - cells + 1) * per_cell, per_cell, cells)


@dataclass(slots=True)
class CallCell:
    """The calls of one cell."""

    versions: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def error(self) -> str:
        """The most frequent error; empty where every call was answered."""
        return self.errors.most_common(1)[0][0] if self.errors else ""

    @property
    def version(self) -> str:
        """The version that answered most often; empty where none did."""
        return self.versions.most_common(1)[0][0] if self.versions else ""


@dataclass(frozen=True, slots=True)
class TrafficLane:
    cells: tuple[CallCell | None, ...]
    """None: no call that tells of the application."""
    away: tuple[bool, ...]
    """Cells in which nothing could be seen: the cluster was away, or no tutor was watching."""
    versions: tuple[str, ...]
    """Versions that ever answered, in the order of their numbers: a lane each, whatever the window shows."""


def traffic_lane(
    answers: Iterable[Answered], away: Iterable[Gap], versions: Iterable[str], axis: Axis, now: float
) -> TrafficLane:
    """`answers`: calls that tell of the application; `away`: when nothing was seen; `versions`: all there ever were."""
    cells: list[CallCell | None] = [None] * axis.cells
    for call in answers:
        index = axis.cell(call.at)
        if not 0 <= index < axis.cells:
            continue
        cell = cells[index]
        if cell is None:
            cell = cells[index] = CallCell()
        (cell.errors if call.error else cell.versions)[call.error or call.version] += 1
    return TrafficLane(tuple(cells), away_cells(away, axis, now), tuple(sorted(versions, key=_number)))


def _number(version: str) -> tuple[tuple[int, str], ...]:
    """2.0.0 before 10.0.0; what is no number goes by its letters."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in version.split("."))


def away_cells(away: Iterable[Gap], axis: Axis, now: float) -> tuple[bool, ...]:
    """Cells that a gap covers more than half; a gap that goes on covers up to now.

    Of the cell that holds now only what has been of it counts, so that it does not look seen when it begins.
    """
    covered = [0.0] * axis.cells
    newest, away = axis.cell(now), tuple(away)
    for gap in away:
        start, end = max(gap.start, axis.start), min(now if gap.end is None else gap.end, axis.end)
        for index in range(max(0, axis.cell(start)), min(axis.cells, axis.cell(end) + 1)):
            left = axis.start + index * axis.per_cell
            covered[index] += max(0.0, min(end, left + axis.per_cell) - max(start, left))
    halves = [axis.per_cell / 2] * axis.cells
    if 0 <= newest < axis.cells:
        halves[newest] = max(now - (axis.start + newest * axis.per_cell), 0.0) / 2
        if halves[newest] == 0.0 and any(gap.end is None and gap.start < now for gap in away):
            covered[newest] = axis.per_cell
    return tuple(seconds > half for seconds, half in zip(covered, halves, strict=True))


class PodPhase(IntEnum):
    """What a cell of a pod's bar shows; of several states in one cell the one with the highest number."""

    ABSENT = 0
    READY = 1
    TERMINATING = 2
    NOT_READY = 3
    RESTARTED = 4
    """The restart count was seen to go up in this cell."""


@dataclass(frozen=True, slots=True)
class PodBar:
    uid: str
    name: str
    deployment: str
    version: str
    """Tag of its image."""
    cells: tuple[PodPhase, ...]
    ready_now: bool
    """At the end of the window (or now)."""
    gone_now: bool


def pod_bar(history: History[PodChanged], axis: Axis, now: float, world_began: float = float("-inf")) -> PodBar | None:
    """None where the pod was not there in the window."""
    cells = [PodPhase.ABSENT] * axis.cells
    end = min(axis.end, now)
    states = history.between(axis.start, end)
    before: PodChanged | None = None
    seen = False
    for index, state in enumerate(states):
        if state.at < world_began:
            continue
        until = states[index + 1].at if index + 1 < len(states) else end
        if not state.gone:
            seen = True
            _fill(cells, axis, max(state.at, axis.start), until, phase_of(state))
            if before is not None and state.restarts > before.restarts and state.at >= axis.start and not state.listed:
                at = axis.cell(state.at)
                if 0 <= at < axis.cells:
                    cells[at] = PodPhase.RESTARTED
        before = state
    if not seen:
        return None
    last = states[-1]
    tag = last.image.rpartition(":")[2] if ":" in last.image.rpartition("/")[2] else last.image
    return PodBar(last.uid, last.name, last.deployment, tag, tuple(cells), last.ready and not last.gone, last.gone)


def _fill(cells: list[PodPhase], axis: Axis, start: float, end: float, phase: PodPhase) -> None:
    """A state that ends within a cell shares it with the next one: the one that matters more is shown."""
    first, last = max(0, axis.cell(start)), min(axis.cells - 1, axis.cell(end))
    for index in range(first, last + 1):
        if index == last and index > first and end - (axis.start + index * axis.per_cell) <= 0:
            break
        cells[index] = max(cells[index], phase)


def phase_of(state: PodChanged) -> PodPhase:
    if state.terminating:
        return PodPhase.TERMINATING
    return PodPhase.READY if state.ready else PodPhase.NOT_READY


def pod_bars(
    histories: Histories, axis: Axis, now: float, deployments: Sequence[str] = (), most: int = MOST_BARS
) -> tuple[list[PodBar], int]:
    """A bar for each pod that was there in the window, the oldest first, and how many were left out: the oldest.

    `deployments`: only their pods; of all where it is empty.
    """
    began = histories.world_began(now)
    there = [
        history
        for history in histories.pods.values()
        if history.first.at <= now
        and history.first.at < axis.end
        and not (history.last.gone and history.last.at < axis.start)
        and (not deployments or history.last.deployment in deployments)
    ]
    there.sort(key=lambda history: (history.first.created, history.first.name))
    bars = [bar for history in there[-most:] if (bar := pod_bar(history, axis, now, began)) is not None]
    return bars, max(0, len(there) - most)


def ticks(axis: Axis, apart: int = 15) -> list[int]:
    """Cells at which the axis tells the time: whole multiples of a round number of seconds, `apart` cells or more."""
    rounds = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600)
    step = next((r for r in rounds if r / axis.per_cell >= apart), rounds[-1])
    first = -(-axis.start // step) * step
    count = int((axis.end - first) // step) + 1
    marks = [axis.cell(first + n * step) for n in range(max(0, count))]
    return [mark for mark in marks if 0 <= mark < axis.cells]

"""The calls of the version poll, and the gaps in which nothing could be seen or nobody looked.

All times are Unix seconds by the tutor's clock.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tutor.core.timeline import (
    Answered,
    DeploymentChanged,
    EndpointsChanged,
    LinkChanged,
    PodChanged,
    RecordingBegan,
    RecordingEnded,
    ReplicaSetChanged,
    Timeline,
)

LINK_SHADOW = 8.0
"""Seconds before a lost link was noticed in which a failed call says nothing about the application."""
LINK_WAKE = 3.0
"""Seconds after the link came back that likewise do not count."""
WAY_ERRORS = frozenset({"refused", "timeout", "reset", "unreachable"})
"""Errors that a machine or cluster that is away causes just as well."""
LONGEST_HOLE = 5.0
"""Seconds between two calls of a poll that is on: a call a second, each with 3 s at most for its answer, and some
for a busy machine. More means that nobody asked."""
WATCHED = (PodChanged, DeploymentChanged, ReplicaSetChanged, EndpointsChanged, Answered, LinkChanged, RecordingBegan)
"""Entries that prove that somebody looked at that time. An Event carries its own time, a save or a command no look."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nothing was seen. `end` None: it goes on."""

    start: float
    end: float | None
    of: Literal["cluster", "tutor"] = "cluster"
    """"cluster": the API server could not be reached. "tutor": none was open."""

    @property
    def reason(self) -> str:
        """ "the cluster could not be reached": goes before "from 14:02:11 on"."""
        return "the cluster could not be reached" if self.of == "cluster" else "no tutor was watching"


@dataclass(frozen=True, slots=True)
class VersionRun:
    """Calls one after the other with the same outcome."""

    version: str
    """Empty for errors."""
    error: str
    first: float
    last: float
    count: int


def clock_time(at: float) -> str:
    """14:02:11, in the learner's time zone."""
    return datetime.fromtimestamp(at).strftime("%H:%M:%S")


def gaps(timeline: Timeline, since: float = 0.0) -> tuple[Gap, ...]:
    """Gaps that touch the time after `since`."""
    marks: list[LinkChanged | RecordingBegan | RecordingEnded] = [
        *timeline.of(RecordingEnded),
        *timeline.of(RecordingBegan),
        *timeline.of(LinkChanged),
    ]
    found: list[Gap] = []
    open_gap: Gap | None = None
    for mark in sorted(marks, key=lambda mark: mark.at):
        if isinstance(mark, RecordingBegan) and open_gap is None:
            # The one before was not closed in order: its last word is when the gap began.
            last = max((seen for kind in WATCHED if (seen := _last_before(timeline, kind, mark.at))), default=None)
            if last is not None:
                found.append(Gap(last, mark.at, "tutor"))
        elif isinstance(mark, RecordingBegan) or (isinstance(mark, LinkChanged) and mark.up):
            if open_gap is not None:
                found.append(Gap(open_gap.start, mark.at, open_gap.of))
            open_gap = None
        elif open_gap is None:
            open_gap = Gap(mark.at, None, "tutor" if isinstance(mark, RecordingEnded) else "cluster")
    if open_gap is not None:
        found.append(open_gap)
    return tuple(gap for gap in found if gap.end is None or gap.end >= since)


def _last_before(timeline: Timeline, kind: type[Any], at: float) -> float | None:
    """When the last entry of that type before `at` was seen."""
    entries: list[Any] = timeline.of(kind)
    index = bisect_left(entries, at, key=lambda entry: entry.at)
    return entries[index - 1].at if index else None


def gap_within(timeline: Timeline, start: float, end: float) -> Gap | None:
    """The first gap that overlaps [start, end]."""
    for gap in gaps(timeline, start):
        if gap.start <= end:
            return gap
    return None


def calls(timeline: Timeline, start: float, end: float = float("inf")) -> list[Answered]:
    """The poll's calls in [start, end] that tell of the application: what a lost link caused is left out."""
    return calls_and_gaps(timeline, start, end)[0]


def calls_and_gaps(timeline: Timeline, start: float, end: float) -> tuple[list[Answered], list[Gap]]:
    """`calls`, and the gaps that touch the time after `start`."""
    away = gaps(timeline, start - LINK_WAKE)
    told = [call for call in timeline.of(Answered, start) if call.at <= end and not _excused(call, away)]
    return told, [gap for gap in away if gap.end is None or gap.end >= start]


def _excused(call: Answered, away: Sequence[Gap]) -> bool:
    if not call.error:
        return False
    if call.error in ("cluster-away", "refused-by-api-server"):
        return True
    return any(
        gap.start - LINK_SHADOW <= call.at and (gap.end is None or call.at <= gap.end + LINK_WAKE)
        for gap in away
        if gap.of == "cluster" and call.error in WAY_ERRORS
    )


def errors(answered: Iterable[Answered]) -> list[Answered]:
    return [call for call in answered if call.error]


def error_words(failed: Iterable[Answered]) -> str:
    """ "7 errors (5 x http-500, 2 x timeout)"."""
    kinds = Counter(call.error for call in failed)
    total = sum(kinds.values())
    each = ", ".join(f"{count} x {kind}" for kind, count in kinds.most_common())
    return f"{total} error{'' if total == 1 else 's'} ({each})" if total else "no error"


def version_runs(answered: Iterable[Answered]) -> tuple[VersionRun, ...]:
    """Neighbouring calls with the same outcome as one run each."""
    runs: list[VersionRun] = []
    for call in answered:
        last = runs[-1] if runs else None
        if last is not None and (last.version, last.error) == (call.version, call.error):
            runs[-1] = VersionRun(last.version, last.error, last.first, call.at, last.count + 1)
        else:
            runs.append(VersionRun(call.version, call.error, call.at, call.at, 1))
    return tuple(runs)


def hole(made: Sequence[Answered], start: float, end: float) -> tuple[float, float] | None:
    """The first time within [start, end] in which nobody asked, though a poll that is on would have."""
    last = start
    for call in made:
        if call.at - last > LONGEST_HOLE:
            return last, call.at
        last = max(last, call.at)
    return (last, end) if end - last > LONGEST_HOLE else None

"""What the recording shows of the time of a step, as sentences: restarts, rollouts, answers, gaps, commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tutor.core.calls import calls, clock_time, error_words, errors, gaps, version_runs
from tutor.core.evidence import outages, restarts_since, rollouts_since
from tutor.core.timeline import Answered, CommandRun, DeploymentChanged, Entry, FileSaved, PodChanged, Timeline

AFTER = 12.0
"""Seconds beyond the end of a step that its picture may show."""
MOST = 40
"""Sentences of one step; a learner who crashes a hundred times has said it all before."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time of a step, Unix seconds."""

    start: float
    end: float


def seen(timeline: Timeline, window: Window) -> tuple[str, ...]:
    """In the order of time; empty where nothing of it was recorded."""
    said = sorted(_said(timeline, window))
    lines = [f"{clock_time(at)}  {text}" for at, text in said]
    if len(lines) > MOST:
        left = len(lines) - MOST
        lines = [*lines[: MOST // 2], f"… {left} more …", *lines[-(MOST - MOST // 2) :]]
    return tuple(lines)


def interesting(timeline: Timeline, window: Window, now: float) -> Window | None:
    """The part of the time worth drawing: around restarts, rollouts and errors; None where there were none.

    It goes on a little beyond the end: a step may pass at the moment when the pod is only about to come back.
    """
    times = [at for at, _ in _happenings(timeline, window)]
    if not times:
        return None
    return Window(max(window.start, min(times) - 10), min(now, window.end + AFTER, max(times) + 20))


def _said(timeline: Timeline, window: Window) -> Iterator[tuple[float, str]]:
    yield from _happenings(timeline, window)
    for entry in timeline.since(window.start):
        if entry.at > window.end:
            break
        yield from ((entry.at, text) for text in _done(entry))
    for gap in gaps(timeline, window.start):
        if window.start <= gap.start <= window.end:
            lasted = f"for {gap.end - gap.start:.0f} s" if gap.end is not None else "and did not come back"
            yield gap.start, f"the API server was away {lasted}; nothing could be seen meanwhile"


def _done(entry: Entry) -> Iterator[str]:
    if isinstance(entry, CommandRun):
        yield f"$ {entry.command}"
    elif isinstance(entry, FileSaved):
        yield f"saved {entry.file}"


def _happenings(timeline: Timeline, window: Window) -> Iterator[tuple[float, str]]:
    for name in sorted({entry.deployment for entry in timeline.of(PodChanged) if entry.deployment}):
        for restart in restarts_since(timeline, name, window.start):
            if restart.at <= window.end:
                lasted = f", 0/1 for {restart.outage:.1f} s" if restart.outage is not None else ""
                code = f", exit code {restart.exit_code}" if restart.exit_code is not None else ""
                yield restart.at, f"restart {restart.before}→{restart.after} of {restart.pod}{lasted}{code}"
        for outage in outages(timeline, name, window.start):
            if window.start <= outage.start <= window.end:
                end = outage.end if outage.end is not None else window.end
                failed = errors(calls(timeline, outage.start, end))
                more = f", {error_words(failed)}" if failed else ""
                yield outage.start, f"no pod of {name} was ready for {end - outage.start:.1f} s{more}"
    for name in sorted({entry.name for entry in timeline.of(DeploymentChanged)}):
        for rollout in rollouts_since(timeline, name, window.start):
            if rollout.start <= window.end:
                lasted = ", not finished"
                if rollout.end is not None:
                    lasted = f" in {rollout.end - rollout.start:.1f} s" if rollout.completed else ", broken off"
                probe = "with" if rollout.readiness else "without"
                images = f"{rollout.before} → {rollout.after}" if rollout.before != rollout.after else rollout.after
                yield rollout.start, f"rollout of {name}: {images}{lasted}, {probe} a readinessProbe"
    yield from _answers(timeline, window)


def _answers(timeline: Timeline, window: Window) -> Iterator[tuple[float, str]]:
    """Where the answers changed: a new version, or errors. Before the first answer of all nobody was there to fail."""
    first = next((call.at for call in timeline.of(Answered) if not call.error), float("inf"))
    runs = version_runs(calls(timeline, max(first, window.start), window.end))
    for index, run in enumerate(runs):
        if run.error:
            many = f"{run.count} calls" if run.count > 1 else "1 call"
            yield run.first, f"{many} failed in {run.last - run.first:.1f} s: {run.error}"
        elif index and any(
            before.version and before.version != run.version for before in runs[max(0, index - 2) : index]
        ):
            yield run.first, f"version {run.version} answered"

"""What a timeline proves: restarts, outages, rollouts, calls, and the gaps in which nothing could be seen.

Pure functions that checks, screens and the report share. All times are Unix seconds by the tutor's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from tutor.core.calls import (
    Gap,
    VersionRun,
    calls,
    clock_time,
    error_words,
    errors,
    gap_within,
    gaps,
    hole,
    version_runs,
)
from tutor.core.rollouts import Rollout, deleted_at, rollouts_since
from tutor.core.timeline import EventSeen, PodChanged, Timeline

__all__ = [
    "Gap",
    "Outage",
    "Restart",
    "Rollout",
    "VersionRun",
    "calls",
    "clock_time",
    "deleted_at",
    "ended_by_kubelet",
    "error_words",
    "errors",
    "gap_within",
    "gaps",
    "hole",
    "outage_words",
    "outages",
    "pods_of",
    "ready_pods_at",
    "restarts_since",
    "rollouts_since",
    "terminations",
    "version_runs",
    "whole_cluster_restarted",
]

KILLED_WITHIN = 35.0
"""Seconds from the kubelet's Event to the end of the container: the 30 s that it may take to stop, and some."""
KILLED = (
    ("failed liveness probe", "livenessProbe"),
    ("failed startup probe", "startupProbe"),
    ("definition changed", "definition"),
)
NOTICED_WITHIN = 15.0
"""Seconds from the end of a container to READY 0/1 on a machine that is very busy."""


@dataclass(frozen=True, slots=True)
class Restart:
    """A container of a pod was started again: the restart count of one UID went up."""

    pod: str
    uid: str
    deployment: str
    before: int
    after: int
    at: float
    """When the higher count was seen."""
    was_ready: bool
    """Whether the pod had been ready before, within what was seen."""
    not_ready_at: float | None
    """When READY went down; None where that was too short to be seen, or nobody could look."""
    ready_again_at: float | None
    """None while it is not ready yet."""
    exit_code: int | None
    gone: bool = False
    watched: bool = True
    """Whether somebody looked when it happened; else it was found later, and `at` is when it was found."""
    ran_from: float | None = None
    """When the container's new run began, by the kubelet (whole seconds)."""
    ended: float | None = None
    """When its run before ended, likewise."""

    @property
    def start(self) -> float:
        """When READY went down, else when the higher count was seen."""
        return self.at if self.not_ready_at is None else self.not_ready_at

    def failing_from(self, lead: float) -> float:
        """When its calls may have begun to fail: `lead` seconds before READY went down, or when its run ended by the
        kubelet, where that noticed it later still. A clock that differs from ours tells nothing."""
        if self.ended is not None and lead < self.start - self.ended <= NOTICED_WITHIN:
            return self.ended
        return self.start - lead

    @property
    def outage(self) -> float | None:
        """Seconds that READY was down, as far as known."""
        if self.not_ready_at is None or self.ready_again_at is None:
            return None
        return self.ready_again_at - self.not_ready_at


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which no pod of a Deployment was ready. `end` None: it goes on."""

    start: float
    end: float | None


def pods_of(timeline: Timeline, deployment: str, since: float) -> dict[str, list[PodChanged]]:
    """UID → its entries since then, with the last one before as the baseline."""
    found: dict[str, list[PodChanged]] = {}
    for entry in timeline.of(PodChanged):
        if entry.deployment != deployment:
            continue
        if entry.at < since:
            found[entry.uid] = [entry]
        else:
            found.setdefault(entry.uid, []).append(entry)
    # What was gone before is no pod of that time.
    return {uid: entries for uid, entries in found.items() if not (entries[0].gone and entries[0].at < since)}


def restarts_since(timeline: Timeline, deployment: str, since: float) -> tuple[Restart, ...]:
    """Restarts per pod UID, in the order of their time; a pod first seen after `since` counts from there."""
    found: list[Restart] = []
    for uid, entries in pods_of(timeline, deployment, since).items():
        ready_before = entries[0].ready
        down: float | None = None
        for last, entry in pairwise(entries):
            if last.ready and not entry.ready:
                down, ready_before = entry.at, True
            if entry.restarts > last.restarts:
                # What is being deleted is not back, though its container was started once more.
                again = next((e.at for e in entries if e.at >= entry.at and e.ready and not e.terminating), None)
                found.append(
                    Restart(
                        entry.name,
                        uid,
                        deployment,
                        last.restarts,
                        entry.restarts,
                        entry.at,
                        ready_before or last.ready,
                        down,
                        again,
                        entry.exit_code,
                        entries[-1].gone,
                        not entry.listed,
                        entry.started,
                        entry.finished,
                    )
                )
                down, ready_before = None, entry.ready
            ready_before = ready_before or entry.ready
    return tuple(sorted(found, key=lambda restart: restart.at))


def whole_cluster_restarted(timeline: Timeline, restart: Restart) -> bool:
    """Whether pods of other Deployments restarted too while the link was away: the machine or the cluster did it."""
    gap = next((g for g in gaps(timeline) if g.end is not None and g.start <= restart.at <= g.end + 60), None)
    if gap is None:
        return False
    others = {entry.deployment for entry in timeline.of(PodChanged)} - {restart.deployment, ""}
    return any(
        other.at <= (gap.end or 0) + 60 for name in others for other in restarts_since(timeline, name, gap.start)
    )


def ended_by_kubelet(timeline: Timeline, restart: Restart) -> str:
    """Why the kubelet ended that container, by its Event: "livenessProbe" or "startupProbe" (it failed), "definition"
    (the container's fields were changed in the pod itself); else "".

    Source of its words: kubelet v1.34.2, "Container user failed liveness probe, will be restarted", "Container user
    definition changed, will be restarted".
    """
    run = (e.at for e in timeline.of(PodChanged) if (e.uid, e.restarts) == (restart.uid, restart.before))
    began = next(run, restart.start)
    for event in timeline.of(EventSeen, max(began, restart.start - KILLED_WITHIN)):
        if event.at <= restart.at and (event.kind, event.name, event.reason) == ("Pod", restart.pod, "Killing"):
            for words, why in KILLED:
                if words in event.message:
                    return why
    return ""


def outages(timeline: Timeline, deployment: str, since: float) -> tuple[Outage, ...]:
    """When no pod of the Deployment was ready, after one had been."""
    ready: set[str] = set()
    found: list[Outage] = []
    start: float | None = None
    was_up = False
    for entry in timeline.of(PodChanged):
        if entry.deployment != deployment:
            continue
        (ready.add if entry.ready and not entry.gone else ready.discard)(entry.uid)
        if ready:
            was_up = True
            if start is not None:
                found.append(Outage(start, entry.at))
                start = None
        elif was_up and start is None:
            start = entry.at
    if start is not None:
        found.append(Outage(start, None))
    return tuple(o for o in found if o.end is None or o.end >= since)


def ready_pods_at(timeline: Timeline, deployment: str, at: float) -> tuple[str, ...]:
    """Names of the pods that were ready just before `at`."""
    last: dict[str, PodChanged] = {}
    for entry in timeline.of(PodChanged):
        if entry.at >= at:
            break
        if entry.deployment == deployment:
            last[entry.uid] = entry
    return tuple(sorted(e.name for e in last.values() if e.ready and not e.gone and not e.terminating))


def terminations(timeline: Timeline, deployment: str, start: float, end: float) -> tuple[float, ...]:
    """When pods of the Deployment began to terminate or stopped being ready, in [start, end]."""
    found: list[float] = []
    for entries in pods_of(timeline, deployment, start).values():
        for last, entry in pairwise(entries):
            leaves = (entry.terminating and not last.terminating) or (last.ready and not entry.ready) or entry.gone
            if leaves and start <= entry.at <= end:
                found.append(entry.at)
    return tuple(sorted(found))


def outage_words(timeline: Timeline, outage: Outage, now: float) -> str:
    """ "7 errors (7 x http-500) in 9.4 s, while no pod was ready"."""
    end = outage.end if outage.end is not None else now
    failed = errors(calls(timeline, outage.start, end))
    return f"{error_words(failed)} in {end - outage.start:.1f} s, while no pod was ready"

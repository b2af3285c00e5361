"""The updates of a Deployment, as far as a timeline proves them: from what, to what, and whether they came to an end.

All times are Unix seconds by the tutor's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.core.timeline import DeploymentChanged, Timeline
from tutor.kube.images import same_image


@dataclass(frozen=True, slots=True)
class Rollout:
    """A Deployment's pod template changed, until all replicas were new and available, or it changed once more."""

    deployment: str
    start: float
    end: float | None
    """None while it goes on."""
    before: str
    """Image of the first container in the template before."""
    after: str
    readiness: bool
    """Whether the new template has a readinessProbe."""
    watched: bool = True
    """Whether somebody looked when it, or what it took the place of, began; else `start` is when it was found."""
    completed: bool = True
    """Whether it came to its end. False also where another change (`rollout undo`) or a deletion broke it off."""
    ran: str = ""
    """Image that all pods had last: that of `before`, unless an unfinished rollout stands between."""
    begun: float = 0.0
    """When the template left `ran`'s: `start`, or the start of the first of the unfinished rollouts before it."""
    replicas: int = 1
    """Pods that were wanted when it began. With none there is nothing to roll."""

    @property
    def other_version(self) -> bool:
        """Whether other pods ran before than after: not where a probe was added, or an update was taken back."""
        return not same_image(self.ran, self.after)


def rollouts_since(timeline: Timeline, deployment: str, since: float) -> tuple[Rollout, ...]:
    """Changes of the pod template of one object since then, the newest last. A second change breaks off the first
    rollout; a Deployment that was deleted and made anew has not rolled from one to the other."""
    found: list[Rollout] = []
    last: DeploymentChanged | None = None
    whole: DeploymentChanged | None = None
    """The last state of this object in which all pods were of one template."""
    for entry in timeline.of(DeploymentChanged):
        if entry.name != deployment:
            continue
        under_way = bool(found) and found[-1].end is None
        if last is not None and (entry.gone or entry.uid != last.uid):
            if under_way:
                found[-1] = replace(found[-1], end=entry.at)
            last, whole = (None if entry.gone else entry), None
        elif last is not None:
            if under_way and _rolled_out(entry) and not _template_changed(last, entry, under_way):
                found[-1] = replace(found[-1], end=entry.at, completed=True)
                under_way = False
            if _template_changed(last, entry, under_way):
                broken_off = found[-1] if under_way else None
                if broken_off is not None:
                    found[-1] = replace(broken_off, end=entry.at)
                found.append(_begun(entry, last, whole or last, broken_off))
            last = entry
        elif not entry.gone:
            last = entry
        if last is entry and _rolled_out(entry) and not (found and found[-1].end is None):
            whole = entry
    return tuple(rollout for rollout in found if rollout.start >= since)


def _begun(
    entry: DeploymentChanged, last: DeploymentChanged, whole: DeploymentChanged, broken_off: Rollout | None
) -> Rollout:
    """The rollout that this change begins. `whole`: the last state that all pods had. `broken_off`: by this change."""
    done = _rolled_out(entry)
    return Rollout(
        entry.name,
        entry.at,
        entry.at if done else None,
        last.image,
        entry.image,
        entry.readiness,
        not entry.listed and (broken_off is None or broken_off.watched),
        done,
        whole.image,
        entry.at if broken_off is None else broken_off.begun,
        last.replicas if broken_off is None else min(last.replicas, broken_off.replicas),
    )


def _template_changed(last: DeploymentChanged, entry: DeploymentChanged, under_way: bool) -> bool:
    """By what is recorded of the template, else by a new revision, which follows a little later."""
    if (last.image, last.readiness) != (entry.image, entry.readiness):
        return True
    return bool(last.revision) and last.revision != entry.revision and not under_way


def _rolled_out(entry: DeploymentChanged) -> bool:
    """Source: kubectl rollout status. While a new pod stands beside an old one, the counts of ready and of new pods
    are right already; the total is not."""
    whole = entry.updated == entry.replicas == entry.available == entry.ready
    alone = entry.total is None or entry.total == entry.replicas
    return not entry.gone and entry.observed_generation >= entry.generation and whole and alone


def deleted_at(timeline: Timeline, deployment: str, since: float) -> float:
    """When the Deployment was deleted, after `since`; infinity where it was not."""
    changes = timeline.of(DeploymentChanged, since)
    return next((entry.at for entry in changes if entry.name == deployment and entry.gone), float("inf"))

"""Whether a pod has a readinessProbe: its own entry does not tell, but its ReplicaSet's revision and its Deployment."""

from __future__ import annotations

from tutor.core.pictures.histories import Histories, History, StateT
from tutor.core.timeline import PodChanged

LISTED = 5.0
"""Seconds within which all that is there is listed: a Deployment may be heard of that long after its pod."""


def has_readiness_probe(histories: Histories, pod: PodChanged) -> bool | None:
    """Of the first container. None where it cannot be told from what was recorded.

    A ReplicaSet's template never changes, and a Deployment's revision is that of its template once it is observed.
    """
    sets = [
        history
        for history in histories.replica_sets.values()
        if history.last.name == pod.replica_set and _together(history, pod)
    ]
    revisions = {state.revision for history in sets for state in history.states if state.revision}
    observed = [
        state
        for history in histories.deployments.values()
        if history.last.name == pod.deployment and _together(history, pod)
        for state in history.states
        if state.observed_generation >= state.generation
    ]
    found = {state.readiness for state in observed if not revisions or state.revision in revisions}
    return found.pop() if len(found) == 1 else None


def _together(history: History[StateT], pod: PodChanged) -> bool:
    """Whether the object may have been there with the pod, and is none of the same name before or after it."""
    gone_before = getattr(history.last, "gone", False) and history.last.at < pod.created
    return not gone_before and history.first.at <= pod.at + LISTED

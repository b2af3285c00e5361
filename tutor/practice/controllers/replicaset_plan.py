"""What a ReplicaSet needs next. Pure. Source: pkg/controller/replicaset and controller_utils.go, v1.34."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.kube.conditions import condition, is_true
from tutor.kube.labels import matches
from tutor.kube.times import format_unix, unix
from tutor.practice.controllers.controller import controller_of
from tutor.practice.controllers.victims import victims

Object = dict[str, Any]

BURST = 500
"""Pods that are made or deleted in one step at most."""


@dataclass(frozen=True, slots=True)
class ReplicaSetPlan:
    adopt: tuple[Object, ...]
    """Pods that match and have no owner."""
    release: tuple[Object, ...]
    """Its own pods whose labels match no more."""
    pods: tuple[Object, ...]
    """Its active pods, the adopted ones included: what the status counts."""
    create: int
    delete: tuple[Object, ...]
    """The pods to delete, the first one first."""


def plan(replica_set: Object, pods: Iterable[Object], now: float) -> ReplicaSetPlan:
    """`pods` are those of the namespace; `now` in Unix seconds."""
    uid = replica_set["metadata"]["uid"]
    selector = replica_set["spec"].get("selector")
    going = bool(replica_set["metadata"].get("deletionTimestamp"))
    adopt, release, owned = [], [], []
    for pod in pods:
        if not is_active(pod):
            continue
        owner = controller_of(pod)
        fits = matches(selector, pod["metadata"].get("labels") or {})
        if owner is not None and owner["uid"] == uid:
            if fits:
                owned.append(pod)
            elif not going:
                release.append(pod)
        elif owner is None and fits and not going:
            adopt.append(pod)
            owned.append(pod)
    difference = len(owned) - int(replica_set["spec"].get("replicas", 1))
    create = 0 if going else min(max(-difference, 0), BURST)
    delete = () if going or difference <= 0 else victims(owned, min(difference, BURST), now)
    return ReplicaSetPlan(tuple(adopt), tuple(release), tuple(owned), create, delete)


def is_active(pod: Object) -> bool:
    """Neither ended nor being deleted."""
    phase = (pod.get("status") or {}).get("phase")
    return phase not in ("Succeeded", "Failed") and not pod["metadata"].get("deletionTimestamp")


def slow_start(count: int) -> list[int]:
    """The sizes of the batches in which pods are made: 1, 2, 4, …; after a batch with a failure none follows."""
    batches: list[int] = []
    size = 1
    while count > 0:
        batches.append(min(size, count))
        count -= batches[-1]
        size *= 2
    return batches


# Status


def status_of(replica_set: Object, pods: Sequence[Object], failure: tuple[str, str] | None, now: float) -> Object:
    """`failure`: (reason, message) of a failed creation or deletion. `pods` are those before this step's changes."""
    template = replica_set["spec"].get("template", {}).get("metadata", {}).get("labels") or {}
    minimum = int(replica_set["spec"].get("minReadySeconds") or 0)
    counts = {
        "fullyLabeledReplicas": sum(
            1 for pod in pods if template.items() <= (pod["metadata"].get("labels") or {}).items()
        ),
        "readyReplicas": sum(1 for pod in pods if is_true(pod, "Ready")),
        "availableReplicas": sum(1 for pod in pods if is_available(pod, minimum, now)),
        "observedGeneration": int(replica_set["metadata"].get("generation", 1)),
    }
    status: Object = {"replicas": len(pods), **{name: count for name, count in counts.items() if count}}
    conditions = _conditions(replica_set, failure, now)
    if conditions:
        status["conditions"] = conditions
    return status


def _conditions(replica_set: Object, failure: tuple[str, str] | None, now: float) -> list[Object]:
    existing = (replica_set.get("status") or {}).get("conditions") or []
    others = [entry for entry in existing if entry["type"] != "ReplicaFailure"]
    if failure is None:
        return others
    old = condition(replica_set, "ReplicaFailure")
    if old is not None:
        return list(existing)
    entry = {
        "type": "ReplicaFailure",
        "status": "True",
        "lastTransitionTime": format_unix(now),
        "reason": failure[0],
        "message": failure[1],
    }
    return [*others, entry]


def is_available(pod: Object, minimum_ready_seconds: int, now: float) -> bool:
    """Ready for at least that long."""
    if not is_true(pod, "Ready"):
        return False
    if not minimum_ready_seconds:
        return True
    entry = condition(pod, "Ready")
    since = unix(entry["lastTransitionTime"]) if entry and entry.get("lastTransitionTime") else now
    return since + minimum_ready_seconds <= now


def wait_for_available(status: Object, replica_set: Object) -> float | None:
    """Seconds until ready pods may have become available; None where none is waited for."""
    minimum = float(replica_set["spec"].get("minReadySeconds") or 0)
    waits = minimum and status.get("readyReplicas", 0) > status.get("availableReplicas", 0)
    return minimum if waits else None

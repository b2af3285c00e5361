"""A Deployment's status and its conditions. Pure. Source: pkg/controller/deployment/progress.go and sync.go, v1.34."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.conditions import condition
from tutor.kube.times import format_unix, unix
from tutor.practice.controllers import fenceposts
from tutor.practice.controllers.revisions import ReplicaSets, count, replicas

Object = dict[str, Any]

_NO_DEADLINE = 2**31 - 1


def has_deadline(deployment: Object) -> bool:
    seconds = deployment["spec"].get("progressDeadlineSeconds")
    return seconds is not None and int(seconds) != _NO_DEADLINE


def new_condition(kind: str, status: str, reason: str, message: str, now: float) -> Object:
    time = format_unix(now)
    return {
        "type": kind,
        "status": status,
        "lastUpdateTime": time,
        "lastTransitionTime": time,
        "reason": reason,
        "message": message,
    }


def with_condition(status: Object, new: Object) -> Object:
    """The status with the condition; unchanged where status and reason are the same, even if the message is not."""
    old = condition({"status": status}, new["type"])
    if old is not None and (old["status"], old.get("reason")) == (new["status"], new["reason"]):
        return status
    if old is not None and old["status"] == new["status"]:
        new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
    return {**status, "conditions": [*_others(status, new["type"]), new]}


def without_condition(status: Object, kind: str) -> Object:
    if condition({"status": status}, kind) is None:
        return status
    others = _others(status, kind)
    result = {key: value for key, value in status.items() if key != "conditions"}
    return {**result, "conditions": others} if others else result


def _others(status: Object, kind: str) -> list[Object]:
    return [entry for entry in status.get("conditions") or [] if entry["type"] != kind]


def calculate(deployment: Object, sets: ReplicaSets, now: float) -> Object:
    """Counts, and the condition Available; Progressing as it was."""
    every = sets.all
    pods = sum(count(rs, "replicas") for rs in every)
    available = sum(count(rs, "availableReplicas") for rs in every)
    counts = {
        "observedGeneration": int(deployment["metadata"].get("generation", 1)),
        "replicas": pods,
        "updatedReplicas": count(sets.new, "replicas") if sets.new else 0,
        "readyReplicas": sum(count(rs, "readyReplicas") for rs in every),
        "availableReplicas": available,
        "unavailableReplicas": max(0, _wanted_pods(every) - available),
        "collisionCount": count(deployment, "collisionCount"),
    }
    status: Object = {name: number for name, number in counts.items() if number}
    if conditions := (deployment.get("status") or {}).get("conditions"):
        status["conditions"] = conditions
    minimum = replicas(deployment) - fenceposts.max_unavailable(deployment)
    if available >= minimum:
        text = "Deployment has minimum availability."
        entry = new_condition("Available", "True", "MinimumReplicasAvailable", text, now)
    else:
        text = "Deployment does not have minimum availability."
        entry = new_condition("Available", "False", "MinimumReplicasUnavailable", text, now)
    return with_condition(status, entry)


def _wanted_pods(sets: tuple[Object, ...]) -> int:
    return sum(replicas(rs) for rs in sets)


def with_progress(deployment: Object, sets: ReplicaSets, status: Object, now: float) -> Object:
    """`status` (fresh from `calculate`) with Progressing: complete, on its way, or out of time."""
    current = condition(deployment, "Progressing")
    if not has_deadline(deployment):
        status = without_condition(status, "Progressing")
    elif not _was_complete(status, current):
        named = sets.new["metadata"]["name"] if sets.new else deployment["metadata"]["name"]
        what = f'{"ReplicaSet" if sets.new else "Deployment"} "{named}"'
        if is_complete(deployment, status):
            text = f"{what} has successfully progressed."
            status = with_condition(status, new_condition("Progressing", "True", "NewReplicaSetAvailable", text, now))
        elif _progressed(deployment, status):
            entry = new_condition("Progressing", "True", "ReplicaSetUpdated", f"{what} is progressing.", now)
            if current is not None and current["status"] == "True":
                entry["lastTransitionTime"] = current["lastTransitionTime"]
            status = with_condition(without_condition(status, "Progressing"), entry)
        elif is_timed_out(deployment, now):
            text = f"{what} has timed out progressing."
            status = with_condition(
                status, new_condition("Progressing", "False", "ProgressDeadlineExceeded", text, now)
            )
    failure = _replica_failure(sets, now)
    return with_condition(status, failure) if failure else without_condition(status, "ReplicaFailure")


def _was_complete(status: Object, current: Mapping[str, Any] | None) -> bool:
    all_new = status.get("replicas", 0) == status.get("updatedReplicas", 0)
    return all_new and current is not None and current.get("reason") == "NewReplicaSetAvailable"


def is_complete(deployment: Object, status: Object) -> bool:
    """Every pod that is wanted is new and available, and there is no other."""
    wanted = replicas(deployment)
    names = ("updatedReplicas", "replicas", "availableReplicas")
    return all(status.get(name, 0) == wanted for name in names) and status.get("observedGeneration", 0) >= int(
        deployment["metadata"].get("generation", 1)
    )


def _progressed(deployment: Object, status: Object) -> bool:
    """More new, ready or available pods than before, or fewer old ones."""

    def old_pods(of: Object) -> int:
        return int(of.get("replicas", 0)) - int(of.get("updatedReplicas", 0))

    before = deployment.get("status") or {}
    more = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return old_pods(status) < old_pods(before) or any(status.get(n, 0) > before.get(n, 0) for n in more)


def is_timed_out(deployment: Object, now: float) -> bool:
    current = condition(deployment, "Progressing")
    if not has_deadline(deployment) or current is None or current.get("reason") == "NewReplicaSetAvailable":
        return False
    if current.get("reason") == "ProgressDeadlineExceeded":
        return True
    return unix(current["lastUpdateTime"]) + int(deployment["spec"]["progressDeadlineSeconds"]) < now


def until_deadline(deployment: Object, now: float) -> float | None:
    """Seconds until the deadline has to be looked at again; None where none runs."""
    current = condition(deployment, "Progressing")
    if current is None or not has_deadline(deployment) or is_complete(deployment, deployment.get("status") or {}):
        return None
    if current.get("reason") in ("ProgressDeadlineExceeded", "DeploymentPaused"):
        return None
    left = unix(current["lastUpdateTime"]) + int(deployment["spec"]["progressDeadlineSeconds"]) - now
    return max(left, 0.0) + 1.0


def _replica_failure(sets: ReplicaSets, now: float) -> Object | None:
    """The ReplicaSet's own ReplicaFailure, of the new one first."""
    for rs in ([sets.new] if sets.new else []) + list(sets.old):
        entry = condition(rs, "ReplicaFailure")
        if entry is not None:
            failure = new_condition("ReplicaFailure", entry["status"], entry["reason"], entry.get("message", ""), now)
            return {**failure, "lastTransitionTime": entry["lastTransitionTime"]}
    return None


def with_pause(deployment: Object, now: float) -> Object:
    """The status with what pausing and resuming say about Progressing; the deadline stands still while paused."""
    status = deployment.get("status") or {}
    current = condition(deployment, "Progressing")
    if not has_deadline(deployment):
        return status
    if current is not None and current.get("reason") == "ProgressDeadlineExceeded":
        return status
    noted = current is not None and current.get("reason") == "DeploymentPaused"
    paused = bool(deployment["spec"].get("paused"))
    if paused and not noted:
        entry = new_condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", now)
        return with_condition(status, entry)
    if noted and not paused:
        entry = new_condition("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed", now)
        return with_condition(status, entry)
    return status

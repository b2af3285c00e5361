"""One raw object as one entry of the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.cluster.api import KubeObject
from tutor.core.timeline import PAUSED, DeploymentChanged, PodChanged, ReplicaSetChanged
from tutor.kube.conditions import condition
from tutor.kube.podstatus import pod_row
from tutor.kube.times import unix

REVISION = "deployment.kubernetes.io/revision"
SERVICE_NAME = "kubernetes.io/service-name"


def pod_entry(pod: KubeObject, deployment: str, replica_set: str, at: float, gone: bool, *, listed: bool) -> PodChanged:
    row = pod_row(pod, at)
    metadata, status = pod["metadata"], pod.get("status") or {}
    reason, exit_code, finished, started = _container(status.get("containerStatuses") or [])
    return PodChanged(
        at,
        row.uid,
        row.name,
        deployment,
        replica_set,
        status.get("phase") or "",
        row.status,
        row.is_ready,
        row.ready_containers,
        row.containers,
        row.restarts,
        row.image,
        unix(metadata["creationTimestamp"]) if metadata.get("creationTimestamp") else at,
        status.get("podIP") or "",
        row.terminating,
        gone,
        reason,
        exit_code,
        str(metadata.get("resourceVersion", "")),
        finished,
        started,
        listed,
    )


def owner_of(obj: KubeObject, kind: str) -> str:
    """Name of the owner of that kind that controls the object; empty where there is none."""
    owners = obj["metadata"].get("ownerReferences") or []
    found = [o for o in owners if o.get("kind") == kind]
    return str(next((o for o in found if o.get("controller")), found[0])["name"]) if found else ""


def service_of(obj: KubeObject) -> str:
    return str((obj["metadata"].get("labels") or {}).get(SERVICE_NAME, "") or owner_of(obj, "Service"))


def _first_container(obj: KubeObject) -> Mapping[str, Any]:
    template = ((obj.get("spec") or {}).get("template") or {}).get("spec") or {}
    containers = template.get("containers") or [{}]
    first: Mapping[str, Any] = containers[0]
    return first


def deployment_entry(obj: KubeObject, at: float, gone: bool, *, listed: bool) -> DeploymentChanged:
    metadata, spec, status = obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}
    first = _first_container(obj)
    return DeploymentChanged(
        at,
        metadata.get("uid", ""),
        metadata["name"],
        int(metadata.get("generation") or 0),
        int(status.get("observedGeneration") or 0),
        int(spec.get("replicas", 1)),
        int(status.get("updatedReplicas") or 0),
        int(status.get("readyReplicas") or 0),
        int(status.get("availableReplicas") or 0),
        str(first.get("image", "")),
        str((metadata.get("annotations") or {}).get(REVISION, "")),
        bool(first.get("readinessProbe")),
        gone,
        int(status.get("replicas") or 0),
        listed,
        _held_up(obj),
    )


def _held_up(obj: KubeObject) -> str:
    """The reason that a Deployment's conditions give for no progress; a pause, which they do not always tell, first.

    Source: the deployment controller. The cause (pods that cannot be made) comes before what follows from it.
    """
    if (obj.get("spec") or {}).get("paused"):
        return PAUSED
    for kind, bad in (("ReplicaFailure", "True"), ("Progressing", "False")):
        found = condition(obj, kind)
        if found is not None and found.get("status") == bad:
            return str(found.get("reason", ""))
    return ""


def replica_set_entry(obj: KubeObject, deployment: str, at: float, gone: bool) -> ReplicaSetChanged:
    metadata, spec, status = obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}
    return ReplicaSetChanged(
        at,
        metadata.get("uid", ""),
        metadata["name"],
        deployment,
        int(spec.get("replicas", 1)),
        int(status.get("readyReplicas") or 0),
        str(_first_container(obj).get("image", "")),
        str((metadata.get("annotations") or {}).get(REVISION, "")),
        gone,
    )


def _container(statuses: list[Mapping[str, Any]]) -> tuple[str, int | None, float | None, float | None]:
    """(reason, exit code, last end, present start) of a pod's containers, the times in Unix seconds."""
    reason = ""
    for entry in statuses:
        state = entry.get("state") or {}
        reason = str((state.get("waiting") or state.get("terminated") or {}).get("reason") or "")
        if reason:
            break
    if not statuses:
        return "", None, None, None
    state, before = statuses[0].get("state") or {}, statuses[0].get("lastState") or {}
    ended = state.get("terminated") or before.get("terminated") or {}
    running = state.get("running") or {}
    return (
        reason,
        int(ended["exitCode"]) if "exitCode" in ended else None,
        unix(ended["finishedAt"]) if ended.get("finishedAt") else None,
        unix(running["startedAt"]) if running.get("startedAt") else None,
    )

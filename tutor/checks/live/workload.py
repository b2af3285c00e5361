"""What belongs to a Deployment in a snapshot: its ReplicaSets and pods, found by their owners."""

from __future__ import annotations

from tutor.core.snapshot import ClusterSnapshot, KubeObject
from tutor.kube.labels import equality_matches

REVISION = "deployment.kubernetes.io/revision"
SERVICE_NAME = "kubernetes.io/service-name"


def owned(obj: KubeObject, kind: str, owner: KubeObject) -> bool:
    """By UID; by name where an object was written without one."""
    metadata = owner["metadata"]
    return any(
        ref.get("kind") == kind
        and ref.get("uid", "") == metadata.get("uid", "")
        and ref.get("name") == metadata["name"]
        for ref in obj["metadata"].get("ownerReferences") or []
    )


def replica_sets(snapshot: ClusterSnapshot, deployment: KubeObject) -> list[KubeObject]:
    """The newest revision first."""
    found = [rs for rs in snapshot.list("ReplicaSet") if owned(rs, "Deployment", deployment)]
    return sorted(found, key=revision, reverse=True)


def revision(obj: KubeObject) -> int:
    text = (obj["metadata"].get("annotations") or {}).get(REVISION, "")
    return int(text) if text.isdigit() else 0


def pods(snapshot: ClusterSnapshot, deployment: KubeObject, *, newest: bool = False) -> list[KubeObject]:
    """Pods that are not being deleted; with `newest` those of the newest revision alone."""
    sets = replica_sets(snapshot, deployment)
    sets = sets[:1] if newest else sets
    return [
        pod
        for pod in snapshot.list("Pod")
        if not pod["metadata"].get("deletionTimestamp") and any(owned(pod, "ReplicaSet", rs) for rs in sets)
    ]


def owner_name(snapshot: ClusterSnapshot, pod: KubeObject) -> str:
    """The Deployment that a pod belongs to; empty where none does."""
    for deployment in snapshot.list("Deployment"):
        if any(owned(pod, "ReplicaSet", rs) for rs in replica_sets(snapshot, deployment)):
            return str(deployment["metadata"]["name"])
    return ""


def containers(obj: KubeObject) -> list[KubeObject]:
    """Of a pod, or of the template of a Deployment or ReplicaSet."""
    spec = obj.get("spec") or {}
    found = (spec.get("template") or {}).get("spec") or spec
    return list(found.get("containers") or [])


def endpoints(snapshot: ClusterSnapshot, service: str) -> tuple[list[str], list[str]]:
    """(ready, not ready) pod names, or addresses, behind a Service."""
    ready: set[str] = set()
    others: set[str] = set()
    for obj in snapshot.list("EndpointSlice"):
        if (obj["metadata"].get("labels") or {}).get(SERVICE_NAME) != service:
            continue
        for endpoint in obj.get("endpoints") or []:
            addresses = endpoint.get("addresses") or [""]
            name = str((endpoint.get("targetRef") or {}).get("name") or addresses[0])
            (ready if (endpoint.get("conditions") or {}).get("ready") is not False else others).add(name)
    return sorted(ready), sorted(others - ready)


def selected(snapshot: ClusterSnapshot, service: KubeObject) -> list[KubeObject]:
    """Pods that a Service's selector matches and that are not being deleted."""
    selector = (service.get("spec") or {}).get("selector")
    return [
        pod
        for pod in snapshot.list("Pod")
        if not pod["metadata"].get("deletionTimestamp")
        and equality_matches(selector, pod["metadata"].get("labels") or {})
    ]

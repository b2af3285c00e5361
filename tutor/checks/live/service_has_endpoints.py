"""The Service has ready pods behind it; if not, what keeps them away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.checks.input import CheckInput
from tutor.checks.live.labels_differ import nearest_pod
from tutor.checks.live.workload import endpoints, owner_name, selected
from tutor.checks.registry import Level, rule
from tutor.checks.say import Say, find_document, place
from tutor.core.finding import Finding
from tutor.core.snapshot import ClusterSnapshot, KubeObject
from tutor.kube.podstatus import pod_row
from tutor.kube.ports import target_port

SAY = Say("service-has-endpoints", "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/")


@rule("service-has-endpoints", Level.LIVE, {"service": str})
def service_has_endpoints(given: CheckInput) -> list[Finding]:
    """The Service sends its requests to at least one ready pod, and to pods of one Deployment."""
    name = str(given.params["service"])
    if missing := SAY.without_cluster(given, "Service", "EndpointSlice", "Pod"):
        return missing
    assert given.snapshot is not None
    service = given.snapshot.get("Service", name)
    if service is None:
        return SAY.failed(f"There is no Service {name} in the cluster.", found="not there", hint="Apply its file.")
    selector = (service.get("spec") or {}).get("selector") or {}
    where = place(find_document(given, "Service", name), ("spec", "selector"), key=True)
    if not selector:
        return SAY.failed(
            f"The Service {name} has no selector, so it finds no pods.", hint="Add spec.selector.", **where
        )
    ready, others = endpoints(given.snapshot, name)
    chosen = selected(given.snapshot, service)
    if (unresolved := _unresolved(service, chosen)) is not None:
        # Such a pod counts as an endpoint, and no request reaches it: the slice has no port (tried with v1.34.2).
        index, port = unresolved
        return SAY.failed(
            f'The Service {name} has targetPort "{port}", but no port of its pods has that name: no request arrives.',
            found=port,
            expected="the name of a port, or its number",
            hint="Write the number, or give the container's port that name.",
            **place(find_document(given, "Service", name), ("spec", "ports", index, "targetPort")),
        )
    if ready:
        return _mixed(given.snapshot, service, where) or SAY.passed(
            f"The Service {name} has {len(ready)} ready endpoint{'' if len(ready) == 1 else 's'}: {', '.join(ready)}.",
            found=", ".join(ready),
        )
    if not chosen:
        return _selects_nothing(given, name, selector, where)
    rows = [pod_row(pod, given.now) for pod in chosen]
    if any(row.is_ready for row in rows) and not others:
        return SAY.failed(f"The Service {name} gets its endpoints in a moment.", hint="Wait and look again.")
    states = ", ".join(f"{row.name} {row.ready} {row.status}" for row in rows)
    return SAY.failed(
        f"The Service {name} selects pods, but none of them is ready: {states}.",
        found="no ready endpoint",
        expected="at least one",
        hint="See why the pod is not ready; the Service follows by itself.",
    )


def _selects_nothing(
    given: CheckInput, name: str, selector: Mapping[str, str], where: Mapping[str, Any]
) -> list[Finding]:
    assert given.snapshot is not None
    text = ", ".join(f"{key}={value}" for key, value in selector.items())
    near = nearest_pod(given.snapshot, selector)
    if near is None or not near[1]:
        return SAY.failed(
            f"The Service {name} selects {text}, and there is no pod with such labels.",
            found="no endpoint",
            expected=f"a pod with {text}",
            hint="Compare the selector with the labels of the pod template (kubectl get pods --show-labels).",
            **where,
        )
    pod = near[0]["metadata"]["name"]
    return SAY.failed(
        f"The Service {name} selects no pod. {pod} comes nearest: the selector has {near[1]}.",
        found="no endpoint",
        expected=f"a pod with {text}",
        hint="Give the selector and the labels of the pod template the same text.",
        **where,
    )


def _mixed(snapshot: ClusterSnapshot, service: KubeObject, where: Mapping[str, Any]) -> list[Finding]:
    """Pods of two Deployments behind one Service: an application's own and a stranger's, or one of before."""
    owners = sorted({owner for pod in selected(snapshot, service) if (owner := owner_name(snapshot, pod))})
    if len(owners) < 2:
        return []
    name = service["metadata"]["name"]
    return SAY.failed(
        f"The Service {name} sends requests to pods of several Deployments: {', '.join(owners)}.",
        found=", ".join(owners),
        expected="the pods of one Deployment",
        hint="Give each application a label of its own. A Deployment of an earlier try: kubectl delete"
        " deployment NAME.",
        **where,
    )


def _unresolved(service: KubeObject, pods: list[KubeObject]) -> tuple[int, str] | None:
    """(index, name) of a targetPort by name that none of the pods has."""
    for index, port in enumerate((service.get("spec") or {}).get("ports") or []):
        target = port.get("targetPort")
        if isinstance(target, str) and pods and all(target_port(port, pod) is None for pod in pods):
            return index, target
    return None

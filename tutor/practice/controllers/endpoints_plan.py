"""A Service's endpoints from its pods, as the old Endpoints object has them. Pure.

Source: pkg/controller/endpoint/endpoints_controller.go and endpoints/util.go, v1.34.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from tutor.kube.conditions import condition, is_true
from tutor.kube.labels import equality_matches

Object = dict[str, Any]

TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time"
HEADLESS = "service.kubernetes.io/headless"


def selected(service: Object, pods: Iterable[Object], *, terminating: bool) -> list[Object]:
    """The Service's pods that have an address and have not ended. `terminating`: those being deleted too."""
    selector = service["spec"].get("selector")
    return [
        pod
        for pod in pods
        if equality_matches(selector, pod["metadata"].get("labels") or {})
        and (pod.get("status") or {}).get("podIP")
        and pod["status"].get("phase") not in ("Succeeded", "Failed")
        and (terminating or not pod["metadata"].get("deletionTimestamp"))
    ]


def is_headless(service: Object) -> bool:
    return str(service["spec"].get("clusterIP") or "") in ("", "None")


def publishes_not_ready(service: Object) -> bool:
    return bool(service["spec"].get("publishNotReadyAddresses"))


def find_port(pod: Object, entry: Object) -> int | None:
    """The number that the Service's targetPort is in this pod; None where the pod has no port of that name."""
    wanted = entry.get("targetPort") or entry["port"]
    if isinstance(wanted, int):
        return wanted
    for container in pod["spec"].get("containers") or []:
        for port in container.get("ports") or []:
            same_protocol = port.get("protocol", "TCP") == entry.get("protocol", "TCP")
            if port.get("name") == wanted and same_protocol:
                return int(port["containerPort"])
    return None


def target(pod: Object) -> Object:
    """What an address stands for."""
    metadata = pod["metadata"]
    return {"kind": "Pod", "name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"]}


def subsets(service: Object, pods: Iterable[Object]) -> list[Object]:
    """Addresses with the same ports stand together; an address is ready or not."""
    groups: dict[tuple[tuple[str, int, str], ...], Object] = {}
    for pod in selected(service, pods, terminating=publishes_not_ready(service)):
        ports = []
        for entry in service["spec"].get("ports") or []:
            number = find_port(pod, entry)
            if number is not None:
                ports.append((str(entry.get("name") or ""), number, str(entry.get("protocol", "TCP"))))
        if not ports and (service["spec"].get("ports") or not is_headless(service)):
            continue
        address: Object = {"ip": pod["status"]["podIP"], "targetRef": target(pod)}
        if pod["spec"].get("nodeName"):
            address["nodeName"] = pod["spec"]["nodeName"]
        if hostname := hostname_of(service, pod):
            address["hostname"] = hostname
        ready = publishes_not_ready(service) or is_true(pod, "Ready")
        group = groups.setdefault(tuple(ports), {})
        group.setdefault("addresses" if ready else "notReadyAddresses", []).append(address)
    return [_subset(ports, group) for ports, group in groups.items()]


def _subset(ports: tuple[tuple[str, int, str], ...], group: Object) -> Object:
    subset: Object = {}
    for name in ("addresses", "notReadyAddresses"):
        if name in group:
            subset[name] = sorted(group[name], key=lambda a: (ipaddress.ip_address(a["ip"]), a["targetRef"]["uid"]))
    if ports:
        subset["ports"] = [
            {**({"name": name} if name else {}), "port": number, "protocol": protocol}
            for name, number, protocol in ports
        ]
    return subset


def hostname_of(service: Object, pod: Object) -> str:
    """The pod's own name below a headless Service's."""
    spec = pod["spec"]
    return str(spec.get("hostname") or "") if spec.get("subdomain") == service["metadata"]["name"] else ""


def endpoints_of(service: Object, pods: Iterable[Object], existing: Object | None) -> Object:
    """The whole Endpoints object; `existing` as it is when nothing has changed."""
    pods = list(pods)
    metadata = service["metadata"]
    labels = {**(metadata.get("labels") or {}), "endpoints.kubernetes.io/managed-by": "endpoint-controller"}
    if is_headless(service):
        labels[HEADLESS] = ""
    found = subsets(service, pods)
    if existing is not None:
        same_labels = (existing["metadata"].get("labels") or {}) == labels
        if same_labels and (existing.get("subsets") or []) == found:
            return existing
    annotations = dict(((existing or {}).get("metadata") or {}).get("annotations") or {})
    annotations[TRIGGER_TIME] = trigger_time(service, pods)
    result_metadata = dict(existing["metadata"]) if existing is not None else {}
    result_metadata |= {
        "name": metadata["name"],
        "namespace": metadata["namespace"],
        "labels": labels,
        "annotations": annotations,
    }
    result: Object = {"apiVersion": "v1", "kind": "Endpoints", "metadata": result_metadata}
    if found:
        result["subsets"] = found
    return result


def trigger_time(service: Object, pods: Iterable[Object]) -> str:
    """When the last change happened that the endpoints follow: a pod's readiness, or the Service itself."""
    times = [str(service["metadata"]["creationTimestamp"])]
    for pod in selected(service, pods, terminating=True):
        entry = condition(pod, "Ready")
        if entry and entry.get("lastTransitionTime"):
            times.append(str(entry["lastTransitionTime"]))
    return max(times)

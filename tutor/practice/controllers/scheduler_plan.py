"""Whether a pod fits on the node, and if not, why. Pure. Texts of the scheduler of v1.34.2 (recorded)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tutor.kube.quantities import parse_quantity

Object = dict[str, Any]

NOT_HELPFUL = "Preemption is not helpful for scheduling."
NO_VICTIMS = "No preemption victims found for incoming pod."
GATED = "Scheduling is blocked due to non-empty scheduling gates"


def why_not(pod: Object, node: Object | None, pods: Iterable[Object]) -> str:
    """The scheduler's sentence; "" where the pod fits. `pods` are all pods of the cluster."""
    for volume in pod["spec"].get("volumes") or []:
        if claim := volume.get("persistentVolumeClaim"):
            name = claim.get("claimName", "")
            return f'0/1 nodes are available: persistentvolumeclaim "{name}" not found. not found'
    if node is None:
        return "no nodes available to schedule pods"
    reasons, preemptible = _reasons(pod, node, _on_node(node, pods))
    if not reasons:
        return ""
    counted = ", ".join(sorted(f"1 {reason}" for reason in reasons))
    preemption = NO_VICTIMS if preemptible else NOT_HELPFUL
    return (
        f"0/1 nodes are available: {counted}. no new claims to deallocate, "
        f"preemption: 0/1 nodes are available: 1 {preemption}"
    )


def _on_node(node: Object, pods: Iterable[Object]) -> list[Object]:
    name = node["metadata"]["name"]
    return [
        pod
        for pod in pods
        if pod["spec"].get("nodeName") == name and (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
    ]


def _reasons(pod: Object, node: Object, others: list[Object]) -> tuple[list[str], bool]:
    """(why the pod does not fit, whether ending other pods could help). The first filter that refuses decides."""
    spec = pod["spec"]
    labels = node["metadata"].get("labels") or {}
    if node["spec"].get("unschedulable") and not _tolerates(
        spec, {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    ):
        return ["node(s) were unschedulable"], False
    for taint in node["spec"].get("taints") or []:
        if taint.get("effect") in ("NoSchedule", "NoExecute") and not _tolerates(spec, taint):
            text = f"{taint['key']}: {taint.get('value', '')}"
            return [f"node(s) had untolerated taint {{{text}}}"], False
    if not _selects(spec, labels, node["metadata"]["name"]):
        return ["node(s) didn't match Pod's node affinity/selector"], False
    taken = {port for other in others for port in host_ports(other)}
    if taken & set(host_ports(pod)):
        return ["node(s) didn't have free ports for the requested pod ports"], True
    return _resources(pod, node, others)


def _resources(pod: Object, node: Object, others: list[Object]) -> tuple[list[str], bool]:
    allocatable = (node.get("status") or {}).get("allocatable") or {}
    reasons = []
    helpful = True
    if len(others) + 1 > int(allocatable.get("pods", 110)):
        reasons.append("Too many pods")
    for name, wanted in requests(pod).items():
        total = parse_quantity(allocatable.get(name, "0"))
        used = sum((requests(other).get(name, Decimal(0)) for other in others), Decimal(0))
        if wanted and used + wanted > total:
            reasons.append(f"Insufficient {name}")
            helpful = helpful and wanted <= total
    return reasons, helpful


def requests(pod: Object) -> dict[str, Decimal]:
    """The sum over the containers, or the largest init container where that is more."""
    spec = pod["spec"]
    result = _sum(spec.get("containers") or [])
    sidecars = [c for c in spec.get("initContainers") or [] if c.get("restartPolicy") == "Always"]
    for name, value in _sum(sidecars).items():
        result[name] = result.get(name, Decimal(0)) + value
    for container in spec.get("initContainers") or []:
        if container not in sidecars:
            for name, value in _sum([container]).items():
                result[name] = max(result.get(name, Decimal(0)), value)
    return result


def _sum(containers: Iterable[Object]) -> dict[str, Decimal]:
    result: dict[str, Decimal] = {}
    for container in containers:
        resources = container.get("resources") or {}
        asked = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
        for name, value in asked.items():
            result[name] = result.get(name, Decimal(0)) + parse_quantity(value)
    return result


def host_ports(pod: Object) -> list[tuple[str, int]]:
    return [
        (str(port.get("protocol", "TCP")), int(port["hostPort"]))
        for container in pod["spec"].get("containers") or []
        for port in container.get("ports") or []
        if port.get("hostPort")
    ]


def _tolerates(spec: Object, taint: Mapping[str, Any]) -> bool:
    for toleration in spec.get("tolerations") or []:
        if toleration.get("effect") not in (None, "", taint.get("effect")):
            continue
        exists = toleration.get("operator", "Equal") == "Exists"
        if not toleration.get("key") and exists:
            return True
        if toleration.get("key") != taint.get("key"):
            continue
        if exists or toleration.get("value", "") == taint.get("value", ""):
            return True
    return False


def _selects(spec: Object, labels: Mapping[str, str], name: str) -> bool:
    selector = spec.get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in selector.items()):
        return False
    affinity = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    if affinity is None:
        return True
    return any(
        all(_holds(e, labels) for e in term.get("matchExpressions") or [])
        and all(_holds(e, {"metadata.name": name}) for e in term.get("matchFields") or [])
        and bool(term.get("matchExpressions") or term.get("matchFields"))
        for term in affinity.get("nodeSelectorTerms") or []
    )


def _holds(expression: Object, labels: Mapping[str, str]) -> bool:
    key, operator = str(expression.get("key", "")), expression.get("operator")
    values = [str(value) for value in expression.get("values") or []]
    if operator in ("Exists", "DoesNotExist"):
        return bool((key in labels) == (operator == "Exists"))
    if operator in ("Gt", "Lt"):
        text = labels.get(key, "")
        if not text.lstrip("-").isdigit() or len(values) != 1 or not values[0].lstrip("-").isdigit():
            return False
        return int(text) > int(values[0]) if operator == "Gt" else int(text) < int(values[0])
    holds: bool = key in labels and labels[key] in values
    return holds if operator == "In" else not holds

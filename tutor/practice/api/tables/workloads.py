"""Pods, ReplicaSets, Deployments, HorizontalPodAutoscalers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.conditions import condition
from tutor.kube.podstatus import pod_row
from tutor.practice.api.tables.column import NONE, Cell, age, columns, selector_text

POD = columns("Name", "Ready", "Status", "Restarts", "Age", wide=("IP", "Node", "Nominated Node", "Readiness Gates"))
REPLICA_SET = columns(
    "Name",
    "Desired",
    "Current",
    "Ready",
    "Age",
    wide=("Containers", "Images", "Selector"),
    integers=("Desired", "Current", "Ready"),
)
DEPLOYMENT = columns(
    "Name",
    "Ready",
    "Up-to-date",
    "Available",
    "Age",
    wide=("Containers", "Images", "Selector"),
    integers=(),
)
AUTOSCALER = columns("Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age")


def pod(obj: Mapping[str, Any], now: float) -> list[Cell]:
    row = pod_row(obj, now)
    spec, status = obj.get("spec", {}), obj.get("status", {})
    gates = NONE
    if spec.get("readinessGates"):
        true = [g for g in spec["readinessGates"] if (condition(obj, g["conditionType"]) or {}).get("status") == "True"]
        gates = f"{len(true)}/{len(spec['readinessGates'])}"
    addresses = status.get("podIPs") or []
    address = addresses[0]["ip"] if addresses else status.get("podIP") or NONE
    return [
        row.name,
        row.ready,
        row.status,
        row.restarts_text,
        row.age,
        address,
        spec.get("nodeName") or NONE,
        status.get("nominatedNodeName") or NONE,
        gates,
    ]


def replica_set(obj: Mapping[str, Any], now: float) -> list[Cell]:
    spec, status = obj["spec"], obj.get("status", {})
    return [
        obj["metadata"]["name"],
        spec.get("replicas", 1),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        age(obj, now),
        *_containers(spec),
        selector_text(spec.get("selector")),
    ]


def deployment(obj: Mapping[str, Any], now: float) -> list[Cell]:
    spec, status = obj["spec"], obj.get("status", {})
    return [
        obj["metadata"]["name"],
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 1)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        age(obj, now),
        *_containers(spec),
        selector_text(spec.get("selector")),
    ]


def _containers(spec: Mapping[str, Any]) -> tuple[str, str]:
    containers = spec["template"]["spec"]["containers"]
    return ",".join(c["name"] for c in containers), ",".join(c.get("image", "") for c in containers)


def autoscaler(obj: Mapping[str, Any], now: float) -> list[Cell]:
    spec, status = obj["spec"], obj.get("status", {})
    reference = spec["scaleTargetRef"]
    return [
        obj["metadata"]["name"],
        f"{reference['kind']}/{reference['name']}",
        _targets(spec.get("metrics") or [], status.get("currentMetrics") or []),
        str(spec["minReplicas"]) if spec.get("minReplicas") is not None else "<unset>",
        spec["maxReplicas"],
        status.get("currentReplicas", 0),
        age(obj, now),
    ]


def _targets(metrics: list[dict[str, Any]], current: list[dict[str, Any]]) -> str:
    if not metrics:
        return NONE
    texts = []
    for index, metric in enumerate(metrics[:2]):
        now = current[index] if index < len(current) else {}
        texts.append(_target(metric, now))
    more = f" + {len(metrics) - 2} more..." if len(metrics) > 2 else ""
    return ", ".join(texts) + more


def _target(metric: Mapping[str, Any], current: Mapping[str, Any]) -> str:
    part = {"Resource": "resource", "ContainerResource": "containerResource"}.get(metric.get("type", ""), "")
    if not part:
        return f"<unknown>/{metric.get('type', '')}"
    wanted, found = metric[part], (current.get(part) or {}).get("current") or {}
    target = wanted["target"]
    if target.get("averageUtilization") is not None:
        value = found.get("averageUtilization")
        text = f"{value}%" if value is not None else "<unknown>"
        return f"{wanted['name']}: {text}/{target['averageUtilization']}%"
    return f"{wanted['name']}: {found.get('averageValue') or '<unknown>'}/{target.get('averageValue')}"

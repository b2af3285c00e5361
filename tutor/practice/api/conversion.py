"""The same object under another API version: autoscaling/v1 and events.k8s.io/v1."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tutor.practice.patching.go_order import in_go_order

Object = dict[str, Any]

_CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions"
_METRICS = "autoscaling.alpha.kubernetes.io/metrics"
_CURRENT = "autoscaling.alpha.kubernetes.io/current-metrics"
_BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior"


def to_version(obj: Object, api_version: str) -> Object:
    """A stored object as a client asked for it; the same object where nothing is to do. Never mutates it."""
    convert = _FROM_STORED.get((str(obj["kind"]), api_version))
    return in_go_order(convert(obj)) if convert else obj


def to_stored(obj: Object) -> Object:
    """An object of a client as the store keeps it."""
    convert = _TO_STORED.get((str(obj["kind"]), str(obj["apiVersion"])))
    return convert(obj) if convert else obj


def _autoscaler_to_v1(obj: Object) -> Object:
    spec, status = obj["spec"], obj.get("status", {})
    annotations = dict(obj["metadata"].get("annotations") or {})
    new: Object = {key: spec[key] for key in ("scaleTargetRef", "minReplicas", "maxReplicas") if key in spec}
    others = []
    for metric in spec.get("metrics") or []:
        percentage = _cpu_utilization(metric, "target")
        if percentage is not None and "targetCPUUtilizationPercentage" not in new:
            new["targetCPUUtilizationPercentage"] = percentage
        else:
            others.append(metric)
    new_status: Object = {
        key: status[key]
        for key in ("observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas")
        if key in status
    }
    new_status.setdefault("currentReplicas", 0)
    new_status.setdefault("desiredReplicas", 0)
    for metric in status.get("currentMetrics") or []:
        percentage = _cpu_utilization(metric, "current")
        if percentage is not None:
            new_status["currentCPUUtilizationPercentage"] = percentage
    for key, value in (
        (_METRICS, others),
        (_CONDITIONS, status.get("conditions")),
        (_CURRENT, status.get("currentMetrics")),
        (_BEHAVIOR, spec.get("behavior")),
    ):
        if value:
            annotations[key] = json.dumps(value, separators=(",", ":"))
    metadata = {**obj["metadata"], "annotations": annotations} if annotations else obj["metadata"]
    return {**obj, "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": new, "status": new_status}


def _cpu_utilization(metric: Mapping[str, Any], part: str) -> int | None:
    resource = metric.get("resource") or {}
    if metric.get("type") != "Resource" or resource.get("name") != "cpu":
        return None
    found = (resource.get(part) or {}).get("averageUtilization")
    return int(found) if found is not None else None


def _autoscaler_from_v1(obj: Object) -> Object:
    old = obj.get("spec") or {}
    metadata = dict(obj["metadata"])
    annotations = dict(metadata.get("annotations") or {})
    spec: Object = {key: old[key] for key in ("scaleTargetRef", "minReplicas", "maxReplicas") if key in old}
    metrics: list[Object] = []
    percentage = old.get("targetCPUUtilizationPercentage")
    if percentage is not None:
        target = {"type": "Utilization", "averageUtilization": percentage}
        metrics.append({"type": "Resource", "resource": {"name": "cpu", "target": target}})
    metrics.extend(_parsed(annotations.pop(_METRICS, None)) or [])
    if metrics:
        spec["metrics"] = metrics
    if behavior := _parsed(annotations.pop(_BEHAVIOR, None)):
        spec["behavior"] = behavior
    annotations.pop(_CONDITIONS, None)
    annotations.pop(_CURRENT, None)
    metadata["annotations"] = annotations
    if not annotations:
        del metadata["annotations"]
    new = {**obj, "apiVersion": "autoscaling/v2", "metadata": metadata, "spec": spec}
    # Its status has other fields; the controller's own is kept by the store.
    new.pop("status", None)
    return new


def _parsed(text: str | None) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        # A client wrote the annotation by hand; the real conversion ignores what it cannot read, too.
        return None


_EVENT_NAMES = (
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
)


def _event_to_events_k8s_io(obj: Object) -> Object:
    names = dict(_EVENT_NAMES)
    renamed = {names.get(key, key): value for key, value in obj.items() if value != ""}
    return renamed | {"apiVersion": "events.k8s.io/v1"}


def _event_from_events_k8s_io(obj: Object) -> Object:
    names = {theirs: ours for ours, theirs in _EVENT_NAMES}
    return {names.get(key, key): value for key, value in obj.items()} | {"apiVersion": "v1"}


Convert = Callable[[Object], Object]
_FROM_STORED: Mapping[tuple[str, str], Convert] = {
    ("HorizontalPodAutoscaler", "autoscaling/v1"): _autoscaler_to_v1,
    ("Event", "events.k8s.io/v1"): _event_to_events_k8s_io,
}
_TO_STORED: Mapping[tuple[str, str], Convert] = {
    ("HorizontalPodAutoscaler", "autoscaling/v1"): _autoscaler_from_v1,
    ("Event", "events.k8s.io/v1"): _event_from_events_k8s_io,
}

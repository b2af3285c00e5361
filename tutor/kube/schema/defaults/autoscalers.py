"""HorizontalPodAutoscalers."""

from __future__ import annotations

import copy
from typing import Any

Object = dict[str, Any]

CPU_PERCENT = 80
_SCALE_UP: Object = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}
_SCALE_DOWN: Object = {
    "selectPolicy": "Max",
    "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
}


def autoscaler_defaults(autoscaler: Object) -> None:
    spec = autoscaler["spec"]
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": CPU_PERCENT}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    behavior = spec.get("behavior")
    if behavior is not None:
        behavior["scaleUp"] = {**copy.deepcopy(_SCALE_UP), **(behavior.get("scaleUp") or {})}
        behavior["scaleDown"] = {**copy.deepcopy(_SCALE_DOWN), **(behavior.get("scaleDown") or {})}


def autoscaler_v1_defaults(autoscaler: Object) -> None:
    spec = autoscaler["spec"]
    spec.setdefault("minReplicas", 1)
    spec.setdefault("targetCPUUtilizationPercentage", CPU_PERCENT)

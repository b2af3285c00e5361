"""Deployments and ReplicaSets."""

from __future__ import annotations

from typing import Any

from tutor.kube.schema.defaults.pods import pod_spec_defaults

Object = dict[str, Any]


def deployment_defaults(deployment: Object) -> None:
    spec = deployment["spec"]
    pod_spec_defaults(spec["template"]["spec"])
    spec.setdefault("replicas", 1)
    strategy = spec["strategy"]
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)


def replica_set_defaults(replica_set: Object) -> None:
    spec = replica_set["spec"]
    spec.setdefault("replicas", 1)
    pod_spec_defaults(spec["template"]["spec"])

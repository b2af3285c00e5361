"""What of an object its kind decides about its metadata: which fields count for the generation, which has a status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WITH_GENERATION = frozenset({"Deployment", "ReplicaSet", "Pod", "EndpointSlice"})
"""Kinds that count their generations in Kubernetes 1.34."""

WITH_STATUS = frozenset({"Deployment", "ReplicaSet", "Pod", "Service", "Namespace", "Node", "HorizontalPodAutoscaler"})
"""Kinds whose status is written through the status subresource alone."""

_NOT_DESIRED = frozenset({"apiVersion", "kind", "metadata", "status"})


def desired_part(obj: Mapping[str, Any]) -> dict[str, Any]:
    """What someone asked for: everything but metadata and status."""
    return {key: value for key, value in obj.items() if key not in _NOT_DESIRED}


def counts_as_new_generation(obj: Mapping[str, Any], stored: Mapping[str, Any]) -> bool:
    """Whether what is asked for has changed. Of a Deployment the annotations count as well (tried on v1.34.2)."""
    if obj["kind"] not in WITH_GENERATION:
        return False
    if desired_part(obj) != desired_part(stored):
        return True
    if obj["kind"] != "Deployment":
        return False
    return (obj["metadata"].get("annotations") or {}) != (stored["metadata"].get("annotations") or {})


def without_version(obj: Mapping[str, Any]) -> dict[str, Any]:
    """The object without what every write changes: resourceVersion, and the times in managedFields."""
    metadata = {key: value for key, value in obj["metadata"].items() if key != "resourceVersion"}
    if "managedFields" in metadata:
        metadata["managedFields"] = [
            {key: value for key, value in entry.items() if key != "time"} for entry in metadata["managedFields"]
        ]
    return {**obj, "metadata": metadata}


def default_grace(obj: Mapping[str, Any]) -> int:
    """Seconds that a deleted object's containers are given. A pod that runs nowhere or has ended needs none."""
    if obj["kind"] != "Pod":
        return 0
    spec = obj.get("spec", {})
    if not spec.get("nodeName") or obj.get("status", {}).get("phase") in ("Succeeded", "Failed"):
        return 0
    grace = spec.get("terminationGracePeriodSeconds")
    return 30 if grace is None else max(int(grace), 1)

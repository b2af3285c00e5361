"""The values that the API server refuses, in its own words: names, ranges, required, doubled and immutable fields.

A module for each kind of object or part of one. All take objects as `set_defaults` leaves them. The rules and their
words stand in no published document; they were tried on a real API server v1.34.2, and tests/kube/schema holds what it
answered. Where it names a field otherwise than it is written in a manifest, so do they.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from tutor.kube.refs import KINDS
from tutor.kube.schema.validation.field_error import Errors, FieldError, render_invalid
from tutor.kube.schema.validation.metadata import any_change

__all__ = ["FieldError", "render_invalid", "validate"]

Object = Mapping[str, Any]
New = Callable[[Object], Errors]
Changed = Callable[[Object, Object], Errors]


def validate(obj: Object, old: Object | None) -> list[FieldError]:
    """All that the API server refuses of a defaulted object, in its order; `old` is what is stored, None for a new one.

    Kinds without rules here have no errors.
    """
    kind = str(obj.get("kind", ""))
    if kind not in _RULES:
        return []
    # A check of one file has to be quick: the rules of a kind are loaded where an object of it is judged.
    module_name, new_name, changed_name = _RULES[kind]
    module = import_module(f"tutor.kube.schema.validation.{module_name}")
    if old is None:
        new: New = getattr(module, new_name)
        return list(new(obj))
    changed: Changed = getattr(module, changed_name)
    return [*any_change(obj, old, namespaced=KINDS[kind].namespaced), *changed(obj, old)]


_RULES: Mapping[str, tuple[str, str, str]] = {
    "ConfigMap": ("configs", "config_map", "changed_config_map"),
    "Deployment": ("workloads", "new_deployment", "changed_deployment"),
    "EndpointSlice": ("endpoints", "endpoint_slice", "changed_endpoint_slice"),
    "Endpoints": ("endpoints", "endpoints", "changed_endpoints"),
    "Event": ("cluster", "event", "changed_event"),
    "HorizontalPodAutoscaler": ("autoscalers", "new_autoscaler", "changed_autoscaler"),
    "Namespace": ("cluster", "namespace", "changed_namespace"),
    "Node": ("cluster", "node", "changed_node"),
    "Pod": ("pod_changes", "new_pod", "changed_pod"),
    "ReplicaSet": ("workloads", "new_replica_set", "changed_replica_set"),
    "Secret": ("configs", "secret", "changed_secret"),
    "Service": ("services", "new_service", "changed_service"),
    "ServiceAccount": ("cluster", "service_account", "changed_service_account"),
}
"""Kind → module, what a new object must fulfil, what a changed one."""

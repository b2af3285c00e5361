"""The values that the API server refuses, in its own words: names, ranges, required, doubled and immutable fields.

A module for each kind of object or part of one. All take objects as `set_defaults` leaves them. The rules and their
words stand in no published document; they were tried on a real API server v1.34.2, and tests/kube/schema holds what it
answered. Where it names a field otherwise than it is written in a manifest, so do they.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tutor.kube.refs import KINDS
from tutor.kube.schema.validation.autoscalers import changed_autoscaler, new_autoscaler
from tutor.kube.schema.validation.cluster import (
    changed_event,
    changed_namespace,
    changed_node,
    changed_service_account,
    event,
    namespace,
    node,
    service_account,
)
from tutor.kube.schema.validation.configs import changed_config_map, changed_secret, config_map, secret
from tutor.kube.schema.validation.endpoints import (
    changed_endpoint_slice,
    changed_endpoints,
    endpoint_slice,
    endpoints,
)
from tutor.kube.schema.validation.field_error import Errors, FieldError, render_invalid
from tutor.kube.schema.validation.metadata import any_change
from tutor.kube.schema.validation.pod_changes import changed_pod
from tutor.kube.schema.validation.pods import new_pod
from tutor.kube.schema.validation.services import changed_service, new_service
from tutor.kube.schema.validation.workloads import (
    changed_deployment,
    changed_replica_set,
    new_deployment,
    new_replica_set,
)

__all__ = ["FieldError", "render_invalid", "validate"]

Object = Mapping[str, Any]
New = Callable[[Object], Errors]
Changed = Callable[[Object, Object], Errors]


def validate(obj: Object, old: Object | None) -> list[FieldError]:
    """All that the API server refuses of a defaulted object, in its order; `old` is what is stored, None for a new one.

    Kinds without rules here have no errors.
    """
    kind = str(obj.get("kind", ""))
    rules = _RULES.get(kind)
    if rules is None:
        return []
    new, changed = rules
    if old is None:
        return list(new(obj))
    return [*any_change(obj, old, namespaced=KINDS[kind].namespaced), *changed(obj, old)]


_RULES: Mapping[str, tuple[New, Changed]] = {
    "ConfigMap": (config_map, changed_config_map),
    "Deployment": (new_deployment, changed_deployment),
    "EndpointSlice": (endpoint_slice, changed_endpoint_slice),
    "Endpoints": (endpoints, changed_endpoints),
    "Event": (event, changed_event),
    "HorizontalPodAutoscaler": (new_autoscaler, changed_autoscaler),
    "Namespace": (namespace, changed_namespace),
    "Node": (node, changed_node),
    "Pod": (new_pod, changed_pod),
    "ReplicaSet": (new_replica_set, changed_replica_set),
    "Secret": (secret, changed_secret),
    "Service": (new_service, changed_service),
    "ServiceAccount": (service_account, changed_service_account),
}

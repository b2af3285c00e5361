"""What the API server makes of a new object before anybody looks at it: its canonical form, then the defaults.

canonical.py: as decoding and encoding again leave it (no nulls, no empty lists, quantities in one form). The other
modules: the defaults of Go code, which stand in no published document, a module for each group of types. Read off
objects that a real API server v1.34.2 stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tutor.kube.schema import types
from tutor.kube.schema.defaults.autoscalers import autoscaler_defaults, autoscaler_v1_defaults
from tutor.kube.schema.defaults.canonical import canonical
from tutor.kube.schema.defaults.objects import endpoints_defaults, namespace_defaults, node_defaults, slice_defaults
from tutor.kube.schema.defaults.pods import pod_defaults
from tutor.kube.schema.defaults.secrets import secret_defaults
from tutor.kube.schema.defaults.services import service_defaults
from tutor.kube.schema.defaults.workloads import deployment_defaults, replica_set_defaults
from tutor.kube.schema.structure import UnknownKind

Object = dict[str, Any]


def set_defaults(obj: Mapping[str, Any]) -> Object:
    """A copy of an object, of the right structure, with what the API server fills in. Raises: `UnknownKind`.

    What admission adds (service account, cluster IP, node ports …) is not part of it.
    """
    api_version, kind = str(obj.get("apiVersion", "")), str(obj.get("kind", ""))
    name = types.kind_type(api_version, kind)
    if name is None:
        raise UnknownKind(f"{api_version} {kind}")
    result = canonical(obj, name)
    if "metadata" in result and not result["metadata"].get("labels"):
        result["metadata"].pop("labels", None)
    if fill := _FILL.get((api_version, kind)):
        fill(result)
    return result


_FILL: Mapping[tuple[str, str], Callable[[Object], None]] = {
    ("apps/v1", "Deployment"): deployment_defaults,
    ("apps/v1", "ReplicaSet"): replica_set_defaults,
    ("autoscaling/v1", "HorizontalPodAutoscaler"): autoscaler_v1_defaults,
    ("autoscaling/v2", "HorizontalPodAutoscaler"): autoscaler_defaults,
    ("discovery.k8s.io/v1", "EndpointSlice"): slice_defaults,
    ("v1", "Endpoints"): endpoints_defaults,
    ("v1", "Namespace"): namespace_defaults,
    ("v1", "Node"): node_defaults,
    ("v1", "Pod"): pod_defaults,
    ("v1", "Secret"): secret_defaults,
    ("v1", "Service"): service_defaults,
}

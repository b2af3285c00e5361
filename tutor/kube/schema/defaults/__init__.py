"""What the API server makes of a new object before anybody looks at it: its canonical form, then the defaults.

canonical.py: as decoding and encoding again leave it (no nulls, no empty lists, quantities in one form). The other
modules: the defaults of Go code, which stand in no published document, a module for each group of types. Read off
objects that a real API server v1.34.2 stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from tutor.kube.schema import types
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
    # A check of one file has to be quick: what a kind needs is loaded where an object of it is judged.
    canonical = import_module("tutor.kube.schema.defaults.canonical").canonical
    result: Object = canonical(obj, name)
    if "metadata" in result and not result["metadata"].get("labels"):
        result["metadata"].pop("labels", None)
    if (where := _FILL.get((api_version, kind))) is not None:
        fill: Callable[[Object], None] = getattr(import_module(f"tutor.kube.schema.defaults.{where[0]}"), where[1])
        fill(result)
    return result


_FILL: Mapping[tuple[str, str], tuple[str, str]] = {
    ("apps/v1", "Deployment"): ("workloads", "deployment_defaults"),
    ("apps/v1", "ReplicaSet"): ("workloads", "replica_set_defaults"),
    ("autoscaling/v1", "HorizontalPodAutoscaler"): ("autoscalers", "autoscaler_v1_defaults"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"): ("autoscalers", "autoscaler_defaults"),
    ("discovery.k8s.io/v1", "EndpointSlice"): ("objects", "slice_defaults"),
    ("v1", "Endpoints"): ("objects", "endpoints_defaults"),
    ("v1", "Namespace"): ("objects", "namespace_defaults"),
    ("v1", "Node"): ("objects", "node_defaults"),
    ("v1", "Pod"): ("pods", "pod_defaults"),
    ("v1", "Secret"): ("secrets", "secret_defaults"),
    ("v1", "Service"): ("services", "service_defaults"),
}
"""apiVersion and kind → module and function."""

"""The kinds that the tutor and the practice cluster know, with their names in URLs and on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindInfo:
    kind: str
    api_version: str
    plural: str
    short_names: tuple[str, ...] = ()
    namespaced: bool = True

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        return self.api_version.rpartition("/")[2]

    @property
    def singular(self) -> str:
        return self.kind.lower()


KINDS: Mapping[str, KindInfo] = {
    info.kind: info
    for info in (
        KindInfo("Namespace", "v1", "namespaces", ("ns",), namespaced=False),
        KindInfo("Node", "v1", "nodes", ("no",), namespaced=False),
        KindInfo("Pod", "v1", "pods", ("po",)),
        KindInfo("Service", "v1", "services", ("svc",)),
        KindInfo("Endpoints", "v1", "endpoints", ("ep",)),
        KindInfo("Event", "v1", "events", ("ev",)),
        KindInfo("ConfigMap", "v1", "configmaps", ("cm",)),
        KindInfo("Secret", "v1", "secrets"),
        KindInfo("ServiceAccount", "v1", "serviceaccounts", ("sa",)),
        KindInfo("Deployment", "apps/v1", "deployments", ("deploy",)),
        KindInfo("ReplicaSet", "apps/v1", "replicasets", ("rs",)),
        KindInfo("EndpointSlice", "discovery.k8s.io/v1", "endpointslices"),
        KindInfo("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers", ("hpa",)),
        KindInfo("PodMetrics", "metrics.k8s.io/v1beta1", "pods"),
        KindInfo("NodeMetrics", "metrics.k8s.io/v1beta1", "nodes", namespaced=False),
    )
}

_BY_NAME = {
    name: info
    for info in reversed(list(KINDS.values()))
    if not info.group.startswith("metrics")
    for name in (info.kind.lower(), info.plural, *info.short_names)
}


def kind_info(name: str) -> KindInfo | None:
    """The kind of a name as typed after `kubectl get`: "deploy", "Deployment", "deployments.apps"."""
    return _BY_NAME.get(name.lower().split(".")[0])

"""The store's gate for new objects: what is added to them, and what is refused."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tutor.kube.refs import KINDS
from tutor.practice.admission import services
from tutor.practice.admission.pods import admit_pod, changed_pod
from tutor.practice.patching.go_order import in_go_order
from tutor.practice.store.errors import Forbidden, NotFound

Object = dict[str, Any]

PERMANENT_NAMESPACES = frozenset({"default", "kube-system", "kube-public"})

_FIRST_STATUS: Mapping[str, Mapping[str, Any]] = {
    "Deployment": {},
    "ReplicaSet": {"replicas": 0},
    "Service": {"loadBalancer": {}},
    "Namespace": {"phase": "Active"},
    "HorizontalPodAutoscaler": {"desiredReplicas": 0, "currentMetrics": None},
}


class Reader(Protocol):
    def get(self, kind: str, namespace: str, name: str) -> Object | None: ...

    def list(self, kind: str, namespace: str | None = None) -> list[Object]: ...


class Admission:
    """Called by the store with every new object, whether a client or a controller makes it."""

    def __init__(self, store: Reader, *, choose: random.Random | None = None) -> None:
        self._store = store
        self._random = choose or random.Random()
        self._steps: Mapping[str, Callable[[Object], Object]] = {
            "Pod": admit_pod,
            "Service": self._service,
            "Namespace": _namespace,
        }

    def admit(self, obj: Object) -> Object:
        """Raises: `NotFound` or `Forbidden` for the namespace, `Invalid` for what cannot be allocated."""
        kind = str(obj["kind"])
        self.check_namespace(obj)
        step = self._steps.get(kind)
        admitted = step(obj) if step else obj
        if kind in _FIRST_STATUS:
            admitted = {**admitted, "status": dict(_FIRST_STATUS[kind])}
        return in_go_order(admitted)

    def check_namespace(self, obj: Mapping[str, Any]) -> None:
        """Raises: `NotFound` where the namespace is not there, `Forbidden` where it is ending."""
        kind = str(obj["kind"])
        if kind in KINDS and not KINDS[kind].namespaced:
            return
        name = str(obj["metadata"].get("namespace", ""))
        namespace = self._store.get("Namespace", "", name)
        if namespace is None:
            raise NotFound("Namespace", name)
        if namespace["metadata"].get("deletionTimestamp") and kind != "Event":
            cause = {
                "reason": "NamespaceTerminating",
                "message": f"namespace {name} is being terminated",
                "field": "metadata.namespace",
            }
            why = f"unable to create new content in namespace {name} because it is being terminated"
            raise Forbidden(kind, str(obj["metadata"]["name"]), why, [cause])

    def as_checked(self, obj: Object) -> Object:
        """A new object as its values are looked at: the node ports of a Service are taken before. Raises: `Invalid`."""
        if obj["kind"] != "Service":
            return obj
        services.check_asked_ports(obj, self._store.list("Service"))
        return services.with_shared_ports(obj)

    def _service(self, obj: Object) -> Object:
        return services.allocate(obj, None, self._store.list("Service"), self._random)

    def changed_pod(self, obj: Object) -> Object:
        return changed_pod(obj)

    def changed_service(self, obj: Object, old: Object) -> Object:
        """A Service that replaces `old`: with what is allocated to it. Raises: `Invalid`."""
        uid = old["metadata"]["uid"]
        others = [other for other in self._store.list("Service") if other["metadata"]["uid"] != uid]
        return services.allocate(obj, old, others, self._random)


def _namespace(obj: Object) -> Object:
    labels = {**(obj["metadata"].get("labels") or {}), "kubernetes.io/metadata.name": obj["metadata"]["name"]}
    return {**obj, "metadata": {**obj["metadata"], "labels": labels}, "spec": {"finalizers": ["kubernetes"]}}

"""Empties namespaces that are being deleted, and furnishes new ones. Texts of v1.34.2 (recorded)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from tutor.kube.conditions import condition
from tutor.kube.refs import KINDS
from tutor.kube.times import Clock, format_unix
from tutor.practice.controllers.controller import Key, key_of
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

Object = dict[str, Any]

ROOT_CA = "kube-root-ca.crt"
_ROOT_CA_DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


class NamespaceController:
    """Deletes what is in a namespace that is being deleted, and then the namespace."""

    name = "namespace"

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        if event.kind == "Namespace":
            return [key_of(event.object)] if event.object["metadata"].get("deletionTimestamp") else ()
        if not event.namespace:
            return ()
        namespace = self._store.get("Namespace", "", event.namespace)
        going = namespace is not None and namespace["metadata"].get("deletionTimestamp")
        return [("", event.namespace)] if going else ()

    def all_keys(self) -> Iterable[Key]:
        return [key_of(n) for n in self._store.list("Namespace") if n["metadata"].get("deletionTimestamp")]

    def reconcile(self, key: Key) -> float | None:
        namespace = self._store.get("Namespace", *key)
        if namespace is None or not namespace["metadata"].get("deletionTimestamp"):
            return None
        for kind in self._store.kinds():
            for obj in self._store.list(kind, key[1]):
                if not obj["metadata"].get("deletionTimestamp"):
                    self._store.delete(kind, key[1], obj["metadata"]["name"])
        left = [obj for kind in self._store.kinds() for obj in self._store.list(kind, key[1])]
        if not left:
            self._store.finalize("Namespace", *key)
            return None
        conditions = deletion_conditions(namespace, left, self._clock.now())
        status = {**(namespace.get("status") or {}), "conditions": conditions}
        self._store.update({**namespace, "status": status}, subresource="status")
        return None


def deletion_conditions(namespace: Object, left: list[Object], now: float) -> list[Object]:
    """What the status says while something is left in the namespace."""
    counts = Counter(_resource(obj) for obj in left)
    finalizers = Counter(f for obj in left for f in obj["metadata"].get("finalizers") or [])
    remain = ", ".join(f"{name} has {count} resource instances" for name, count in sorted(counts.items()))
    wanted = [
        (
            "NamespaceDeletionDiscoveryFailure",
            "False",
            "ResourcesDiscovered",
            "All resources successfully discovered",
        ),
        (
            "NamespaceDeletionGroupVersionParsingFailure",
            "False",
            "ParsedGroupVersions",
            "All legacy kube types successfully parsed",
        ),
        (
            "NamespaceDeletionContentFailure",
            "False",
            "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization",
        ),
        ("NamespaceContentRemaining", "True", "SomeResourcesRemain", f"Some resources are remaining: {remain}"),
    ]
    if finalizers:
        text = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(finalizers.items()))
        message = f"Some content in the namespace has finalizers remaining: {text}"
        wanted.append(("NamespaceFinalizersRemaining", "True", "SomeFinalizersRemain", message))
    else:
        message = "All content-preserving finalizers finished"
        wanted.append(("NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers", message))
    result = []
    for kind, status, reason, message in wanted:
        old = condition(namespace, kind)
        same = old is not None and old["status"] == status
        time = old["lastTransitionTime"] if old is not None and same else format_unix(now)
        result.append(
            {"type": kind, "status": status, "lastTransitionTime": time, "reason": reason, "message": message}
        )
    return result


def _resource(obj: Object) -> str:
    """As the message names it: "pods.", "deployments.apps"."""
    info = KINDS[obj["kind"]]
    return f"{info.plural}.{info.group}"


class NamespaceFurnisher:
    """Each namespace has a ServiceAccount `default` and the cluster's CA certificate."""

    name = "namespace-furnisher"

    def __init__(self, store: Store, ca_certificate: str) -> None:
        self._store = store
        self._ca_certificate = ca_certificate

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        if event.kind == "Namespace" and event.type != "DELETED":
            return [key_of(event.object)]
        name = event.object["metadata"]["name"]
        ours = (event.kind, name) in (("ServiceAccount", "default"), ("ConfigMap", ROOT_CA))
        return [("", event.namespace)] if ours else ()

    def all_keys(self) -> Iterable[Key]:
        return [key_of(namespace) for namespace in self._store.list("Namespace")]

    def reconcile(self, key: Key) -> float | None:
        namespace = self._store.get("Namespace", *key)
        if namespace is None or namespace["metadata"].get("deletionTimestamp"):
            return None
        name = key[1]
        if self._store.get("ServiceAccount", name, "default") is None:
            account: Object = {"apiVersion": "v1", "kind": "ServiceAccount"}
            self._store.create({**account, "metadata": {"name": "default", "namespace": name}})
        data = {"ca.crt": self._ca_certificate}
        stored = self._store.get("ConfigMap", name, ROOT_CA)
        if stored is None:
            metadata: Object = {"name": ROOT_CA, "namespace": name}
            metadata["annotations"] = {"kubernetes.io/description": _ROOT_CA_DESCRIPTION}
            self._store.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})
        elif stored.get("data") != data:
            self._store.update({**stored, "data": data})
        return None

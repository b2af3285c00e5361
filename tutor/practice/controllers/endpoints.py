"""Keeps the Endpoints and EndpointSlices of the Services that select pods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tutor.kube.labels import equality_matches
from tutor.practice.controllers import endpoints_plan, slices_plan
from tutor.practice.controllers.controller import Key, key_of
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

Object = dict[str, Any]


class _OfServices:
    """What both have in common: which Services a change concerns."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _services(self, event: StoreEvent) -> Iterable[Key]:
        if event.kind == "Service":
            return [key_of(event.object)]
        if event.kind == "Pod":
            labels = [pod["metadata"].get("labels") or {} for pod in (event.object, event.old) if pod is not None]
            return [
                key_of(service)
                for service in self._store.list("Service", event.namespace)
                if any(equality_matches(service["spec"].get("selector"), each) for each in labels)
            ]
        return ()

    def all_keys(self) -> Iterable[Key]:
        return [key_of(service) for service in self._store.list("Service")]


class EndpointsController(_OfServices):
    name = "endpoints"

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        return [key_of(event.object)] if event.kind == "Endpoints" else self._services(event)

    def all_keys(self) -> Iterable[Key]:
        return {key_of(obj) for kind in ("Service", "Endpoints") for obj in self._store.list(kind)}

    def reconcile(self, key: Key) -> float | None:
        service = self._store.get("Service", *key)
        existing = self._store.get("Endpoints", *key)
        if service is None or service["metadata"].get("deletionTimestamp"):
            if existing is not None and _is_ours(existing):
                self._store.delete("Endpoints", *key)
            return None
        if not service["spec"].get("selector") or service["spec"].get("type") == "ExternalName":
            return None
        wanted = endpoints_plan.endpoints_of(service, self._store.list("Pod", key[0]), existing)
        if existing is None:
            self._store.create(wanted)
        elif wanted is not existing:
            self._store.update(wanted)
        return None


def _is_ours(endpoints: Object) -> bool:
    return "endpoints.kubernetes.io/managed-by" in (endpoints["metadata"].get("labels") or {})


class EndpointSliceController(_OfServices):
    name = "endpointslice"

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        if event.kind == "EndpointSlice":
            labels = event.object["metadata"].get("labels") or {}
            name = labels.get(slices_plan.SERVICE_NAME)
            ours = labels.get(slices_plan.MANAGED_BY) == slices_plan.CONTROLLER
            return [(event.namespace, str(name))] if name and ours else ()
        return self._services(event)

    def reconcile(self, key: Key) -> float | None:
        service = self._store.get("Service", *key)
        if service is None or service["metadata"].get("deletionTimestamp"):
            # Its slices go with it: they are owned by it.
            return None
        if not service["spec"].get("selector") or service["spec"].get("type") == "ExternalName":
            return None
        existing = [
            slice_
            for slice_ in self._store.list("EndpointSlice", key[0])
            if (labels := slice_["metadata"].get("labels") or {}).get(slices_plan.SERVICE_NAME) == key[1]
            and labels.get(slices_plan.MANAGED_BY) == slices_plan.CONTROLLER
        ]
        plan = slices_plan.plan(service, self._store.list("Pod", key[0]), existing)
        for slice_ in plan.create:
            self._store.create(slice_)
        for slice_ in plan.update:
            self._store.update(slice_)
        for slice_ in plan.delete:
            self._store.delete("EndpointSlice", key[0], slice_["metadata"]["name"])
        return None

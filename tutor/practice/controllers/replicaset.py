"""Keeps as many pods as a ReplicaSet asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tutor.kube.labels import matches
from tutor.kube.times import Clock
from tutor.practice.controllers import replicaset_plan
from tutor.practice.controllers.controller import Key, Recorder, controller_of, key_of, owner_reference
from tutor.practice.store.errors import Conflict, NotFound, StatusError
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

Object = dict[str, Any]

COMPONENT = "replicaset-controller"


class ReplicaSetController:
    name = "replicaset"

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store = store
        self._clock = clock
        self._recorder = recorder

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        if event.kind == "ReplicaSet":
            return [key_of(event.object)]
        if event.kind != "Pod":
            return ()
        owners = [controller_of(pod) for pod in (event.object, event.old) if pod is not None]
        found = {(event.namespace, str(o["name"])) for o in owners if o is not None and o["kind"] == "ReplicaSet"}
        if event.type != "DELETED" and owners[0] is None:
            # An orphan: whoever selects it may adopt it.
            labels = event.object["metadata"].get("labels") or {}
            for replica_set in self._store.list("ReplicaSet", event.namespace):
                if matches(replica_set["spec"].get("selector"), labels):
                    found.add(key_of(replica_set))
        return found

    def all_keys(self) -> Iterable[Key]:
        return [key_of(replica_set) for replica_set in self._store.list("ReplicaSet")]

    def reconcile(self, key: Key) -> float | None:
        replica_set = self._store.get("ReplicaSet", *key)
        if replica_set is None:
            return None
        now = self._clock.now()
        plan = replicaset_plan.plan(replica_set, self._store.list("Pod", key[0]), now)
        for pod in plan.adopt:
            self._change(pod, owners=[*(pod["metadata"].get("ownerReferences") or []), owner_reference(replica_set)])
        uid = replica_set["metadata"]["uid"]
        for pod in plan.release:
            self._change(pod, owners=[ref for ref in pod["metadata"]["ownerReferences"] if ref["uid"] != uid])
        refused = self._create(replica_set, plan.create) or self._delete(replica_set, plan.delete)
        failure = None
        if refused is not None:
            failure = ("FailedCreate" if plan.create else "FailedDelete", str(refused))
        status = replicaset_plan.status_of(replica_set, plan.pods, failure, now)
        if status != replica_set.get("status"):
            self._store.update({**replica_set, "status": status}, subresource="status")
        if refused is not None:
            raise refused
        return replicaset_plan.wait_for_available(status, replica_set)

    def _change(self, pod: Object, owners: list[Object]) -> None:
        metadata = {**pod["metadata"], "ownerReferences": owners}
        if not owners:
            del metadata["ownerReferences"]
        self._store.update({**pod, "metadata": metadata})

    def _create(self, replica_set: Object, count: int) -> StatusError | None:
        """The refusal that ended it, if any."""
        refused: StatusError | None = None
        for size in replicaset_plan.slow_start(count):
            for _ in range(size):
                try:
                    pod = self._store.create(new_pod(replica_set))
                except StatusError as error:
                    refused = error
                    self._recorder.event(replica_set, "Warning", "FailedCreate", f"Error creating: {error}", COMPONENT)
                else:
                    text = f"Created pod: {pod['metadata']['name']}"
                    self._recorder.event(replica_set, "Normal", "SuccessfulCreate", text, COMPONENT)
            if refused is not None:
                return refused
        return None

    def _delete(self, replica_set: Object, pods: Iterable[Object]) -> StatusError | None:
        for pod in pods:
            metadata = pod["metadata"]
            try:
                self._store.delete("Pod", metadata["namespace"], metadata["name"], uid=metadata["uid"])
            except (NotFound, Conflict):
                # Gone meanwhile, or another one of that name: not this pod any more.
                continue
            except StatusError as error:
                self._recorder.event(replica_set, "Warning", "FailedDelete", f"Error deleting: {error}", COMPONENT)
                return error
            text = f"Deleted pod: {metadata['name']}"
            self._recorder.event(replica_set, "Normal", "SuccessfulDelete", text, COMPONENT)
        return None


def new_pod(replica_set: Object) -> Object:
    """A pod as the ReplicaSet's template says."""
    template = replica_set["spec"]["template"]
    metadata: Object = {
        "generateName": replica_set["metadata"]["name"] + "-",
        "namespace": replica_set["metadata"]["namespace"],
        "ownerReferences": [owner_reference(replica_set)],
    }
    for name in ("labels", "annotations", "finalizers"):
        if given := template.get("metadata", {}).get(name):
            metadata[name] = given
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": dict(template["spec"])}

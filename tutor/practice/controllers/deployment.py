"""Carries Deployments out: their ReplicaSets, rollouts, history and status."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tutor.kube.conditions import condition
from tutor.kube.labels import matches
from tutor.kube.times import Clock
from tutor.practice.controllers import deployment_status, revisions, rolling
from tutor.practice.controllers.controller import Key, Recorder, controller_of, key_of, owner_reference
from tutor.practice.controllers.revisions import ReplicaSets
from tutor.practice.controllers.template_hash import LABEL, same_template, template_hash
from tutor.practice.store.errors import AlreadyExists, StatusError
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

Object = dict[str, Any]

COMPONENT = "deployment-controller"


class DeploymentController:
    name = "deployment"

    def __init__(self, store: Store, clock: Clock, recorder: Recorder) -> None:
        self._store = store
        self._clock = clock
        self._recorder = recorder

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        if event.kind == "Deployment":
            return [key_of(event.object)]
        if event.kind == "ReplicaSet":
            return self._of_replica_set(event)
        if event.kind == "Pod" and event.type == "DELETED":
            # Recreate waits for the last pod to be gone.
            return self._of_pod(event.object)
        return ()

    def _of_replica_set(self, event: StoreEvent) -> Iterable[Key]:
        owners = [controller_of(rs) for rs in (event.object, event.old) if rs is not None]
        found = {(event.namespace, str(o["name"])) for o in owners if o is not None and o["kind"] == "Deployment"}
        if event.type != "DELETED" and owners[0] is None:
            labels = event.object["metadata"].get("labels") or {}
            for deployment in self._store.list("Deployment", event.namespace):
                if matches(deployment["spec"].get("selector"), labels):
                    found.add(key_of(deployment))
        return found

    def _of_pod(self, pod: Object) -> Iterable[Key]:
        owner = controller_of(pod)
        if owner is None or owner["kind"] != "ReplicaSet":
            return ()
        namespace = str(pod["metadata"]["namespace"])
        replica_set = self._store.get("ReplicaSet", namespace, str(owner["name"]))
        above = controller_of(replica_set) if replica_set is not None else None
        return [(namespace, str(above["name"]))] if above is not None and above["kind"] == "Deployment" else ()

    def all_keys(self) -> Iterable[Key]:
        return [key_of(deployment) for deployment in self._store.list("Deployment")]

    def reconcile(self, key: Key) -> float | None:
        deployment = self._store.get("Deployment", *key)
        if deployment is None:
            return None
        selector = deployment["spec"].get("selector") or {}
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            text = "This deployment is selecting all pods. A non-empty selector is required."
            self._recorder.event(deployment, "Warning", "SelectingAll", text, COMPONENT)
            return None
        owned = self._claim(deployment)
        if deployment["metadata"].get("deletionTimestamp"):
            self._write_status(deployment, revisions.split(deployment, owned), with_progress=False)
            return None
        deployment = self._write(deployment, deployment_status.with_pause(deployment, self._clock.now()))
        sets = revisions.split(deployment, owned)
        if deployment["spec"].get("paused") or rolling.is_scaling(deployment, sets):
            return self._scale(deployment, sets)
        if rolling.is_rolling(deployment):
            return self._roll(deployment, sets)
        return self._recreate(deployment, sets)

    # ReplicaSets

    def _claim(self, deployment: Object) -> list[Object]:
        """The Deployment's ReplicaSets: matching orphans are adopted, those that match no more are let go."""
        metadata = deployment["metadata"]
        going = bool(metadata.get("deletionTimestamp"))
        owned = []
        for replica_set in self._store.list("ReplicaSet", metadata["namespace"]):
            owner = controller_of(replica_set)
            references = replica_set["metadata"].get("ownerReferences") or []
            fits = matches(deployment["spec"].get("selector"), replica_set["metadata"].get("labels") or {})
            if owner is not None and owner["uid"] == metadata["uid"]:
                if fits:
                    owned.append(replica_set)
                elif not going:
                    self._set_owners(replica_set, [ref for ref in references if ref["uid"] != metadata["uid"]])
            elif owner is None and fits and not going and not replica_set["metadata"].get("deletionTimestamp"):
                owned.append(self._set_owners(replica_set, [*references, owner_reference(deployment)]))
        return owned

    def _set_owners(self, replica_set: Object, owners: list[Object]) -> Object:
        return self._store.update({**replica_set, "metadata": {**replica_set["metadata"], "ownerReferences": owners}})

    def _sync_new(self, deployment: Object, sets: ReplicaSets, *, create: bool) -> tuple[Object, ReplicaSets]:
        """Bring the newest ReplicaSet up to date, or make it. Returns the Deployment and its ReplicaSets after it."""
        number = revisions.next_revision(sets.old)
        if sets.new is not None:
            new = self._update_new(deployment, sets.new, number)
            deployment = self._with_revision(deployment, revisions.revision(new))
            status = deployment.get("status") or {}
            if condition(deployment, "Progressing") is None and deployment_status.has_deadline(deployment):
                text = f'Found new replica set "{new["metadata"]["name"]}"'
                status = self._with_progress(deployment, "True", "FoundNewReplicaSet", text)
            return self._write(deployment, status), ReplicaSets(new, sets.old)
        if not create:
            return deployment, sets
        new, made = self._make_new(deployment, sets, number)
        size = revisions.replicas(new)
        if made and size:
            text = f"Scaled up replica set {new['metadata']['name']} from 0 to {size}"
            self._recorder.event(deployment, "Normal", "ScalingReplicaSet", text, COMPONENT)
        deployment = self._with_revision(deployment, number)
        status = deployment.get("status") or {}
        if made and deployment_status.has_deadline(deployment):
            text = f'Created new replica set "{new["metadata"]["name"]}"'
            status = self._with_progress(deployment, "True", "NewReplicaSetCreated", text)
        return self._write(deployment, status), ReplicaSets(new, sets.old)

    def _update_new(self, deployment: Object, new: Object, number: int) -> Object:
        annotations = revisions.annotations_of_new(deployment, new, number, exists=True)
        spec = dict(new["spec"])
        if seconds := deployment["spec"].get("minReadySeconds"):
            spec["minReadySeconds"] = seconds
        else:
            spec.pop("minReadySeconds", None)
        return self._store.update({**new, "metadata": {**new["metadata"], "annotations": annotations}, "spec": spec})

    def _make_new(self, deployment: Object, sets: ReplicaSets, number: int) -> tuple[Object, bool]:
        """(the new ReplicaSet, whether it was made now). Raises: `StatusError`."""
        collisions = revisions.count(deployment, "collisionCount")
        wanted = new_replica_set(deployment, collisions)
        wanted["spec"]["replicas"] = rolling.new_size(deployment, [*sets.old, wanted], 0)
        annotations = revisions.annotations_of_new(deployment, wanted, number, exists=False)
        wanted["metadata"]["annotations"] = annotations
        try:
            return self._store.create(wanted), True
        except AlreadyExists:
            found = self._store.get("ReplicaSet", wanted["metadata"]["namespace"], wanted["metadata"]["name"])
            owner = controller_of(found) if found is not None else None
            ours = owner is not None and owner["uid"] == deployment["metadata"]["uid"]
            if found is not None and ours and same_template(found["spec"]["template"], wanted["spec"]["template"]):
                return found, False
            # Another template with the same hash: count it, so that the next try gets another name.
            status = {**(deployment.get("status") or {}), "collisionCount": collisions + 1}
            self._store.update({**deployment, "status": status}, subresource="status")
            raise
        except StatusError as error:
            text = f'Failed to create new replica set "{wanted["metadata"]["name"]}": {error}'
            self._write(deployment, self._with_progress(deployment, "False", "ReplicaSetCreateError", text))
            raise

    def _apply_sizes(self, deployment: Object, sets: ReplicaSets, sizes: rolling.Sizes) -> tuple[ReplicaSets, bool]:
        """The ReplicaSets after it, and whether any size has changed."""
        changed = False
        written: dict[str, Object] = {}
        for replica_set, size in sizes:
            before = revisions.replicas(replica_set)
            metadata = replica_set["metadata"]
            annotations = (metadata.get("annotations") or {}) | revisions.size_annotations(deployment)
            scaled = {**replica_set, "metadata": {**metadata, "annotations": annotations}}
            scaled["spec"] = {**replica_set["spec"], "replicas": size}
            written[metadata["uid"]] = self._store.update(scaled)
            if size != before:
                changed = True
                way = "up" if size > before else "down"
                text = f"Scaled {way} replica set {metadata['name']} from {before} to {size}"
                self._recorder.event(deployment, "Normal", "ScalingReplicaSet", text, COMPONENT)

        def after(rs: Object) -> Object:
            return written.get(rs["metadata"]["uid"], rs)

        return ReplicaSets(after(sets.new) if sets.new else None, tuple(after(rs) for rs in sets.old)), changed

    def _clean_up(self, deployment: Object, old: Iterable[Object]) -> None:
        for replica_set in revisions.to_clean_up(deployment, list(old)):
            namespace, name = key_of(replica_set)
            self._store.delete("ReplicaSet", namespace, name)

    # The three ways on

    def _scale(self, deployment: Object, sets: ReplicaSets) -> float | None:
        """Paused, or with another number of replicas than before."""
        deployment, sets = self._sync_new(deployment, sets, create=False)
        sets, _ = self._apply_sizes(deployment, sets, rolling.scale(deployment, sets))
        if deployment["spec"].get("paused"):
            self._clean_up(deployment, sets.old)
        self._write_status(deployment, sets, with_progress=False)
        return None

    def _roll(self, deployment: Object, sets: ReplicaSets) -> float | None:
        deployment, sets = self._sync_new(deployment, sets, create=True)
        steps: tuple[Callable[[Object, ReplicaSets], rolling.Sizes], ...] = (rolling.grow_new, rolling.shrink_old)
        for step in steps:
            sets, changed = self._apply_sizes(deployment, sets, step(deployment, sets))
            if changed:
                return self._finish(deployment, sets)
        if deployment_status.is_complete(deployment, deployment.get("status") or {}):
            self._clean_up(deployment, sets.old)
        return self._finish(deployment, sets)

    def _recreate(self, deployment: Object, sets: ReplicaSets) -> float | None:
        deployment, sets = self._sync_new(deployment, sets, create=False)
        sets, changed = self._apply_sizes(deployment, sets, rolling.empty(sets.old))
        if changed or rolling.old_pods_remain(sets, self._pods_of(sets)):
            return self._finish(deployment, sets)
        deployment, sets = self._sync_new(deployment, sets, create=True)
        sets, _ = self._apply_sizes(deployment, sets, rolling.grow_new(deployment, sets))
        if deployment_status.is_complete(deployment, deployment.get("status") or {}):
            self._clean_up(deployment, sets.old)
        return self._finish(deployment, sets)

    def _pods_of(self, sets: ReplicaSets) -> Iterable[tuple[str, Object]]:
        uids = {rs["metadata"]["uid"] for rs in sets.all}
        namespace = next((str(rs["metadata"]["namespace"]) for rs in sets.all), "")
        for pod in self._store.list("Pod", namespace):
            owner = controller_of(pod)
            if owner is not None and owner["uid"] in uids:
                yield str(owner["uid"]), pod

    # Status

    def _finish(self, deployment: Object, sets: ReplicaSets) -> float | None:
        written = self._write_status(deployment, sets, with_progress=True)
        return deployment_status.until_deadline(written, self._clock.now())

    def _write_status(self, deployment: Object, sets: ReplicaSets, *, with_progress: bool) -> Object:
        now = self._clock.now()
        status = deployment_status.calculate(deployment, sets, now)
        if with_progress:
            status = deployment_status.with_progress(deployment, sets, status, now)
        return self._write(deployment, status)

    def _write(self, deployment: Object, status: Object) -> Object:
        """Status, and the revision's annotation with it, as one change."""
        return self._store.update({**deployment, "status": status}, subresource="status")

    def _with_progress(self, deployment: Object, status: str, reason: str, message: str) -> Object:
        """The Deployment's status with that condition."""
        entry = deployment_status.new_condition("Progressing", status, reason, message, self._clock.now())
        return deployment_status.with_condition(deployment.get("status") or {}, entry)

    @staticmethod
    def _with_revision(deployment: Object, number: int) -> Object:
        annotations = {**(deployment["metadata"].get("annotations") or {}), revisions.REVISION: str(number)}
        return {**deployment, "metadata": {**deployment["metadata"], "annotations": annotations}}


def new_replica_set(deployment: Object, collisions: int) -> Object:
    """For the Deployment's template, without its size and annotations."""
    spec = deployment["spec"]
    hashed = template_hash(spec["template"], collisions)
    template = {**spec["template"]}
    labels = {**(template.get("metadata", {}).get("labels") or {}), LABEL: hashed}
    template["metadata"] = {**template.get("metadata", {}), "labels": labels}
    selector = {**spec["selector"], "matchLabels": {**(spec["selector"].get("matchLabels") or {}), LABEL: hashed}}
    metadata = deployment["metadata"]
    result_spec: Object = {"replicas": 0, "selector": selector, "template": template}
    if seconds := spec.get("minReadySeconds"):
        result_spec["minReadySeconds"] = seconds
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{metadata['name']}-{hashed}",
            "namespace": metadata["namespace"],
            "labels": labels,
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": result_spec,
    }

"""The objects by kind, namespace and name; every write gets the next version."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from tutor.kube.times import Clock, format_unix
from tutor.practice.store import deletion, replacement
from tutor.practice.store.errors import AlreadyExists, BadRequest, Conflict, NotFound, resource_name
from tutor.practice.store.event import EventType, StoreEvent
from tutor.practice.store.history import History
from tutor.practice.store.metadata import WITH_GENERATION, without_version
from tutor.practice.store.names import generated_name
from tutor.practice.store.shared import Admit, Own, Shared
from tutor.practice.store.watch import Watch

Object = dict[str, Any]
Objects = list[Object]
Key = tuple[str, str]
Propagation = Literal["Background", "Foreground", "Orphan"]


class Store:
    """Objects handed in belong to the store from then on; objects handed out are never to be mutated.

    `history` is the number of changes that watches can go back over, as far as they are not too old.
    """

    def __init__(self, clock: Clock, *, history: int = 5000) -> None:
        self._clock = clock
        self._objects: dict[str, dict[Key, Object]] = {}
        self._history = History(history)
        self._shared = Shared()
        self._manager = ""
        self._callbacks: list[Callable[[StoreEvent], None]] = []
        self._watches: dict[str, list[tuple[str | None, Watch]]] = {}

    @property
    def resource_version(self) -> int:
        """Of the last change."""
        return self._shared.resource_version

    @property
    def admit(self) -> Admit:
        """Applied to every new object before it is stored; raises a `StatusError` to refuse it."""
        return self._shared.admit

    @admit.setter
    def admit(self, admit: Admit) -> None:
        self._shared.admit = admit

    @property
    def own(self) -> Own:
        """Applied to what a component of the cluster writes; see `written_by`."""
        return self._shared.own

    @own.setter
    def own(self, own: Own) -> None:
        self._shared.own = own

    def written_by(self, manager: str) -> Store:
        """The same store for one component of the cluster: what it writes becomes its own in managedFields."""
        view = copy.copy(self)
        view._manager = manager
        return view

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        return self._objects.get(kind, {}).get((namespace, name))

    def list(self, kind: str, namespace: str | None = None) -> list[Object]:
        """In the order of namespace and name, as etcd keeps keys. `namespace` None: of all namespaces."""
        objects = self._objects.get(kind, {})
        if namespace is None:
            return [objects[key] for key in sorted(objects)]
        return [objects[key] for key in sorted(key for key in objects if key[0] == namespace)]

    def list_at(self, kind: str, namespace: str | None, version: int) -> Objects:
        """The objects as they were at an earlier version. Raises: `Expired` where that is forgotten."""
        changes = self._history.back_to(kind, version)
        objects = dict(self._objects.get(kind, {}))
        for event in changes:
            if event.old is None:
                objects.pop(_key(event.object), None)
            else:
                objects[_key(event.object)] = event.old
        return [objects[key] for key in sorted(objects) if namespace is None or key[0] == namespace]

    def kinds(self) -> Iterable[str]:
        return list(self._objects)

    def create(self, obj: Object) -> Object:
        """Returns the stored object. Raises: `AlreadyExists`, `BadRequest` for one without a name."""
        prepared = self.prepared(obj)
        kind, key = prepared["kind"], _key(prepared)
        self._objects.setdefault(kind, {})[key] = prepared
        self._commit("ADDED", prepared, None)
        return prepared

    def prepared(self, obj: Object) -> Object:
        """The object as `create` would store it, not stored: what a dry run answers. Raises as `create` does."""
        metadata = {name: value for name, value in obj["metadata"].items() if name not in replacement.SERVER_OWNED}
        kind = str(obj["kind"])
        namespace = str(metadata.get("namespace") or "")
        if not namespace:
            metadata.pop("namespace", None)
        name = str(metadata.get("name") or "")
        if not name:
            prefix = metadata.get("generateName")
            if not prefix:
                raise BadRequest("name or generateName is required")
            while not name or self.get(kind, namespace, name) is not None:
                name = generated_name(str(prefix))
        elif self.get(kind, namespace, name) is not None:
            raise AlreadyExists(kind, name)
        metadata["name"] = name
        metadata["uid"] = str(uuid.uuid4())
        metadata["resourceVersion"] = ""
        metadata["creationTimestamp"] = format_unix(self._clock.now())
        if kind in WITH_GENERATION:
            metadata["generation"] = 1
        new = {**obj, "metadata": metadata}
        return self.admit(self.own(None, new, self._manager, "") if self._manager else new)

    def update(self, obj: Object, *, subresource: str = "") -> Object:
        """Returns the stored object; the one already stored when nothing changes.

        `subresource` "status" takes the status alone; "" keeps the stored status. An object that waits for its
        finalizers goes when the last one is removed. Raises: `NotFound`, `Conflict` if metadata.resourceVersion is
        given and is not the stored one, or the uid is another.
        """
        merged, stored = self.merged(obj, subresource=subresource)
        if merged is stored:
            return stored
        if self._manager:
            merged = self.own(stored, merged, self._manager, subresource)
        kind, key = merged["kind"], _key(merged)
        if deletion.may_go(merged):
            self._remove(merged, stored)
            return merged
        self._objects[kind][key] = merged
        self._commit("MODIFIED", merged, stored)
        return merged

    def bind(self, pod: Object) -> Object:
        """A pod's spec (with its node) and status in one write, as the binding subresource does: its generation stays.

        Raises: `NotFound`.
        """
        key = _key(pod)
        stored = self.get("Pod", *key)
        if stored is None:
            raise NotFound("Pod", key[1])
        bound = {**stored, "metadata": dict(stored["metadata"]), "spec": pod["spec"], "status": pod["status"]}
        self._objects["Pod"][key] = bound
        self._commit("MODIFIED", bound, stored)
        return bound

    def merged(self, obj: Object, *, subresource: str = "") -> tuple[Object, Object]:
        """What `update` would store, and what is stored (the same one if nothing changes). Raises as `update` does."""
        kind, key = str(obj["kind"]), _key(obj)
        stored = self.get(kind, *key)
        if stored is None:
            raise NotFound(kind, key[1])
        metadata = obj["metadata"]
        version = metadata.get("resourceVersion")
        if version and version != stored["metadata"]["resourceVersion"]:
            raise Conflict(kind, key[1])
        uid = metadata.get("uid")
        if uid and uid != stored["metadata"]["uid"]:
            where = "/".join(part for part in ("/registry", resource_name(kind)[1], *key) if part)
            text = f"StorageError: invalid object, Code: 4, Key: {where}, ResourceVersion: 0, AdditionalErrorMsg: "
            raise Conflict(kind, key[1], text + _other_uid(uid, stored))
        written = replacement.with_status if subresource == "status" else replacement.with_stored_parts
        merged = written(obj, stored)
        if without_version(merged) == without_version(stored):
            return stored, stored
        merged["metadata"] = {**merged["metadata"]}
        return merged, stored

    def delete(
        self,
        kind: str,
        namespace: str,
        name: str,
        *,
        propagation: str = "Background",
        grace: int | None = None,
        uid: str | None = None,
    ) -> Object | None:
        """Returns the object if it is still there (it waits for its containers or finalizers), None if it is gone.

        `grace` in seconds, None: the pod's own. Raises: `NotFound`, `Conflict` if `uid` is another object's.
        """
        stored = self.get(kind, namespace, name)
        if stored is None:
            raise NotFound(kind, name)
        if uid and uid != stored["metadata"]["uid"]:
            raise Conflict(kind, name, _other_uid(uid, stored, precondition=True), by_kind=True)
        marked = self.marked_for_deletion(stored, propagation, grace)
        if deletion.may_go(marked):
            self._remove(marked, stored)
            return None
        if without_version(marked) == without_version(stored):
            return stored
        self._objects[kind][namespace, name] = marked
        self._commit("MODIFIED", marked, stored)
        return marked

    def marked_for_deletion(self, stored: Object, propagation: str, grace: int | None) -> Object:
        """The object as `delete` leaves it where it has to wait."""
        return deletion.marked(stored, propagation, grace, self._clock.now())

    def finalize(self, kind: str, namespace: str, name: str) -> None:
        """Nothing holds the object any more (a pod's containers have stopped, a namespace is empty): remove it, unless
        it has finalizers of its own. An object that is gone already is none of an error."""
        stored = self.get(kind, namespace, name)
        if stored is None:
            return
        ended = deletion.ended(stored, self._clock.now())
        if deletion.may_go(ended):
            self._remove(ended, stored)
        elif without_version(ended) != without_version(stored):
            self._objects[kind][namespace, name] = ended
            self._commit("MODIFIED", ended, stored)

    def restore(self, objects: Iterable[Object], resource_version: int) -> None:
        """Take up objects saved earlier, as they are. Watches of before get `Expired`."""
        for obj in objects:
            self._objects.setdefault(obj["kind"], {})[_key(obj)] = obj
        self._shared.resource_version = max(self.resource_version, resource_version)
        self._history.forgotten = self.resource_version

    def subscribe(self, callback: Callable[[StoreEvent], None]) -> Callable[[], None]:
        """Call back at every change, in order, within the write. Returns what ends it."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def history(self) -> Iterator[StoreEvent]:
        """The changes that are remembered, oldest first."""
        return iter(self._history)

    def watch(self, kind: str, namespace: str | None, since: int) -> Watch:
        """The changes after version `since`; `namespace` None: of all. Raises: `Expired` if they are forgotten."""
        past = self._history.since(kind, namespace, since)
        watch = Watch(past, lambda ended: self._end_watch(kind, ended))
        self._watches.setdefault(kind, []).append((namespace, watch))
        return watch

    def _end_watch(self, kind: str, ended: Watch) -> None:
        self._watches[kind] = [entry for entry in self._watches[kind] if entry[1] is not ended]

    def _remove(self, obj: Object, stored: Object) -> None:
        """Watchers see an object go as it was last, with the version of its end. A pod's end is announced before."""
        grace, before = (one["metadata"].get("deletionGracePeriodSeconds") for one in (obj, stored))
        if obj["kind"] == "Pod" and grace == 0 and before != 0:
            self._objects["Pod"][_key(obj)] = obj
            self._commit("MODIFIED", obj, stored)
            stored = obj
        if self._objects[obj["kind"]].pop(_key(obj), None) is None:
            # Whoever heard of the pod's end wrote its last status, and the pod went with that.
            return
        self._commit("DELETED", {**stored, "metadata": dict(stored["metadata"])}, stored)

    def _commit(self, change: EventType, obj: Object, old: Object | None) -> None:
        self._shared.resource_version += 1
        obj["metadata"]["resourceVersion"] = str(self.resource_version)
        event = StoreEvent(change, obj, old, self.resource_version, self._clock.now())
        self._history.add(event)
        for namespace, watch in self._watches.get(event.kind, ()):
            if namespace is None or namespace == event.namespace:
                watch.push(event)
        for callback in list(self._callbacks):
            callback(event)


def _key(obj: Object) -> Key:
    metadata = obj["metadata"]
    return str(metadata.get("namespace") or ""), str(metadata.get("name") or "")


def _other_uid(uid: str, stored: Object, *, precondition: bool = False) -> str:
    found = stored["metadata"]["uid"]
    if precondition:
        return (
            f"the UID in the precondition ({uid}) does not match the UID in record ({found}). "
            "The object might have been deleted and then recreated"
        )
    return f"Precondition failed: UID in precondition: {uid}, UID in object meta: {found}"

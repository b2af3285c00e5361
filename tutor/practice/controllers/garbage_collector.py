"""Deletes what is owned by something that is gone. Source: pkg/controller/garbagecollector, v1.34; kubernetes.io,
Garbage Collection.

Background: the owner goes at once, what it owns follows. Foreground: the owner stays (finalizer foregroundDeletion)
until all that blocks its deletion is gone. Orphan: what it owns is let go first (finalizer orphan).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tutor.practice.controllers.controller import Key
from tutor.practice.store.errors import Conflict, NotFound
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.store import Store

Object = dict[str, Any]
Reference = tuple[str, str, str]
"""(kind, namespace, name)."""

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
_POLICIES = frozenset({FOREGROUND, ORPHAN})
_LETTING_GO_SECONDS = 0.05
"""A real one takes that long to let dependents go. kubectl delete reads the object once more and then watches: had a
controller made another of the same name in between, it would wait for that one's end."""


class GarbageCollector:
    """Its keys are ("", uid): of an owner whose dependents have to be looked at, or of an object that has owners."""

    name = "garbage-collector"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._objects: dict[str, Reference] = {}
        """uid → where it is; of every object that lives."""
        self._dependents: dict[str, set[str]] = {}
        """uid of an owner → uids of what refers to it."""
        self._letting_go: set[str] = set()
        """uids of owners whose dependents are let go when they are looked at again."""
        for kind in store.kinds():
            for obj in store.list(kind):
                self._learn(obj)

    def _learn(self, obj: Object) -> None:
        metadata = obj["metadata"]
        self._objects[metadata["uid"]] = (obj["kind"], str(metadata.get("namespace", "")), metadata["name"])
        for owner in _owners(obj):
            self._dependents.setdefault(owner["uid"], set()).add(metadata["uid"])

    def keys(self, event: StoreEvent) -> Iterable[Key]:
        obj = event.object
        uid = obj["metadata"]["uid"]
        keys: list[Key] = []
        if event.old is not None:
            now = {owner["uid"] for owner in _owners(obj)} if event.type != "DELETED" else set()
            for owner in _owners(event.old):
                if owner["uid"] not in now:
                    self._dependents.get(owner["uid"], set()).discard(uid)
                    keys.append(("", owner["uid"]))
        if event.type == "DELETED":
            self._objects.pop(uid, None)
            keys += [("", dependent) for dependent in self._dependents.get(uid, ())]
            keys += [("", owner["uid"]) for owner in _owners(obj)]
            return keys
        self._learn(obj)
        changed = event.old is None or _owners(event.old) != _owners(obj)
        if _owners(obj) and changed:
            keys.append(("", uid))
        if obj["metadata"].get("deletionTimestamp") and _POLICIES & set(obj["metadata"].get("finalizers") or []):
            keys.append(("", uid))
        return keys

    def all_keys(self) -> Iterable[Key]:
        for uid in [uid for uid, dependents in self._dependents.items() if not dependents]:
            del self._dependents[uid]
        return [("", uid) for uid, place in self._objects.items() if self._concerns(uid, place)]

    def _concerns(self, uid: str, place: Reference) -> bool:
        obj = self._store.get(*place)
        return obj is not None and bool(_owners(obj) or obj["metadata"].get("deletionTimestamp"))

    def reconcile(self, key: Key) -> float | None:
        obj = self._get(key[1])
        if obj is None:
            self._dependents.pop(key[1], None)
            return None
        if _owners(obj) and not obj["metadata"].get("deletionTimestamp"):
            self._without_owner(obj)
        if obj["metadata"].get("deletionTimestamp"):
            finalizers = obj["metadata"].get("finalizers") or []
            if ORPHAN in finalizers:
                if key[1] not in self._letting_go:
                    self._letting_go.add(key[1])
                    return _LETTING_GO_SECONDS
                self._letting_go.discard(key[1])
                self._orphan_dependents(obj)
            elif FOREGROUND in finalizers:
                self._delete_dependents(obj)
        return None

    def _get(self, uid: str) -> Object | None:
        place = self._objects.get(uid)
        found = self._store.get(*place) if place else None
        return found if found is not None and found["metadata"]["uid"] == uid else None

    def _dependents_of(self, obj: Object) -> list[Object]:
        found = (self._get(uid) for uid in sorted(self._dependents.get(obj["metadata"]["uid"], ())))
        return [dependent for dependent in found if dependent is not None]

    # An object with owners

    def _without_owner(self, obj: Object) -> None:
        solid, waiting, dangling = [], [], []
        for owner in _owners(obj):
            found = self._get(owner["uid"])
            if found is None:
                dangling.append(owner)
            elif _deletes_in_foreground(found):
                waiting.append(owner)
            else:
                solid.append(owner)
        if not dangling and not waiting:
            return
        if solid:
            self._set_owners(obj, solid)
            return
        blocking = waiting and bool(self._dependents_of(obj))
        self._delete(obj, "Foreground" if blocking else "")

    def _delete(self, obj: Object, propagation: str = "") -> None:
        """Propagation "": as finalizers of the object ask for, else in the background."""
        finalizers = obj["metadata"].get("finalizers") or []
        if not propagation:
            propagation = (
                "Orphan" if ORPHAN in finalizers else "Foreground" if FOREGROUND in finalizers else "Background"
            )
        metadata = obj["metadata"]
        try:
            self._store.delete(
                obj["kind"],
                str(metadata.get("namespace", "")),
                metadata["name"],
                propagation=propagation,
                uid=metadata["uid"],
            )
        except (NotFound, Conflict):
            # Gone meanwhile: what was wanted.
            return

    def _set_owners(self, obj: Object, owners: list[Object]) -> None:
        metadata = {key: value for key, value in obj["metadata"].items() if key != "ownerReferences"}
        if owners:
            metadata["ownerReferences"] = owners
        self._store.update({**obj, "metadata": metadata})

    # An owner that is being deleted

    def _orphan_dependents(self, owner: Object) -> None:
        uid = owner["metadata"]["uid"]
        for dependent in self._dependents_of(owner):
            self._set_owners(dependent, [ref for ref in _owners(dependent) if ref["uid"] != uid])
        self._drop_finalizer(owner, ORPHAN)

    def _delete_dependents(self, owner: Object) -> None:
        uid = owner["metadata"]["uid"]
        blocking = 0
        for dependent in self._dependents_of(owner):
            reference = next((ref for ref in _owners(dependent) if ref["uid"] == uid), {})
            blocking += bool(reference.get("blockOwnerDeletion"))
            if not dependent["metadata"].get("deletionTimestamp"):
                self._without_owner(dependent)
        if not blocking or not any(self._blocks(d, uid) for d in self._dependents_of(owner)):
            self._drop_finalizer(owner, FOREGROUND)

    @staticmethod
    def _blocks(dependent: Object, owner: str) -> bool:
        return any(ref["uid"] == owner and ref.get("blockOwnerDeletion") for ref in _owners(dependent))

    def _drop_finalizer(self, obj: Object, name: str) -> None:
        stored = self._get(obj["metadata"]["uid"])
        if stored is None:
            return
        metadata = dict(stored["metadata"])
        metadata["finalizers"] = [f for f in metadata.get("finalizers") or [] if f != name]
        if not metadata["finalizers"]:
            del metadata["finalizers"]
        self._store.update({**stored, "metadata": metadata})


def _owners(obj: Object) -> list[Object]:
    return obj["metadata"].get("ownerReferences") or []


def _deletes_in_foreground(obj: Object) -> bool:
    metadata = obj["metadata"]
    return bool(metadata.get("deletionTimestamp")) and FOREGROUND in (metadata.get("finalizers") or [])

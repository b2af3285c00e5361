"""managedFields where a Deployment or ReplicaSet is scaled: who owns `spec.replicas`, seen from the Scale and back.

A real API server forgets the time of the entry on the way back, and who scaled once it is scaled to none; both are
kept, for a conflict's text depends on them. Source: answers of v1.34.2.
"""

from __future__ import annotations

from typing import Any

from tutor.practice.patching import managed
from tutor.practice.patching.field_set import FieldSet
from tutor.practice.patching.managed import Managed, Manager, Owned

Object = dict[str, Any]

SCALE_VERSION = "autoscaling/v1"
_REPLICAS = ("f:spec", "f:replicas")


def _replicas() -> FieldSet:
    fields = FieldSet()
    fields.insert(_REPLICAS)
    return fields


def scaled(parent: Object, old: Object, new: Object, manager: str, now: str) -> list[Object]:
    """The parent's managedFields after `manager` has written the Scale `new` over `old`."""
    entries = managed.read(parent["metadata"].get("managedFields"))
    seen: Managed = {}
    for owner, owned in entries.items():
        if "f:replicas" in owned.fields.child("f:spec").members:
            version = SCALE_VERSION if owner.operation == "Update" else ""
            there = Manager(owner.name, owner.operation, version, owner.subresource)
            seen[there] = Owned(_replicas(), SCALE_VERSION, owned.time)
    if seen:
        me = Manager(manager, "Update", SCALE_VERSION, "scale")
        seen = managed.update(old, new, seen, me, now, lambda obj, _: obj)
    return managed.write(_back(entries, seen, str(parent["apiVersion"])))


def _back(entries: Managed, seen: Managed, api_version: str) -> Managed:
    result: Managed = {}
    for owner, owned in entries.items():
        if "f:replicas" not in owned.fields.child("f:spec").members or owner in seen:
            result[owner] = owned
            seen.pop(owner, None)
        elif rest := owned.fields.difference(_replicas()):
            result[owner] = Owned(rest, owned.api_version, owned.time)
    for owner, owned in seen.items():
        if "f:replicas" in owned.fields.child("f:spec").members:
            version = api_version if owner.operation == "Update" else ""
            there = Manager(owner.name, owner.operation, version, owner.subresource)
            # Where it has another entry, that one is what a real server finds when it reads them again.
            result.setdefault(there, Owned(_replicas(), api_version))
    return result

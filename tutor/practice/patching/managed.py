"""metadata.managedFields: who set which fields, by an update or by applying."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tutor.kube.schema import kind_schema
from tutor.kube.times import unix
from tutor.practice.patching.compare import Comparison, compare
from tutor.practice.patching.field_set import FieldSet
from tutor.practice.patching.go_form import go_form

Object = dict[str, Any]
Convert = Callable[[Object, str], Object]
"""(object, apiVersion) → the object under that version."""

MAX_UPDATERS = 10
"""Entries of updates beyond these are put together. Source: k8s.io/apimachinery/pkg/util/managedfields."""
ANCIENT = "ancient-changes"

_NOBODY: Mapping[str, Any] = {
    "f:apiVersion": {},
    "f:kind": {},
    "f:metadata": {
        f"f:{name}": {}
        for name in (
            "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
            "resourceVersion",
        )
    },
}  # fmt: skip
"""Fields that have no owner."""


@dataclass(frozen=True, slots=True)
class Manager:
    """Who an entry is of. `api_version` is "" for appliers: they have one entry, whatever version they use."""

    name: str
    operation: Literal["Apply", "Update"]
    api_version: str = ""
    subresource: str = ""

    def text(self) -> str:
        """As conflicts name a manager."""
        text = f'"{self.name}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return f"{text} using {self.api_version}" if self.operation == "Update" else text


@dataclass(frozen=True, slots=True)
class Owned:
    fields: FieldSet
    api_version: str
    time: str = ""


Managed = dict[Manager, Owned]


def read(entries: Any) -> Managed:
    """Raises: `ValueError` for what is no list of metav1.ManagedFieldsEntry."""
    managed: Managed = {}
    for index, entry in enumerate(entries or ()):
        operation = entry.get("operation")
        if operation not in ("Apply", "Update"):
            raise ValueError("operation must be `Apply` or `Update`")
        version = str(entry.get("apiVersion") or "")
        if not version:
            raise ValueError("apiVersion must not be empty")
        if entry.get("fieldsType") != "FieldsV1":
            raise ValueError(f"missing fieldsType in managed fields entry {index}")
        own_version = version if operation == "Update" else ""
        manager = Manager(str(entry.get("manager", "")), operation, own_version, str(entry.get("subresource", "")))
        fields = FieldSet.from_json(entry.get("fieldsV1") or {})
        managed[manager] = Owned(fields, version, str(entry.get("time") or ""))
    return managed


def write(managed: Managed) -> list[Object]:
    """In the API server's order: appliers first, then by time, then by name."""
    entries = []
    for manager, owned in sorted(managed.items(), key=lambda item: _order(*item)):
        entry: Object = {"manager": manager.name, "operation": manager.operation, "apiVersion": owned.api_version}
        if owned.time:
            entry["time"] = owned.time
        entry |= {"fieldsType": "FieldsV1", "fieldsV1": _shared(owned.fields)}
        if manager.subresource:
            entry["subresource"] = manager.subresource
        entries.append(entry)
    return entries


def _shared(fields: FieldSet) -> Object:
    """Of a thousand pods of one Deployment each manager owns the same fields: they are kept once."""
    content = fields.to_json()
    return _as_json(json.dumps(content))


@functools.lru_cache(maxsize=512)
def _as_json(text: str) -> Object:
    content: Object = json.loads(text)
    return content


def _order(manager: Manager, owned: Owned) -> tuple[str, float, str, str, str]:
    seconds = unix(owned.time) if owned.time else 0.0
    return manager.operation, seconds, manager.name, owned.api_version, manager.subresource


def reset_fields(subresource: str) -> dict[str, Any]:
    """What a request to a resource, or to its status, cannot set and therefore never owns."""
    if subresource == "status":
        return {"f:spec": {}, "f:metadata": {"f:labels": {}}}
    return {} if subresource else {"f:status": {}}


def take_from_others(
    old: Object,
    new: Object,
    managed: Managed,
    own: Manager | None,
    api_version: str,
    subresource: str,
    convert: Convert,
) -> tuple[Managed, Comparison, dict[Manager, FieldSet]]:
    """(the others without what this change sets or removes, what changed, what was taken from whom)."""
    without = reset_fields(subresource)
    changes: dict[str, Comparison] = {}
    rest: Managed = {}
    taken: dict[Manager, FieldSet] = {}

    def change(version: str) -> Comparison:
        if version not in changes:
            before, after = (go_form(convert(obj, version)) for obj in (old, new))
            changes[version] = compare(before, after, kind_schema(version, str(new["kind"]))).without(without)
        return changes[version]

    for manager, owned in managed.items():
        if manager == own:
            rest[manager] = owned
            continue
        change_here = change(owned.api_version)
        conflicting = owned.fields.intersection(change_here.modified.union(change_here.added))
        if conflicting:
            taken[manager] = conflicting
        left = owned.fields.difference(conflicting).difference(change_here.removed)
        if left:
            rest[manager] = Owned(left, owned.api_version, owned.time)
    return rest, change(api_version), taken


def update(old: Object | None, new: Object, managed: Managed, manager: Manager, now: str, convert: Convert) -> Managed:
    """After a create (`old` None), an update or a patch by `manager`: what it changed is its own now."""
    before = old or {"apiVersion": manager.api_version, "kind": new["kind"]}
    version = manager.api_version
    rest, change, _ = take_from_others(before, new, managed, None, version, manager.subresource, convert)
    gained = change.modified.union(change.added).without_branches(_NOBODY)
    gained.members.discard("f:metadata")
    if gained:
        earlier = rest[manager].fields if manager in rest else FieldSet()
        rest[manager] = Owned(gained.union(earlier), version, now)
    return _capped(rest)


def strip(fields: FieldSet) -> FieldSet:
    """Without what nobody owns."""
    stripped = fields.without_branches(_NOBODY)
    stripped.members.discard("f:metadata")
    return stripped


def _capped(managed: Managed) -> Managed:
    updaters = [manager for manager in managed if manager.operation == "Update"]
    if len(updaters) <= MAX_UPDATERS:
        return managed
    updaters.sort(key=lambda manager: (_order(manager, managed[manager])[1], manager.name))
    result = dict(managed)
    surplus = len(updaters) - MAX_UPDATERS
    first: dict[str, Manager] = {}
    for manager in updaters:
        if surplus <= 0:
            break
        version = manager.api_version
        if version not in first:
            first[version] = manager
            continue
        bucket = Manager(ANCIENT, "Update", version)
        if bucket not in result:
            result[bucket] = result.pop(first[version])
        both = result[bucket].fields.union(result[manager].fields)
        result[bucket] = Owned(both, version, result[manager].time)
        if manager != bucket:
            del result[manager]
        surplus -= 1
    return result


def union_of(managed: Iterable[Owned]) -> FieldSet:
    result = FieldSet()
    for owned in managed:
        result = result.union(owned.fields)
    return result

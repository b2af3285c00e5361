"""Server-side apply: a manifest is merged into the live object, and who applied it owns what it sets.

What the same manager applied last time and leaves out now goes, unless somebody else owns it. What others own and the
manifest changes is a conflict, unless it is forced. Source: kubernetes.io, Server-Side Apply.
"""

from __future__ import annotations

import json
from typing import Any

from tutor.kube.schema import FieldSchema, kind_schema
from tutor.practice.patching import managed as ownership
from tutor.practice.patching import typed
from tutor.practice.patching.compare import compare, fields_of, is_leaf
from tutor.practice.patching.entries import by_step, step_of
from tutor.practice.patching.field_set import FieldSet, Path, path_text
from tutor.practice.patching.go_form import go_form
from tutor.practice.patching.managed import Convert, Managed, Manager, Owned

Object = dict[str, Any]

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
KUBECTL = "kubectl"


class ApplyConflict(Exception):
    """`fields`: what belongs to whom, in the order in which it is told."""

    def __init__(self, fields: dict[Manager, FieldSet]) -> None:
        self.conflicts: list[tuple[Manager, Path]] = [
            (manager, path) for manager, owned in fields.items() for path in owned.paths()
        ]
        super().__init__(self._text())

    def _text(self) -> str:
        if len(self.conflicts) == 1:
            manager, path = self.conflicts[0]
            return f"Apply failed with 1 conflict: conflict with {manager.text()}: {path_text(path)}"
        lines = []
        for manager in sorted(dict(self.conflicts), key=_manager_json):
            lines.append(f"conflicts with {manager.text()}:")
            lines += [f"- {path_text(path)}" for other, path in self.conflicts if other == manager]
        return f"Apply failed with {len(self.conflicts)} conflicts: " + "\n".join(lines)

    def causes(self) -> list[dict[str, str]]:
        return [
            {"reason": "FieldManagerConflict", "message": f"conflict with {m.text()}", "field": path_text(path)}
            for m, path in self.conflicts
        ]


def _manager_json(manager: Manager) -> str:
    """The order in which a real server names managers: that of their JSON."""
    return json.dumps([manager.name, manager.operation, manager.api_version, manager.subresource])


def server_side_apply(
    live: Object | None, manifest: Object, manager: Manager, force: bool, now: str, convert: Convert
) -> Object:
    """The live object with the manifest applied, and managedFields as they are then.

    `live` is of the manifest's apiVersion. Raises: `ApplyConflict`, `ValueError` for a manifest or managedFields that
    cannot be read.
    """
    schema = kind_schema(manifest["apiVersion"], manifest["kind"])
    current = {} if live is None else {**live, "metadata": dict(live["metadata"])}
    managed = ownership.read(current["metadata"].pop("managedFields", None)) if live else {}
    if live is not None and not managed:
        before = Manager("before-first-apply", "Update", manifest["apiVersion"])
        managed = ownership.update(None, current, {}, before, now, convert)
    typed.check(manifest, schema)
    try:
        result, owned = _applied(current, manifest, managed, manager, force, now, convert, schema)
    except ApplyConflict as conflict:
        allowed = _kept_by_client_side_apply(current, manifest, schema) if manager.name == KUBECTL else FieldSet()
        others = {
            other: rest for other in dict(conflict.conflicts) if (rest := _of(conflict, other).difference(allowed))
        }
        if others:
            raise ApplyConflict(others) from None
        result, owned = _applied(current, manifest, managed, manager, True, now, convert, schema)
    metadata = result.setdefault("metadata", {})
    annotations = metadata.get("annotations") or {}
    if manager.name == KUBECTL and annotations.get(LAST_APPLIED):
        metadata["annotations"] = {**annotations, LAST_APPLIED: _last_applied(manifest)}
    metadata["managedFields"] = ownership.write(owned)
    return result


def _of(conflict: ApplyConflict, manager: Manager) -> FieldSet:
    fields = FieldSet()
    for other, path in conflict.conflicts:
        if other == manager:
            fields.insert(path)
    return fields


def _applied(
    current: Object,
    manifest: Object,
    managed: Managed,
    manager: Manager,
    force: bool,
    now: str,
    convert: Convert,
    schema: FieldSchema | None,
) -> tuple[Object, Managed]:
    merged: Object = _merge(current, manifest, schema)
    fields = fields_of(manifest, schema).without_branches(ownership.reset_fields(manager.subresource))
    last = managed.get(manager)
    everyone = {**managed, manager: Owned(fields, manifest["apiVersion"], now)}
    if last is not None:
        merged = _pruned(merged, last, everyone, schema, convert)
    version = manifest["apiVersion"]
    base = current or {"apiVersion": version, "kind": manifest["kind"]}
    rest, change, taken = ownership.take_from_others(
        base, merged, everyone, manager, version, manager.subresource, convert
    )
    if taken and not force:
        raise ApplyConflict(taken)
    stripped = ownership.strip(fields)
    changed = bool(change.added or change.modified or change.removed)
    # Where nothing has come of it the entry keeps its time, and a new one has none; as on a real server.
    time = now if changed else last.time if last else ""
    rest[manager] = Owned(stripped, version, time)
    if not stripped:
        del rest[manager]
    return merged, rest


def _merge(live: Any, manifest: Any, schema: FieldSchema | None) -> Any:
    """The manifest over the live value."""
    if manifest is None and isinstance(live, dict | list) and live and not is_leaf(schema):
        # A null beside something to merge with says nothing.
        return live
    if schema is None or schema.shape in ("scalar", "any") or manifest is None:
        return manifest
    if schema.shape == "list":
        if schema.list_type == "atomic" or not isinstance(manifest, list):
            return manifest
        return _merge_lists(live if isinstance(live, list) else [], manifest, schema)
    if schema.atomic or not isinstance(manifest, dict) or not isinstance(live, dict):
        return (
            {key: _merge(None, value, schema.child(key)) for key, value in manifest.items()}
            if isinstance(manifest, dict)
            else manifest
        )
    result = dict(live)
    for key, value in manifest.items():
        result[key] = _merge(live.get(key), value, schema.child(key))
    return result


def _merge_lists(live: list[Any], manifest: list[Any], schema: FieldSchema) -> list[Any]:
    """The manifest's order; entries of the live list alone stay where they stand among them."""
    inner = schema.child(0)
    wanted = {step_of(entry, schema): entry for entry in manifest}
    there = by_step(live, schema)

    def made(step: str) -> Any:
        same = there.get(step, [])
        return _merge(same[0] if len(same) == 1 else None, wanted[step], inner)

    result: list[Any] = []
    done: set[str] = set()
    todo = list(wanted)
    for entry in live:
        step = step_of(entry, schema)
        if step not in wanted:
            result.append(entry)
        elif step not in done:
            # All that the manifest has before this entry comes first.
            while todo and step not in done:
                result.append(made(todo[0]))
                done.add(todo.pop(0))
    return result + [made(step) for step in todo]


def _pruned(merged: Object, last: Owned, everyone: Managed, schema: FieldSchema | None, convert: Convert) -> Object:
    """Without what the manager applied last time and nobody owns now."""
    same_version = [owned for owned in everyone.values() if owned.api_version == last.api_version]
    kept = _with_named_fields(ownership.union_of(same_version), schema)
    gone = _with_named_fields(last.fields, schema).difference(kept)
    for owned in everyone.values():
        if owned.api_version != last.api_version and gone:
            gone = gone.difference(_present_in_other_version(merged, owned, last.api_version, convert))
    return _removed(merged, gone, schema) if gone else merged


def _present_in_other_version(merged: Object, owned: Owned, version: str, convert: Convert) -> FieldSet:
    """What a manager that uses another apiVersion owns, in the names of `version`: what vanishes there with it."""
    kind = str(merged["kind"])
    there = convert(merged, owned.api_version)
    without = convert(_removed(there, owned.fields, kind_schema(owned.api_version, kind)), version)
    back = convert(there, version)
    schema = kind_schema(version, kind)
    lost = compare(go_form(back), go_form(without), schema)
    return lost.removed.union(lost.modified)


def _with_named_fields(fields: FieldSet, schema: FieldSchema | None) -> FieldSet:
    """With every field of an object type on the way to a member."""
    result = FieldSet()
    result.members = set(fields.members)
    for step, below in fields.children.items():
        inner = None
        if schema is not None:
            inner = schema.child(0) if schema.shape == "list" else schema.child(step[2:])
        if step.startswith("f:") and schema is not None and schema.shape == "object" and inner is not None:
            result.members.add(step)
        result.children[step] = _with_named_fields(below, inner)
    return result


def _removed(value: Any, gone: FieldSet, schema: FieldSchema | None) -> Any:
    if schema is None or not gone:
        return value
    if isinstance(value, list) and schema.shape == "list":
        if schema.list_type == "atomic":
            return value
        kept = []
        for entry in value:
            step = step_of(entry, schema)
            if step not in gone.members:
                kept.append(_removed(entry, gone.child(step), schema.child(0)))
        return kept
    if isinstance(value, dict) and schema.shape in ("object", "map") and not schema.atomic:
        return {
            key: _removed(entry, gone.child(f"f:{key}"), schema.child(key))
            for key, entry in value.items()
            if f"f:{key}" not in gone.members
        }
    return value


def _kept_by_client_side_apply(live: Object, manifest: Object, schema: FieldSchema | None) -> FieldSet:
    """What `kubectl apply` set before and nobody changed since: kubectl may take it over without a conflict."""
    text = (live.get("metadata", {}).get("annotations") or {}).get(LAST_APPLIED)
    try:
        applied = json.loads(text) if text else None
    except ValueError:
        return FieldSet()
    if not isinstance(applied, dict) or applied.get("apiVersion") != manifest["apiVersion"]:
        return FieldSet()
    change = compare(applied, live, schema)
    fields = fields_of(applied, schema)
    return fields.difference(change.modified).difference(change.added).difference(change.removed)


def _last_applied(manifest: Object) -> str:
    metadata = dict(manifest.get("metadata") or {})
    annotations = {k: v for k, v in (metadata.get("annotations") or {}).items() if k != LAST_APPLIED}
    metadata["annotations"] = annotations
    if not annotations:
        del metadata["annotations"]
    text = json.dumps({**manifest, "metadata": metadata}, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return text + "\n"

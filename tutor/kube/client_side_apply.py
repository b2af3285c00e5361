"""What `kubectl apply` does before it sends anything: the annotation, and the patch out of three versions.

Fields that the last apply set and this one leaves out are deleted; fields that somebody else set stay.
Source: kubernetes.io, Declarative management, how apply calculates differences; list rules of the API types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
FIELD_MANAGER = "kubectl-client-side-apply"
MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "imagePullSecrets": "name",
    "secrets": "name",
    "hostAliases": "ip",
    "topologySpreadConstraints": "topologyKey",
    "resourceClaims": "name",
    "ownerReferences": "uid",
}
"""Lists of objects that are merged entry by entry, and the field that tells their entries apart."""
PRIMITIVE_MERGE = frozenset({"finalizers"})
RETAIN_KEYS = frozenset({"strategy", "updateStrategy"})
"""Objects whose other fields must go when one changes (a Deployment's strategy)."""


def with_annotation(manifest: Mapping[str, Any], namespace: str | None) -> dict[str, Any]:
    """A copy that carries its own text in the annotation, byte for byte as kubectl writes it."""
    result = deepcopy(dict(manifest))
    metadata = dict(result.get("metadata") or {})
    annotations = dict(metadata.get("annotations") or {})
    annotations.pop(LAST_APPLIED, None)
    metadata["annotations"] = annotations
    if namespace:
        metadata["namespace"] = namespace
    result["metadata"] = metadata
    metadata["annotations"] = {**annotations, LAST_APPLIED: go_json(result) + "\n"}
    return result


def go_json(value: Any) -> str:
    """Go's encoding/json: keys in order, no spaces, <, > and & escaped."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def last_applied(live: Mapping[str, Any]) -> dict[str, Any]:
    """What the annotation of a live object holds; {} where it was never applied."""
    text = ((live.get("metadata") or {}).get("annotations") or {}).get(LAST_APPLIED)
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def three_way(original: Mapping[str, Any], modified: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, Any]:
    """The strategic-merge patch that kubectl would send; {} where nothing is to be done."""
    return _map(original, modified, current, "")


def three_way_json(
    original: Mapping[str, Any], modified: Mapping[str, Any], current: Mapping[str, Any]
) -> dict[str, Any]:
    """The same as a JSON merge patch, for kinds without merge keys: lists are replaced whole."""
    patch: dict[str, Any] = {key: None for key in original if key not in modified and key in current}
    for key, value in modified.items():
        if key not in current:
            patch[key] = value
        elif isinstance(value, Mapping) and isinstance(current[key], Mapping):
            if inner := three_way_json(_mapping(original.get(key)), value, current[key]):
                patch[key] = inner
        elif not _same(value, current[key]):
            patch[key] = value
    return patch


def _map(
    original: Mapping[str, Any], modified: Mapping[str, Any], current: Mapping[str, Any], parent: str
) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for key, value in modified.items():
        if value is None:
            if current.get(key) is not None:
                patch[key] = None
        elif current.get(key) is None:
            patch[key] = value
        elif isinstance(value, Mapping) and isinstance(current[key], Mapping):
            inner = _map(_mapping(original.get(key)), value, current[key], key)
            if inner:
                patch[key] = {"$retainKeys": sorted(value), **inner} if key in RETAIN_KEYS else inner
        elif isinstance(value, list) and isinstance(current[key], list):
            patch.update(_list(original.get(key) or [], value, current[key], key, _merge_key(key, value, parent)))
        elif not _same(value, current[key]):
            patch[key] = value
    for key in original:
        if key not in modified and current.get(key) is not None:
            patch[key] = None
    return patch


def _list(original: Any, modified: list[Any], current: list[Any], field: str, merge_key: str) -> dict[str, Any]:
    if field in PRIMITIVE_MERGE:
        new = [entry for entry in modified if entry not in current]
        gone = [entry for entry in original if entry not in modified]
        return {**({field: new} if new else {}), **({f"$deleteFromPrimitiveList/{field}": gone} if gone else {})}
    before = original if isinstance(original, list) else []
    if not merge_key or not all(isinstance(e, Mapping) and merge_key in e for e in (*before, *modified, *current)):
        return {} if _same(modified, current) else {field: modified}
    then, now = ({e[merge_key]: e for e in entries} for entries in (before, current))
    changes: list[Any] = []
    for entry in modified:
        name = entry[merge_key]
        if name not in now:
            changes.append(entry)
        elif inner := _map(then.get(name, {}), entry, now[name], field):
            changes.append({merge_key: name, **inner})
    wanted = [entry[merge_key] for entry in modified]
    changes.extend({"$patch": "delete", merge_key: name} for name in then if name not in wanted and name in now)
    if not changes:
        return {}
    return {f"$setElementOrder/{field}": [{merge_key: name} for name in wanted], field: changes}


def _merge_key(field: str, entries: list[Any], parent: str) -> str:
    if field == "ports":
        # A container's ports are told apart by containerPort, a Service's by port.
        return "containerPort" if parent in ("containers", "initContainers", "ephemeralContainers") else "port"
    return MERGE_KEYS.get(field, "")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return type(one) is type(other) and bool(one == other) if isinstance(one, bool) else bool(one == other)

"""Strategic merge patches: lists whose entries have a key are merged entry by entry.

Directives: `$patch: replace | delete | merge`, `$deleteFromPrimitiveList/FIELD`, `$setElementOrder/FIELD`,
`$retainKeys`. Source: Kubernetes' strategic-merge-patch.md (sig-api-machinery) and the answers of v1.34.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tutor.kube.schema import FieldSchema
from tutor.practice.patching.go_text import go_value

Object = dict[str, Any]

_PATCH = "$patch"
_RETAIN = "$retainKeys"
_ORDER = "$setElementOrder/"
_DELETE = "$deleteFromPrimitiveList/"


class BadPatch(ValueError):
    """A directive that is not as it must be: the client's mistake (400), where other errors count as the server's."""


def strategic_merge(original: Mapping[str, Any], patch: Mapping[str, Any], schema: FieldSchema | None) -> Object:
    """A new object. `schema` tells which lists merge by which key. Raises: `ValueError` in the API server's words."""
    return _map(original, patch, schema)


def _map(original: Mapping[str, Any], patch: Mapping[str, Any], schema: FieldSchema | None) -> Object:
    if _PATCH in patch:
        return _directed(patch)
    result = dict(original)
    patch = dict(patch)
    if _RETAIN in patch:
        result = _retained(result, patch)
    for key in [key for key in patch if key.startswith(_ORDER)]:
        _in_order(result, patch, key, schema)
    for key, value in patch.items():
        if key.startswith(_DELETE):
            field = key.removeprefix(_DELETE)
            if isinstance(result.get(field), list) and isinstance(value, list):
                result[field] = [entry for entry in result[field] if entry not in value]
        elif value is None:
            result.pop(key, None)
        else:
            _set(result, key, value, schema)
    return result


def _directed(patch: Mapping[str, Any]) -> Object:
    directive = patch[_PATCH]
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != _PATCH}
    if directive == "delete":
        return {}
    raise ValueError(_unknown_directive(directive, patch))


def _unknown_directive(directive: Any, patch: Any) -> str:
    return f"unknown patch type: {go_value(directive)} in map: {go_value(patch)}"


def _retained(result: Object, patch: Object) -> Object:
    """Keeps the named fields alone; takes the directive out of `patch`."""
    keys = patch.pop(_RETAIN)
    given = [key for key, value in patch.items() if value is not None and not key.startswith((_ORDER, _DELETE))]
    if not isinstance(keys, list) or not set(given) <= {key for key in keys if isinstance(key, str)}:
        raise BadPatch("invalid patch format of retainKeys")
    return {key: value for key, value in result.items() if key in keys}


def _set(result: Object, key: str, value: Any, schema: FieldSchema | None) -> None:
    before = result.get(key)
    inner = schema.child(key) if schema else None
    if isinstance(before, dict) and isinstance(value, dict):
        replaces = inner is not None and "replace" in inner.strategies
        result[key] = value if replaces else _map(before, value, inner)
    elif isinstance(before, list) and isinstance(value, list):
        result[key] = _list(before, value, inner)
    else:
        # Nothing to merge with, or something of another type: the patch counts alone.
        kept, cleaned = _without_directives(_without_nulls(value))
        if kept:
            result[key] = cleaned
        else:
            result.pop(key, None)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(entry) for key, entry in value.items() if entry is not None}
    return [_without_nulls(entry) for entry in value] if isinstance(value, list) else value


def _without_directives(value: Any) -> tuple[bool, Any]:
    """(whether anything is left, what is left)."""
    if isinstance(value, dict):
        if _PATCH in value:
            return False, None
        entries = {key: _without_directives(entry) for key, entry in value.items() if key != _RETAIN}
        entries = {key: entry for key, entry in entries.items() if not key.startswith((_ORDER, _DELETE))}
        return True, {key: entry for key, (kept, entry) in entries.items() if kept}
    if isinstance(value, list):
        return True, [entry for kept, entry in map(_without_directives, value) if kept]
    return True, value


def _list(before: list[Any], patch: list[Any], schema: FieldSchema | None) -> list[Any]:
    if schema is None or not schema.merges:
        return patch
    if not before and not patch:
        return before
    if not all(isinstance(entry, dict) for entry in (*before, *patch)):
        if any(isinstance(entry, dict) for entry in (*before, *patch)):
            raise ValueError(f"list element types are not identical: {go_value([before, patch])}")
        merged = _distinct([*before, *patch])
        return _sorted(merged, patch, before, lambda entry: entry)
    key = schema.merge_key
    before, patch = _special_entries(before, patch, key)
    merged = list(before)
    for entry in patch:
        name = _key(entry, key)
        index = _find(merged, key, name)
        if index is None:
            merged.append(_without_nulls(entry))
        else:
            merged[index] = _map(merged[index], entry, schema.child(0))
    return _sorted(merged, patch, before, lambda entry: entry.get(key))


def _special_entries(before: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """The list without the entries that the patch deletes or replaces, and the patch without its directives."""
    plain: list[Any] = []
    replace = False
    for entry in patch:
        directive = entry.get(_PATCH)
        if _PATCH not in entry:
            plain.append(entry)
        elif directive == "delete":
            name = _key(entry, key)
            before = [one for one in before if one.get(key) != name]
        elif directive == "replace":
            replace = True
        elif directive == "merge":
            raise ValueError("merging lists cannot yet be specified in the patch")
        else:
            raise ValueError(_unknown_directive(directive, entry))
    return (plain, []) if replace else (before, plain)


def _key(entry: Mapping[str, Any], key: str) -> Any:
    if key not in entry:
        raise ValueError(f"map: {go_value(entry)} does not contain declared merge key: {key}")
    return entry[key]


def _find(entries: list[Any], key: str, name: Any) -> int | None:
    return next((index for index, entry in enumerate(entries) if key in entry and entry[key] == name), None)


def _distinct(entries: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for entry in entries:
        if entry not in kept:
            kept.append(entry)
    return kept


def _in_order(result: Object, patch: Object, directive: str, schema: FieldSchema | None) -> None:
    """Merge the list of a `$setElementOrder` directive and put it in order; takes both out of `patch`."""
    order = patch.pop(directive)
    field = directive.removeprefix(_ORDER)
    inner = schema.child(field) if schema else None
    key = inner.merge_key if inner else ""
    before, changes = result.get(field), patch.pop(field, None)
    if not all(isinstance(value, list | None) for value in (order, before, changes)):
        raise BadPatch("invalid patch format of setElementOrder list")
    _check_order(changes or [], order, key)
    if before is None and changes is None:
        return
    if changes is None:
        merged = before or []
    elif before is None:
        merged = _without_directives(_without_nulls(changes))[1]
    else:
        merged = _list(before, changes, inner)
    name: Callable[[Any], Any] = (lambda entry: _key(entry, key)) if key else (lambda entry: entry)
    result[field] = _sorted(merged, order, before or [], name)


def _check_order(changes: list[Any], order: list[Any], key: str) -> None:
    """The patch's entries must be part of the order, and stand in it."""
    named = [entry for entry in changes if not (isinstance(entry, dict) and _PATCH in entry)]
    if not order or not named:
        return
    names = [_key(entry, key) if key else entry for entry in named]
    wanted = iter([_key(entry, key) if key else entry for entry in order])
    if not all(any(name == one for one in wanted) for name in names):
        raise ValueError(
            f"The order in patch list:\n{go_value(changes)}\n doesn't match $setElementOrder list:\n{go_value(order)}\n"
        )


def _sorted(merged: list[Any], order: list[Any], before: list[Any], name: Callable[[Any], Any]) -> list[Any]:
    """Entries that `order` names in that order; the others keep their places of before among them."""
    places = {_hashable(name(entry)): index for index, entry in reversed(list(enumerate(order)))}
    old = {_hashable(name(entry)): index for index, entry in reversed(list(enumerate(before)))}
    ours = sorted((e for e in merged if _hashable(name(e)) in places), key=lambda e: places[_hashable(name(e))])
    others = [entry for entry in merged if _hashable(name(entry)) not in places]
    result: list[Any] = []
    while ours and others:
        here, there = old.get(_hashable(name(ours[0]))), old.get(_hashable(name(others[0])))
        # An entry of the server alone comes first where it stood before the next one of the patch.
        server_first = here is not None and there is not None and there < here
        result.append(others.pop(0) if server_first else ours.pop(0))
    return [*result, *ours, *others]


def _hashable(value: Any) -> Any:
    return (type(value) is bool, value) if not isinstance(value, dict | list) else repr(value)

"""Which fields an object has, and which differ between two versions of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tutor.kube.schema import FieldSchema
from tutor.practice.patching.entries import by_step
from tutor.practice.patching.field_set import FieldSet, Path

_MISSING: Any = object()


def is_leaf(schema: FieldSchema | None) -> bool:
    """Owned as a whole: scalars, atomic lists and objects, what the schema does not know."""
    if schema is None or schema.shape in ("scalar", "any"):
        return True
    return schema.list_type == "atomic" if schema.shape == "list" else schema.atomic


def fields_of(obj: Any, schema: FieldSchema | None) -> FieldSet:
    """All that a manifest sets."""
    result = FieldSet()
    _collect(obj, schema, result)
    return result


def _collect(value: Any, schema: FieldSchema | None, into: FieldSet) -> None:
    """The fields below `value`, which is an object, a map or a list that is no leaf."""
    if schema is None or value is None:
        return
    if schema.shape == "list":
        for step, entries in by_step(value if isinstance(value, list) else [], schema).items():
            into.members.add(step)
            inner = schema.child(0)
            if len(entries) == 1 and not is_leaf(inner):
                _collect(entries[0], inner, into.children.setdefault(step, FieldSet()))
        return
    if not isinstance(value, dict):
        return
    for key, entry in value.items():
        step, inner = f"f:{key}", schema.child(key)
        # An empty container, and whatever a map holds, is a member itself.
        if is_leaf(inner) or entry is None or entry == {} or schema.shape == "map":
            into.members.add(step)
        if not is_leaf(inner):
            below = FieldSet()
            _collect(entry, inner, below)
            if below:
                into.children[step] = below


@dataclass(slots=True)
class Comparison:
    added: FieldSet = field(default_factory=FieldSet)
    modified: FieldSet = field(default_factory=FieldSet)
    removed: FieldSet = field(default_factory=FieldSet)

    def without(self, branches: dict[str, Any]) -> Comparison:
        return Comparison(
            self.added.without_branches(branches),
            self.modified.without_branches(branches),
            self.removed.without_branches(branches),
        )


def compare(old: Any, new: Any, schema: FieldSchema | None) -> Comparison:
    """Both in the form that Go gives them, see `go_form`."""
    result = Comparison()
    _compare(old, new, schema, (), result)
    return result


def _compare(old: Any, new: Any, schema: FieldSchema | None, path: Path, result: Comparison) -> None:
    if old is new:
        return
    if is_leaf(schema) or not _has_entries(old, new):
        _leaf(old, new, path, result)
        return
    assert schema is not None
    if schema.shape == "list":
        _compare_lists(old, new, schema, path, result)
    else:
        before, after = _mapping(old), _mapping(new)
        for key in before.keys() | after.keys():
            inner = schema.child(key)
            _compare(before.get(key, _MISSING), after.get(key, _MISSING), inner, (*path, f"f:{key}"), result)
    if path and old is _MISSING:
        result.added.insert(path)
    elif path and new is _MISSING:
        result.removed.insert(path)


def _has_entries(old: Any, new: Any) -> bool:
    return any(isinstance(value, dict | list) and bool(value) for value in (old, new))


def _leaf(old: Any, new: Any, path: Path, result: Comparison) -> None:
    if old is _MISSING:
        result.added.insert(path)
    elif new is _MISSING:
        result.removed.insert(path)
    elif old != new or type(old) is not type(new):
        result.modified.insert(path)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _compare_lists(old: Any, new: Any, schema: FieldSchema, path: Path, result: Comparison) -> None:
    before = by_step(old if isinstance(old, list) else [], schema)
    after = by_step(new if isinstance(new, list) else [], schema)
    inner = schema.child(0)
    for step in {**before, **after}:
        was, is_ = before.get(step, []), after.get(step, [])
        here = (*path, step)
        if len(was) <= 1 and len(is_) <= 1:
            _compare(was[0] if was else _MISSING, is_[0] if is_ else _MISSING, inner, here, result)
        elif len(was) > 1 and len(is_) > 1:
            # Entries with the same key are one thing, owned as a whole.
            if was != is_:
                result.modified.insert(here)
        elif len(was) > 1:
            if is_:
                _compare(_MISSING, is_[0], inner, here, result)
            result.removed.insert(here)
        else:
            if was:
                _compare(was[0], _MISSING, inner, here, result)
            result.added.insert(here)

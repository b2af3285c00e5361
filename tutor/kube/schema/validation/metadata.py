"""metadata: names, labels, annotations, owners, finalizers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import (
    Errors,
    each_invalid,
    forbidden,
    invalid,
    required,
    too_long,
)

Object = Mapping[str, Any]
NameRule = Callable[[str], list[str]]

MOST_ANNOTATIONS = 256 * 1024
"""Bytes of all keys and values."""
_IMMUTABLE = ("name", "namespace", "uid", "deletionTimestamp", "deletionGracePeriodSeconds")


def new_metadata(obj: Object, name_rule: NameRule, *, namespaced: bool = True) -> Errors:
    yield from _metadata(obj, name_rule, namespaced=namespaced)
    yield from _standard_finalizers((obj.get("metadata") or {}).get("finalizers"), ("metadata", "finalizers"))


def any_change(obj: Object, old: Object, *, namespaced: bool) -> Errors:
    """What is looked at first where an object of any kind is changed; its kind's own rules then tell it again."""
    yield from _metadata(obj, texts.path_segment, namespaced=namespaced)
    yield from _changed(obj, old)


def changed_metadata(obj: Object, old: Object) -> Errors:
    yield from _changed(obj, old)
    yield from _standard_finalizers((obj.get("metadata") or {}).get("finalizers"), ("metadata", "finalizers"))


def _metadata(obj: Object, name_rule: NameRule, *, namespaced: bool) -> Errors:
    metadata, at = obj.get("metadata") or {}, ("metadata",)
    prefix, name = str(metadata.get("generateName", "")), str(metadata.get("name", ""))
    if prefix:
        yield from each_invalid((*at, "generateName"), prefix, name_rule(texts.prefix_of(prefix)))
    if name:
        yield from each_invalid((*at, "name"), name, name_rule(name))
    elif not prefix:
        yield required((*at, "name"), "name or generateName is required")
    namespace = metadata.get("namespace")
    if namespaced and namespace:
        yield from each_invalid((*at, "namespace"), namespace, texts.dns_label(namespace))
    elif namespace:
        yield forbidden((*at, "namespace"), "not allowed on this type")
    yield from non_negative(metadata, "generation", at)
    yield from labels(metadata.get("labels"), (*at, "labels"))
    yield from annotation_map(metadata.get("annotations"), (*at, "annotations"))
    yield from _owners(metadata.get("ownerReferences"), (*at, "ownerReferences"))
    yield from _finalizers(metadata.get("finalizers"), (*at, "finalizers"))


def _changed(obj: Object, old: Object) -> Errors:
    metadata, before, at = obj.get("metadata") or {}, old.get("metadata") or {}, ("metadata",)
    if before.get("deletionTimestamp"):
        extra = sorted(set(metadata.get("finalizers") or ()) - set(before.get("finalizers") or ()))
        if extra:
            shown = "[]string{" + ", ".join(f'"{one}"' for one in extra) + "}"
            yield forbidden(
                (*at, "finalizers"),
                f"no new finalizers can be added if the object is being deleted, found new finalizers {shown}",
            )
    for field in _IMMUTABLE:
        if metadata.get(field) != before.get(field):
            yield invalid((*at, field), metadata.get(field), "field is immutable")
    yield from labels(metadata.get("labels"), (*at, "labels"))
    yield from annotation_map(metadata.get("annotations"), (*at, "annotations"))
    yield from _owners(metadata.get("ownerReferences"), (*at, "ownerReferences"))


def labels(found: Mapping[str, str] | None, at: Path) -> Errors:
    for key, value in sorted((found or {}).items()):
        yield from label_key(key, at)
        yield from each_invalid(at, value, texts.label_value(value))


def label_key(key: str, at: Path) -> Errors:
    return each_invalid(at, key, texts.qualified_name(key))


def annotation_map(found: Mapping[str, str] | None, at: Path) -> Errors:
    size = 0
    for key, value in sorted((found or {}).items()):
        yield from each_invalid(at, key, texts.qualified_name(key.lower()))
        size += len(key.encode()) + len(value.encode())
    if size > MOST_ANNOTATIONS:
        yield too_long(at, MOST_ANNOTATIONS)


def _owners(found: list[Object] | None, at: Path) -> Errors:
    controller = ""
    for owner in found or []:
        version = str(owner.get("apiVersion", ""))
        # The API server names no index here.
        if not version.rpartition("/")[2]:
            yield invalid((*at, "apiVersion"), version, "version must not be empty")
        for field in ("kind", "name", "uid"):
            if not owner.get(field):
                yield invalid((*at, field), owner.get(field, ""), "must not be empty")
        if (version, owner.get("kind")) == ("v1", "Event"):
            yield invalid(at, dict(owner), "/v1, Kind=Event is disallowed from being an owner")
        if owner.get("controller"):
            current = f"{owner.get('kind', '')}/{owner.get('name', '')}"
            if controller:
                yield invalid(
                    at,
                    [dict(one) for one in found or []],
                    'Only one reference can have Controller set to true. Found "true" in references for '
                    f"{controller} and {current}",
                )
            else:
                controller = current


def _finalizers(found: list[str] | None, at: Path) -> Errors:
    for name in found or []:
        yield from each_invalid(at, name, texts.qualified_name(name))
    if found and "orphan" in found and "foregroundDeletion" in found:
        yield invalid(at, list(found), "finalizer orphan and foregroundDeletion cannot be both set")


def _standard_finalizers(found: list[str] | None, at: Path) -> Errors:
    for index, name in enumerate(found or []):
        if "/" not in name and name not in ("foregroundDeletion", "orphan", "kubernetes"):
            yield invalid((*at, index), name, "name is neither a standard finalizer name nor is it fully qualified")


def non_negative(holder: Object, field: str, at: Path) -> Errors:
    value = holder.get(field)
    if isinstance(value, int) and value < 0:
        yield invalid((*at, field), value, "must be greater than or equal to 0")


def immutable(new: Any, old: Any, at: Path) -> Errors:
    if new != old:
        yield invalid(at, new, "field is immutable")

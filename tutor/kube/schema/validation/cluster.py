"""Namespaces, nodes, service accounts and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import Errors, each_invalid, invalid, not_supported, required
from tutor.kube.schema.validation.metadata import changed_metadata, label_key, new_metadata

Object = Mapping[str, Any]


def namespace(obj: Object) -> Errors:
    yield from new_metadata(obj, texts.dns_label, namespaced=False)
    for name in (obj.get("spec") or {}).get("finalizers") or []:
        yield from each_invalid(("spec", "finalizers"), name, texts.qualified_name(name))
        if "/" not in name and name != "kubernetes":
            detail = "name is neither a standard finalizer name nor is it fully qualified"
            yield invalid(("spec", "finalizers"), name, detail)


def changed_namespace(obj: Object, old: Object) -> Errors:
    return changed_metadata(obj, old)


def node(obj: Object) -> Errors:
    yield from new_metadata(obj, texts.dns_subdomain, namespaced=False)
    effects = ("NoSchedule", "PreferNoSchedule", "NoExecute")
    for index, taint in enumerate((obj.get("spec") or {}).get("taints") or []):
        at = ("spec", "taints", index)
        yield from label_key(str(taint.get("key", "")), (*at, "key"))
        value, effect = taint.get("value", ""), taint.get("effect", "")
        if details := texts.label_value(value):
            yield invalid((*at, "value"), value, ";".join(details))
        if not effect:
            yield required((*at, "effect"))
        elif effect not in effects:
            yield not_supported((*at, "effect"), effect, effects)


def changed_node(obj: Object, old: Object) -> Errors:
    yield from changed_metadata(obj, old)
    yield from node(obj)


def service_account(obj: Object) -> Errors:
    return new_metadata(obj, texts.dns_subdomain)


def changed_service_account(obj: Object, old: Object) -> Errors:
    yield from changed_metadata(obj, old)
    yield from service_account(obj)


def event(obj: Object) -> Errors:
    metadata, about = obj.get("metadata") or {}, obj.get("involvedObject") or obj.get("regarding") or {}
    given = about.get("namespace", "")
    if given and given != metadata.get("namespace", given):
        yield invalid(("involvedObject", "namespace"), given, "does not match event.namespace")


def changed_event(obj: Object, old: Object) -> Errors:
    return event(obj)

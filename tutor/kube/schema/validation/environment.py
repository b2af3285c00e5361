"""A container's environment: env and envFrom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import Errors, each_invalid, invalid, not_supported, required

Object = Mapping[str, Any]

_ENV_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
VOLUME_FIELDS = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")
_KNOWN_FIELDS = frozenset((*_ENV_FIELDS, *VOLUME_FIELDS, "spec.restartPolicy", "spec.schedulerName", "status.phase"))
_RESOURCES = (
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
)
_HUGE_PAGES = ("requests.hugepages-", "limits.hugepages-")
_SUBSCRIPT = re.compile(r"(.+)\['(.*)'\]")
_BYTES = ("1", *(f"1{suffix}" for suffix in ("k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")))


def environment(container: Object, at: Path) -> Errors:
    for index, variable in enumerate(container.get("env") or []):
        here = (*at, "env", index)
        name = variable.get("name", "")
        if name:
            yield from each_invalid((*here, "name"), name, texts.variable_name(name))
        else:
            yield required((*here, "name"))
        if variable.get("valueFrom") is not None:
            yield from _value_from(variable["valueFrom"], variable.get("value", ""), (*here, "valueFrom"))
    yield from _env_from(container.get("envFrom") or [], (*at, "envFrom"))


def _value_from(source: Object, value: str, at: Path) -> Errors:
    if (reference := source.get("fieldRef")) is not None:
        yield from field_reference(reference, _ENV_FIELDS, (*at, "fieldRef"))
    if (reference := source.get("resourceFieldRef")) is not None:
        yield from resource_reference(reference, (*at, "resourceFieldRef"), in_volume=False)
    for name in ("configMapKeyRef", "secretKeyRef"):
        if (reference := source.get(name)) is not None:
            yield from _key_reference(reference, (*at, name))
    count = sum(source.get(name) is not None for name in _SOURCES)
    if count == 0:
        yield invalid(
            at, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
        )
    elif value:
        yield invalid(at, "", "may not be specified when `value` is not empty")
    elif count > 1:
        yield invalid(at, "", "may not have more than one field specified at a time")


_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef")


def field_reference(reference: Object, allowed: tuple[str, ...], at: Path) -> Errors:
    path = reference.get("fieldPath", "")
    if not path:
        yield required((*at, "fieldPath"))
        return
    subscripted = _SUBSCRIPT.fullmatch(path)
    plain = subscripted[1] if subscripted else path
    if reference.get("apiVersion", "v1") != "v1":
        detail = f"unsupported pod version: {reference['apiVersion']}"
        yield invalid((*at, "fieldPath"), path, f"error converting fieldPath: {detail}")
    elif subscripted and plain in ("metadata.annotations", "metadata.labels"):
        key = subscripted[2].lower() if plain == "metadata.annotations" else subscripted[2]
        yield from each_invalid(at, key, texts.qualified_name(key))
    elif plain not in _KNOWN_FIELDS:
        yield invalid((*at, "fieldPath"), path, f"error converting fieldPath: field label not supported: {plain}")
    elif subscripted:
        yield invalid(at, plain, "does not support subscript")
    elif plain not in allowed:
        yield not_supported((*at, "fieldPath"), plain, allowed)


def resource_reference(reference: Object, at: Path, *, in_volume: bool) -> Errors:
    name = reference.get("resource", "")
    if in_volume and not reference.get("containerName"):
        yield required((*at, "containerName"))
    elif not name:
        yield required((*at, "resource"))
    elif name not in _RESOURCES and not name.startswith(_HUGE_PAGES):
        yield not_supported((*at, "resource"), name, _RESOURCES)
    divisor = str(reference.get("divisor", "0"))
    if divisor == "0":
        return
    if name.endswith(".cpu"):
        if divisor not in ("1m", "1"):
            yield invalid((*at, "divisor"), name, "only divisor's values 1m and 1 are supported with the cpu resource")
        return
    what = "memory" if name.endswith(".memory") else "local ephemeral storage"
    if name.endswith((".memory", ".ephemeral-storage")) and divisor not in _BYTES:
        allowed = ", ".join(_BYTES)
        yield invalid((*at, "divisor"), name, f"only divisor's values {allowed} are supported with the {what} resource")


def _key_reference(reference: Object, at: Path) -> Errors:
    name, key = reference.get("name", ""), reference.get("key", "")
    yield from each_invalid((*at, "name"), name, texts.dns_subdomain(name))
    if key:
        yield from each_invalid((*at, "key"), key, texts.config_key(key))
    else:
        yield required((*at, "key"))


def _env_from(sources: list[Object], at: Path) -> Errors:
    for index, source in enumerate(sources):
        here = (*at, index)
        if prefix := source.get("prefix"):
            yield from each_invalid((*here, "prefix"), prefix, texts.variable_name(prefix))
        count = 0
        for name in ("configMapRef", "secretRef"):
            if source.get(name) is None:
                continue
            count += 1
            referred = source[name].get("name", "")
            if referred:
                details = texts.dns_subdomain(texts.prefix_of(referred))
                yield from each_invalid((*here, name, "name"), referred, details)
            else:
                yield required((*here, name, "name"))
        # The API server names no index here.
        if count == 0:
            yield invalid(at, "", "must specify one of: `configMapRef` or `secretRef`")
        elif count > 1:
            yield invalid(at, "", "may not have more than one field specified at a time")

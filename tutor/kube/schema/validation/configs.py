"""ConfigMaps and Secrets."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.path import Key
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import (
    Errors,
    each_invalid,
    forbidden,
    invalid,
    required,
    too_long,
)
from tutor.kube.schema.validation.metadata import changed_metadata, immutable, new_metadata

Object = Mapping[str, Any]

MOST_BYTES = 1024 * 1024
_DOCKER = {"kubernetes.io/dockercfg": ".dockercfg", "kubernetes.io/dockerconfigjson": ".dockerconfigjson"}
_ONCE_SET = "field is immutable when `immutable` is set"


def config_map(obj: Object) -> Errors:
    yield from new_metadata(obj, texts.dns_subdomain)
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    size = 0
    for key, value in sorted(data.items()):
        yield from each_invalid(("data", Key(key)), key, texts.config_key(key))
        if key in binary:
            yield invalid(("data", Key(key)), key, "duplicate of key present in binaryData")
        size += len(value.encode())
    for key, value in sorted(binary.items()):
        yield from each_invalid(("binaryData", Key(key)), key, texts.config_key(key))
        size += len(base64.b64decode(value))
    if size > MOST_BYTES:
        yield too_long((), MOST_BYTES)


def changed_config_map(obj: Object, old: Object) -> Errors:
    yield from changed_metadata(obj, old)
    yield from _kept(obj, old, ("data", "binaryData"))
    yield from config_map(obj)


def secret(obj: Object) -> Errors:
    yield from new_metadata(obj, texts.dns_subdomain)
    data = obj.get("data") or {}
    size = 0
    for key, value in sorted(data.items()):
        yield from each_invalid(("data", Key(key)), key, texts.config_key(key))
        size += len(base64.b64decode(value))
    if size > MOST_BYTES:
        yield too_long(("data",), MOST_BYTES)
    kind = obj.get("type", "")
    if kind == "kubernetes.io/service-account-token":
        name = "kubernetes.io/service-account.name"
        if not (obj.get("metadata", {}).get("annotations") or {}).get(name):
            yield required(("metadata", "annotations", Key(name)))
    elif kind in _DOCKER:
        yield from _docker(data.get(_DOCKER[kind]), _DOCKER[kind])
    elif kind == "kubernetes.io/basic-auth" and not {"username", "password"} & set(data):
        yield required(("data", Key("username")))
        yield required(("data", Key("password")))
    elif kind == "kubernetes.io/ssh-auth" and not data.get("ssh-privatekey"):
        yield required(("data", Key("ssh-privatekey")))
    elif kind == "kubernetes.io/tls":
        for key in ("tls.crt", "tls.key"):
            if key not in data:
                yield required(("data", Key(key)))


def _docker(value: str | None, key: str) -> Errors:
    if value is None:
        yield required(("data", Key(key)))
        return
    try:
        json.loads(base64.b64decode(value))
    except ValueError as error:
        yield invalid(("data", Key(key)), "<secret contents redacted>", str(error))


def changed_secret(obj: Object, old: Object) -> Errors:
    yield from changed_metadata(obj, old)
    yield from immutable(obj.get("type", ""), old.get("type", ""), ("type",))
    yield from _kept(obj, old, ("data",))
    yield from secret(obj)


def _kept(obj: Object, old: Object, fields: tuple[str, ...]) -> Errors:
    if not old.get("immutable"):
        return
    if not obj.get("immutable"):
        yield forbidden(("immutable",), _ONCE_SET)
    for field in fields:
        if (obj.get(field) or {}) != (old.get(field) or {}):
            yield forbidden((field,), _ONCE_SET)

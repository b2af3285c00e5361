"""A pod's volumes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tutor.kube.schema.amounts import amount
from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.environment import VOLUME_FIELDS, field_reference, resource_reference
from tutor.kube.schema.validation.field_error import (
    Errors,
    FieldError,
    duplicate,
    each_invalid,
    forbidden,
    invalid,
    not_supported,
    required,
)
from tutor.kube.schema.validation.mounts import local_path, no_backsteps

Object = Mapping[str, Any]

_MODE = "must be a number between 0 and 0777 (octal), both inclusive"
_HOST_PATH_TYPES = (
    "",
    "BlockDevice",
    "CharDevice",
    "Directory",
    "DirectoryOrCreate",
    "File",
    "FileOrCreate",
    "Socket",
)


def volumes(spec: Object, at: Path) -> tuple[set[str], list[FieldError]]:
    """(names of the volumes that are right, errors)."""
    names: set[str] = set()
    errors: list[FieldError] = []
    for index, volume in enumerate(spec.get("volumes") or []):
        here = (*at, "volumes", index)
        found = list(_source(volume, here))
        name = volume.get("name", "")
        if name:
            found += each_invalid((*here, "name"), name, texts.dns_label(name))
        else:
            found.append(required((*here, "name")))
        if name in names:
            found.append(duplicate((*here, "name"), name))
        if found:
            errors += found
        else:
            names.add(name)
    return names, errors


def _source(volume: Object, at: Path) -> Errors:
    """One kind of volume, no more; those that are not looked into are taken as they are."""
    given = [name for name in volume if name != "name" and volume[name] is not None]
    ordered = sorted(given, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    for number, name in enumerate(ordered):
        if number:
            yield forbidden((*at, name), "may not specify more than 1 volume type")
        elif check := _SOURCES.get(name):
            yield from check(volume[name], (*at, name))


def _empty_dir(source: Object, at: Path) -> Errors:
    limit = source.get("sizeLimit")
    if limit is not None and amount(limit) < 0:
        yield forbidden((*at, "sizeLimit"), "SizeLimit field must be a valid resource quantity")


def _host_path(source: Object, at: Path) -> Errors:
    if not source.get("path"):
        yield required((*at, "path"))
        return
    yield from no_backsteps(source["path"], (*at, "path"))
    if source.get("type", "") not in _HOST_PATH_TYPES:
        yield not_supported((*at, "type"), source["type"], _HOST_PATH_TYPES)


def _secret(source: Object, at: Path) -> Errors:
    return _keyed(source, "secretName", at)


def _config_map(source: Object, at: Path) -> Errors:
    return _keyed(source, "name", at)


def _keyed(source: Object, name: str, at: Path) -> Errors:
    if not source.get(name):
        yield required((*at, name))
    yield from _mode(source, "defaultMode", at)
    yield from _items(source, at)


def _items(source: Object, at: Path) -> Errors:
    for index, item in enumerate(source.get("items") or []):
        here = (*at, "items", index)
        for field in ("key", "path"):
            if not item.get(field):
                yield required((*here, field))
        yield from local_path(item.get("path", ""), (*here, "path"))
        yield from _mode(item, "mode", here)


def _mode(holder: Object, field: str, at: Path) -> Errors:
    value = holder.get(field)
    if value is not None and not 0 <= value <= 0o777:
        yield invalid((*at, field), value, _MODE)


def _downward(source: Object, at: Path) -> Errors:
    yield from _mode(source, "defaultMode", at)
    for item in source.get("items") or []:
        yield from _downward_file(item, at)


def _downward_file(item: Object, at: Path) -> Errors:
    """The API server names no index here."""
    if not item.get("path"):
        yield required((*at, "path"))
    yield from local_path(item.get("path", ""), (*at, "path"))
    if (reference := item.get("fieldRef")) is not None:
        yield from field_reference(reference, VOLUME_FIELDS, (*at, "fieldRef"))
        if item.get("resourceFieldRef") is not None:
            yield invalid(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously")
    elif (reference := item.get("resourceFieldRef")) is not None:
        yield from resource_reference(reference, (*at, "resourceFieldRef"), in_volume=True)
    else:
        yield required(at, "one of fieldRef and resourceFieldRef is required")
    yield from _mode(item, "mode", at)


def _projected(source: Object, at: Path) -> Errors:
    yield from _mode(source, "defaultMode", at)
    for index, projection in enumerate(source.get("sources") or []):
        here = (*at, "sources", index)
        for name in ("secret", "configMap"):
            if (part := projection.get(name)) is not None:
                if not part.get("name"):
                    yield required((*here, name, "name"))
                yield from _items(part, (*here, name))
        for item in (projection.get("downwardAPI") or {}).get("items") or []:
            yield from _downward_file(item, (*here, "downwardAPI"))
        if (token := projection.get("serviceAccountToken")) is not None:
            yield from _token(token, at, (*here, "serviceAccountToken"))
        if sum(value is not None for value in projection.values()) > 1:
            yield forbidden(here, "may not specify more than 1 volume type per source")


def _token(token: Object, at: Path, here: Path) -> Errors:
    seconds = token.get("expirationSeconds", 3600)
    if seconds < 600:
        yield invalid((*here, "expirationSeconds"), seconds, "may not specify a duration less than 10 minutes")
    if seconds > 2**32:
        yield invalid((*here, "expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds")
    # The API server names the volume's path here.
    if token.get("path"):
        yield from local_path(token["path"], (*at, "path"))
    else:
        yield required((*at, "path"))


def _claim(source: Object, at: Path) -> Errors:
    if not source.get("claimName"):
        yield required((*at, "claimName"))


def _nfs(source: Object, at: Path) -> Errors:
    for field in ("server", "path"):
        if not source.get(field):
            yield required((*at, field))
    if not source.get("path", "").startswith("/"):
        yield invalid((*at, "path"), source.get("path", ""), "must be an absolute path")


_SOURCES: Mapping[str, Callable[[Object, Path], Errors]] = {
    "emptyDir": _empty_dir,
    "hostPath": _host_path,
    "secret": _secret,
    "nfs": _nfs,
    "persistentVolumeClaim": _claim,
    "downwardAPI": _downward,
    "configMap": _config_map,
    "projected": _projected,
}
_ORDER = (
    *("emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi"),
    *("glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte", "downwardAPI", "fc"),
    *("flexVolume", "configMap", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk"),
    *("storageos", "projected", "scaleIO", "csi", "ephemeral", "image"),
)
"""The order in which the API server looks at the kinds of volumes."""

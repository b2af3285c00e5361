"""Where a container mounts the pod's volumes."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation.field_error import Errors, forbidden, invalid, not_found, not_supported, required

Object = Mapping[str, Any]

_PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
_RECURSIVE = ("Disabled", "Enabled", "IfPossible")


def volume_mounts(container: Object, volumes: Set[str], at: Path) -> Errors:
    devices = container.get("volumeDevices") or []
    paths: set[str] = set()
    for index, mount in enumerate(container.get("volumeMounts") or []):
        here = (*at, "volumeMounts", index)
        name, path = mount.get("name", ""), mount.get("mountPath", "")
        if not name:
            yield required((*here, "name"))
        if name not in volumes:
            yield not_found((*here, "name"), name)
        if not path:
            yield required((*here, "mountPath"))
        if path in paths:
            yield invalid((*here, "mountPath"), path, "must be unique")
        paths.add(path)
        if any(device.get("name") == name for device in devices):
            yield invalid((*here, "name"), name, "must not already exist in volumeDevices")
        if any(device.get("devicePath") == path for device in devices):
            yield invalid((*here, "mountPath"), path, "must not already exist as a path in volumeDevices")
        yield from _details(mount, container, (*at, "volumeMounts"), here)


def _details(mount: Object, container: Object, list_at: Path, here: Path) -> Errors:
    """The API server names these fields without the index."""
    if sub_path := mount.get("subPath"):
        yield from descending_path(sub_path, (*list_at, "subPath"))
    if expression := mount.get("subPathExpr"):
        if sub_path:
            yield invalid((*here, "subPathExpr"), expression, "subPathExpr and subPath are mutually exclusive")
        yield from descending_path(expression, (*list_at, "subPathExpr"))
    propagation = mount.get("mountPropagation")
    if propagation is not None:
        if propagation not in _PROPAGATIONS:
            yield not_supported((*list_at, "mountPropagation"), propagation, _PROPAGATIONS)
        elif propagation == "Bidirectional" and not (container.get("securityContext") or {}).get("privileged"):
            detail = "Bidirectional mount propagation is available only to privileged containers"
            yield forbidden((*list_at, "mountPropagation"), detail)
    recursive, at = mount.get("recursiveReadOnly"), (*list_at, "recursiveReadOnly")
    if recursive is not None and recursive not in _RECURSIVE:
        yield not_supported(at, recursive, _RECURSIVE)
    elif recursive in ("Enabled", "IfPossible"):
        if not mount.get("readOnly"):
            yield forbidden(at, "may only be specified when readOnly is true")
        if propagation not in (None, "None"):
            yield forbidden(at, "may only be specified when mountPropagation is None or not specified")


def descending_path(path: str, at: Path) -> Errors:
    """A path below a folder: relative, and never up."""
    if path.startswith("/"):
        yield invalid(at, path, "must be a relative path")
    yield from no_backsteps(path, at)


def no_backsteps(path: str, at: Path) -> Errors:
    if ".." in path.split("/"):
        yield invalid(at, path, "must not contain '..'")


def local_path(path: str, at: Path) -> Errors:
    """Of a file in a volume: as `descending_path`, and no hidden name of the volume's own."""
    yield from descending_path(path, at)
    if path.startswith("..") and not path.startswith("../"):
        yield invalid(at, path, "must not start with '..'")
